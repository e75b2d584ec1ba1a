import { parseTOML, type AST } from 'toml-eslint-parser';
import type { Finding, Path, Place } from './finding.ts';

/**
 * Finds the place of findings in the text. It parses the file a second time, with a slower parser that
 * knows where everything stands; `check.ts` loads this module only once there is something to report.
 */
export function locate(text: string, findings: readonly Finding[]): readonly Place[] {
  const index = indexOf(text);
  return findings.map((finding) => index.find(finding));
}

const START: Place = { line: 1, column: 1 };

function indexOf(text: string): PlaceIndex {
  const index = new PlaceIndex();
  try {
    const program = parseTOML(text, { tomlVersion: 'latest' });
    for (const node of program.body[0].body) {
      if (node.type === 'TOMLKeyValue') index.addKeyValue([], node);
      else index.addTable(node);
    }
  } catch {
    // Deep nesting overflows this parser's stack, and it may yet refuse something that `smol-toml`
    // takes. What is known by then still helps; the rest points at line 1 (plan contract, section 2).
  }
  return index;
}

class PlaceIndex {
  readonly #keys = new Map<string, Place>();
  readonly #values = new Map<string, Place>();

  /** The value, else its key, else the nearest thing around it that is in the text. */
  find({ path, about }: Finding): Place {
    for (let length = path.length; length > 0; length--) {
      const id = idOf(path.slice(0, length));
      const key = this.#keys.get(id);
      // A missing field is shown at the table it is missing from: at its header, not its braces.
      const place = length < path.length || about === 'key' ? key : undefined;
      const found = place ?? this.#values.get(id) ?? key;
      if (found !== undefined) return found;
    }
    return START;
  }

  addTable(table: AST.TOMLTable): void {
    this.#addKey(table.resolvedKey, table.key);
    for (const node of table.body) this.addKeyValue(table.resolvedKey, node);
  }

  addKeyValue(base: Path, node: AST.TOMLKeyValue): void {
    const path = [...base, ...node.key.keys.map(nameOf)];
    this.#addKey(path, node.key);
    this.#addValue(path, node.value);
  }

  #addKey(path: Path, key: AST.TOMLKey): void {
    // `[[plugins]]` has the path `plugins[0]` and the key `plugins`: both stand at the name.
    let names = -1;
    path.forEach((step, at) => {
      if (typeof step === 'string') names++;
      // A dotted key inside a table has fewer names than the path has steps: count from the end.
      const node = key.keys[names - (path.filter(isName).length - key.keys.length)];
      if (node !== undefined) setOnce(this.#keys, path.slice(0, at + 1), placeOf(node));
    });
  }

  #addValue(path: Path, value: AST.TOMLContentNode): void {
    setOnce(this.#values, path, placeOf(value));
    if (value.type === 'TOMLArray') {
      value.elements.forEach((element, at) => this.#addValue([...path, at], element));
    } else if (value.type === 'TOMLInlineTable') {
      for (const node of value.body) this.addKeyValue(path, node);
    }
  }
}

function isName(step: string | number): boolean {
  return typeof step === 'string';
}

function nameOf(key: AST.TOMLBare | AST.TOMLQuoted): string {
  return key.type === 'TOMLBare' ? key.name : key.value;
}

function placeOf({ loc }: AST.TOMLNode): Place {
  return { line: loc.start.line, column: loc.start.column + 1 };
}

function setOnce(map: Map<string, Place>, path: Path, place: Place): void {
  const id = idOf(path);
  if (!map.has(id)) map.set(id, place);
}

function idOf(path: Path): string {
  return JSON.stringify(path);
}
