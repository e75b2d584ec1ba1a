import type { Diagnostic, Rule } from '#shared';
// Not from the barrel: it would build the schemas of commands too, on the way to the first screen.
import { RULES } from '../../shared/diagnostic.ts';
import { quote } from './words.ts';

/** Where in the tree a finding is: keys and list indexes from the root. */
export type Path = readonly (string | number)[];

/** What a rule found, before its place in the text is known. A `Diagnostic` is a finding with one. */
export interface Finding {
  readonly rule: Rule;
  readonly path: Path;
  readonly message: string;
  readonly hint?: string;
  /** What the finding is about: the value (the default), or the key itself where the key is wrong. */
  readonly about?: 'key';
}

/** A place in the text: 1-based, columns in UTF-16 units as editors count them. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** Joins a finding and its place. Key order is the one that tools see in `--json`. */
export function toDiagnostic(finding: Finding, { line, column }: Place): Diagnostic {
  return {
    rule: finding.rule,
    severity: RULES[finding.rule].severity,
    message: finding.message,
    line,
    column,
    path: pathText(finding.path),
    ...(finding.hint === undefined ? {} : { hint: finding.hint }),
  };
}

/** `['plugins', 1, 'name']` as `plugins[1].name`; keys that TOML would quote are quoted. */
export function pathText(path: Path): string {
  let text = '';
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`;
    else text += `${text === '' ? '' : '.'}${keyText(step)}`;
  }
  return text;
}

function keyText(key: string): string {
  return /^[\w-]{1,100}$/.test(key) ? key : quote(key);
}
