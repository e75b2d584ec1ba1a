import { parse, TomlError } from 'smol-toml';
import type { Diagnostic } from '#shared';
import { toDiagnostic } from './finding.ts';
import type { Table } from './tree.ts';
import { escapeUnsafe } from './words.ts';

/** A tree of values, or the one finding that says why there is none. */
export type Parsed =
  | { readonly tree: Table; readonly diagnostic?: never }
  | { readonly tree?: never; readonly diagnostic: Diagnostic };

/** TOML text to a tree of values. Never throws. */
export function parsePlan(text: string): Parsed {
  try {
    // A huge integer is a bad value of one field, not a reason to refuse to look at the others.
    return { tree: parse(text, { integersAsBigInt: 'asNeeded' }) };
  } catch (thrown) {
    return { diagnostic: syntaxDiagnostic(thrown) };
  }
}

function syntaxDiagnostic(thrown: unknown): Diagnostic {
  const finding = { rule: 'plan/syntax', path: [] } as const;
  if (thrown instanceof TomlError) {
    return toDiagnostic({ ...finding, message: messageOf(thrown) }, thrown);
  }
  // Left over: a stack that overflows on nested values. There is no place to point at.
  return toDiagnostic(
    { ...finding, message: 'this is not TOML that can be read: it nests too deeply' },
    { line: 1, column: 1 },
  );
}

// `smol-toml` puts a prefix in front and a code frame behind; ours is drawn where it is wanted.
function messageOf(error: TomlError): string {
  const [first = ''] = error.message.split('\n');
  return `this is not TOML: ${escapeUnsafe(first.replace(/^Invalid TOML document: /, ''))}`;
}
