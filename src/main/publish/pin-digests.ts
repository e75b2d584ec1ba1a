import { parseTOML, type AST } from 'toml-eslint-parser';

/** Plugin names to digests, in hex. */
export type Digests = ReadonlyMap<string, string>;

/**
 * Writes `sha256` into the tables of the plugins that `digests` names, where it is missing or another,
 * and touches nothing else: comments and layout are their author's. `undefined` where the text
 * nests too deeply, or is too long, for the parser that knows places. The text is a checked plan.
 */
export function pinDigests(text: string, digests: Digests): string | undefined {
  let program: AST.TOMLProgram;
  try {
    program = parseTOML(text, { tomlVersion: 'latest' });
  } catch {
    return undefined;
  }
  const edits = pluginTables(program)
    .map((fields) => editOf(text, fields, digests))
    .filter((edit) => edit !== undefined)
    // From the end, so that earlier places stay where they are.
    .sort((a, b) => b.from - a.from);
  let pinned = text;
  for (const { from, to, insert } of edits) {
    pinned = pinned.slice(0, from) + insert + pinned.slice(to);
  }
  return pinned;
}

/** The fields of one plugin, as they stand in the text. */
interface Fields {
  readonly isInline: boolean;
  readonly body: readonly AST.TOMLKeyValue[];
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly insert: string;
}

/** `[[plugins]]` tables, or the tables of `plugins = [{ ... }]`. */
function pluginTables(program: AST.TOMLProgram): readonly Fields[] {
  return program.body[0].body.flatMap((node): readonly Fields[] => {
    if (node.type === 'TOMLTable') {
      const [top, index, ...more] = node.resolvedKey;
      const isPlugin = top === 'plugins' && typeof index === 'number' && more.length === 0;
      return isPlugin ? [{ isInline: false, body: node.body }] : [];
    }
    if (node.value.type !== 'TOMLArray' || keyOf(node) !== 'plugins') return [];
    return node.value.elements.flatMap((element) =>
      element.type === 'TOMLInlineTable' ? [{ isInline: true, body: element.body }] : [],
    );
  });
}

function editOf(text: string, { isInline, body }: Fields, digests: Digests): Edit | undefined {
  const name = body.find((node) => keyOf(node) === 'name')?.value;
  const digest =
    name?.type === 'TOMLValue' && name.kind === 'string' ? digests.get(name.value) : undefined;
  const last = body.at(-1);
  if (digest === undefined || last === undefined) return undefined;
  const pin = body.find((node) => keyOf(node) === 'sha256');
  if (pin !== undefined) {
    const [from, to] = pin.value.range;
    return { from, to, insert: JSON.stringify(digest) };
  }
  const field = `sha256 = ${JSON.stringify(digest)}`;
  const [start, end] = last.range;
  if (isInline) return { from: end, to: end, insert: `, ${field}` };
  // A line of its own below the last field, whose comment stays behind it. A value may span lines.
  const lineEnd = text.slice(end).search(/\r?\n|$/) + end;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const indent = /[\t ]*$/.exec(text.slice(0, start))?.[0] ?? '';
  return { from: lineEnd, to: lineEnd, insert: `${newline}${indent}${field}` };
}

/** The name of a field; of a dotted one, all of it, which is none of ours. */
function keyOf({ key }: AST.TOMLKeyValue): string {
  return key.keys.map((part) => (part.type === 'TOMLBare' ? part.name : part.value)).join('\0');
}
