import { nodeLines } from './graph-labels.ts';
import type { GraphEdge, GraphNode, PlanGraph } from './graph.ts';

/** The graph as a Mermaid flow chart, to paste into Markdown. */
export function toMermaid(graph: PlanGraph): string {
  return [
    'flowchart LR',
    ...graph.nodes.map(node),
    ...graph.edges.map(({ from, to, kind }) => `  ${from} ${ARROWS[kind]} ${to}`),
    ...STYLES,
    '',
  ].join('\n');
}

const ARROWS: { readonly [kind in GraphEdge['kind']]: string } = {
  next: '==>',
  raises: '-->',
  starts: '-->',
  'hands back': '-. hands back .->',
};

const STYLES = [
  '  classDef core fill:#dbeafe,stroke:#1d4ed8,color:#111827',
  '  classDef plugin fill:#f0fdf4,stroke:#15803d,color:#111827',
  '  classDef event fill:#ffffff,stroke:#6b7280,color:#111827',
  '  classDef handoff fill:#fef3c7,stroke:#b45309,color:#111827',
  '  classDef dead fill:#fee2e2,stroke:#b91c1c,color:#111827,stroke-dasharray:4 3',
];

function node(item: GraphNode): string {
  const label = `"${nodeLines(item).map(escape).join('<br/>')}"`;
  switch (item.kind) {
    case 'core':
      return `  ${item.id}[${label}]:::core`;
    case 'plugin':
      return `  ${item.id}[${label}]:::${item.starts ? 'plugin' : 'dead'}`;
    case 'event':
      return `  ${item.id}([${label}]):::${item.raised ? (item.handoff ? 'handoff' : 'event') : 'dead'}`;
    case 'start':
      return `  ${item.id}((${label}))`;
  }
}

/** Mermaid reads HTML and its own `#code;` in labels; everything but the harmless is written as the latter. */
function escape(text: string): string {
  return text.replace(/[^\p{L}\p{N} .,:_()=-]/gu, (char) => `#${char.codePointAt(0) ?? 0};`);
}
