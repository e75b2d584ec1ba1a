import { parseTOML, type AST } from 'toml-eslint-parser';
import type { Finding, Path, Place } from './finding.ts';

/**
 * Finds the place of findings in the text. It parses the file a second time, with a slower parser that
 * knows where everything stands; `check.ts` loads this module only once there is something to report.
 */
export function locate(text: string, findings: readonly Finding[]): readonly Place[] {
  const root = new Spot();
  for (const { path } of findings) want(root, path);
  try {
    const program = parseTOML(text, { tomlVersion: 'latest' });
    for (const node of program.body[0].body) {
      if (node.type === 'TOMLKeyValue') addKeyValue(root, [], node);
      else addTable(root, node);
    }
  } catch {
    // Deep nesting and texts of 100 kB overflow this parser's stack, and it may yet refuse something that
    // `smol-toml` takes. Then nothing has a place, and all findings stand in line 1 (plan contract, 2).
  }
  return findings.map((finding) => find(root, finding));
}

/**
 * Where one step of a path stands, and the steps below it that a finding is about. Nothing else of the
 * file is kept: a list of half a million numbers that nobody complains of costs nothing here.
 */
class Spot {
  readonly below = new Map<string | number, Spot>();
  key: Place | undefined;
  value: Place | undefined;
}

function want(root: Spot, path: Path): void {
  let spot = root;
  for (const step of path) {
    const next = spot.below.get(step) ?? new Spot();
    spot.below.set(step, next);
    spot = next;
  }
}

/** The value, else its key, else the nearest thing around it that is in the text. */
function find(root: Spot, { path, about }: Finding): Place {
  const spots = along(root, path);
  const own = spots.at(-1);
  const place = about === 'key' ? own?.key : (own?.value ?? own?.key);
  if (place !== undefined) return place;
  // A missing field is shown at the table it is missing from: at its header, not its braces.
  const around = spots.slice(0, -1).findLast(({ key, value }) => key ?? value);
  return around?.key ?? around?.value ?? { line: 1, column: 1 };
}

/** The spots of a path's steps, as far as they are wanted. */
function along(root: Spot, path: Path): readonly Spot[] {
  const spots: Spot[] = [];
  for (let spot = root.below.get(path[0] ?? ''); spot !== undefined;) {
    spots.push(spot);
    const step = path[spots.length];
    spot = step === undefined ? undefined : spot.below.get(step);
  }
  return spots;
}

function addTable(root: Spot, table: AST.TOMLTable): void {
  addKey(root, table.resolvedKey, table.key);
  for (const node of table.body) addKeyValue(root, table.resolvedKey, node);
}

function addKeyValue(root: Spot, base: Path, node: AST.TOMLKeyValue): void {
  const path = [...base, ...node.key.keys.map(nameOf)];
  addKey(root, path, node.key);
  const spots = along(root, path);
  const spot = spots.at(-1);
  if (spot !== undefined && spots.length === path.length)
    addValue(root, { spot, path, value: node.value });
}

function addKey(root: Spot, path: Path, key: AST.TOMLKey): void {
  // `[[plugins]]` has the path `plugins[0]` and the key `plugins`, and a dotted key in a table has fewer
  // names than the path has: names are counted from the end.
  let name = key.keys.length - path.filter((step) => typeof step === 'string').length - 1;
  for (const [at, spot] of along(root, path).entries()) {
    if (typeof path[at] === 'string') name++;
    const node = key.keys[name];
    if (node !== undefined) spot.key ??= placeOf(node);
  }
}

interface Value {
  readonly spot: Spot;
  readonly path: Path;
  readonly value: AST.TOMLContentNode;
}

function addValue(root: Spot, { spot, path, value }: Value): void {
  spot.value ??= placeOf(value);
  if (value.type === 'TOMLArray') {
    for (const [step, below] of spot.below) {
      const element = typeof step === 'number' ? value.elements[step] : undefined;
      if (element !== undefined)
        addValue(root, { spot: below, path: [...path, step], value: element });
    }
  } else if (value.type === 'TOMLInlineTable' && spot.below.size > 0) {
    for (const node of value.body) addKeyValue(root, path, node);
  }
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function placeOf({ loc }: AST.TOMLNode): Place {
  return { line: loc.start.line, column: loc.start.column + 1 };
}
