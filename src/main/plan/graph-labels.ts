import type { GraphNode } from './graph.ts';

/** What stands in a node: its name, then what sets it apart. */
export function nodeLines(node: GraphNode): readonly string[] {
  switch (node.kind) {
    case 'start':
      return [node.name];
    case 'core':
      return [node.name, 'core'];
    case 'event': {
      const notes = [
        ...(node.handoff ? ['handoff'] : []),
        ...(node.raised ? [] : ['never raised']),
      ];
      return notes.length === 0 ? [node.name] : [node.name, notes.join(', ')];
    }
    case 'plugin': {
      const { visible, lane, flag, starts } = node;
      const kind = `${visible ? 'screen' : 'headless'}, ${lane}`;
      return [
        node.name,
        starts ? kind : 'never starts',
        ...(flag === undefined ? [] : [`if ${flag.flag} is ${flag.is ?? 'true'}`]),
      ];
    }
  }
}
