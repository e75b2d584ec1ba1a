import type { Finding, Path } from './finding.ts';
import { didYouMean, nearestAlways, nearestOf } from './nearest.ts';
import { isTable, tablesOf, type Table } from './tree.ts';
import { describe, quote } from './words.ts';

/**
 * What valibot lets pass, found by walking schema and tree side by side: fields that no schema knows
 * (they are only warned of), and lists or dates where a table belongs (objects too, to JavaScript).
 */
export function checkShape(schema: object, tree: unknown): readonly Finding[] {
  const findings: Finding[] = [];
  // One path for the whole walk, copied only into a finding: most plans have none.
  const path: (string | number)[] = [];
  visit(schema, tree);
  return findings;

  function visit(node: object, value: unknown): void {
    const part = node as SchemaPart;
    switch (part.type) {
      case 'exact_optional':
      case 'optional':
        visit(part.wrapped, value);
        return;
      case 'array':
        visitAll(part.item, tablesOf(value));
        return;
      case 'object':
        if (isTable(value)) visitTable(part.entries, value);
        else findings.push(notATable(value, [...path]));
        return;
      case 'record':
        if (isTable(value)) visitRecord(part.value, value);
        else findings.push(notATable(value, [...path]));
        return;
      case 'union':
        // Each union of the plan is a text or a table.
        if (isTable(value)) part.options.filter(isOfTables).forEach((o) => visit(o, value));
        else if (typeof value === 'object') findings.push(notATable(value, [...path]));
        return;
      default:
    }
  }

  function visitAll(item: object, list: readonly unknown[]): void {
    for (let at = 0; at < list.length; at++) {
      path.push(at);
      visit(item, list[at]);
      path.pop();
    }
  }

  function visitTable(entries: Entries, table: Table): void {
    for (const key in table) {
      path.push(key);
      const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
      if (entry === undefined) findings.push(unknownField(key, entries, [...path]));
      else visit(entry, table[key]);
      path.pop();
    }
  }

  function visitRecord(item: object, table: Table): void {
    for (const key in table) {
      path.push(key);
      // Valibot drops these without a word, since assigning them could reach a prototype.
      if (UNUSABLE_KEYS.has(key)) findings.push(unusableKey(key, [...path]));
      else visit(item, table[key]);
      path.pop();
    }
  }
}

type Entries = { readonly [key: string]: object };

// The part of valibot's schema objects that is walked here; all other kinds are leaves.
type SchemaPart =
  | { readonly type: 'optional' | 'exact_optional'; readonly wrapped: object }
  | { readonly type: 'array'; readonly item: object }
  | { readonly type: 'object'; readonly entries: Entries }
  | { readonly type: 'record'; readonly value: object }
  | { readonly type: 'union'; readonly options: readonly object[] }
  | { readonly type: 'string' };

const UNUSABLE_KEYS = new Set(['__proto__', 'constructor', 'prototype']);

function isOfTables(schema: object): boolean {
  const { type } = schema as SchemaPart;
  return type === 'object' || type === 'record';
}

function notATable(value: unknown, path: Path): Finding {
  return {
    rule: 'plan/wrong-type',
    path,
    message: `${fieldName(path)} must be a table, but is ${describe(value)}`,
  };
}

function unusableKey(key: string, path: Path): Finding {
  return {
    rule: 'plan/bad-value',
    path,
    message: `${quote(key)} cannot be used as a name`,
    hint: 'Choose another name.',
    about: 'key',
  };
}

function unknownField(key: string, entries: Entries, path: Path): Finding {
  return {
    rule: 'plan/unknown-field',
    path,
    message: `no rule knows ${quote(key)} here, so it is ignored`,
    ...nearestField(key, Object.keys(entries)),
    about: 'key',
  };
}

/** There is always a nearest known name (plan contract, section 1), but not always one that was meant. */
function nearestField(key: string, known: readonly string[]): { readonly hint?: string } {
  const near = nearestOf(known).find(key);
  if (near !== undefined) return didYouMean(near);
  const far = nearestAlways(key, known);
  return far === undefined ? {} : { hint: `The nearest known name is ${quote(far)}.` };
}

/** How a message names the field at `path`: its own key, or its place in a list. */
export function fieldName(path: Path): string {
  const last = path.at(-1);
  if (typeof last === 'string') return quote(last);
  const list = path.at(-2);
  return typeof list === 'string' && last !== undefined
    ? `entry ${last + 1} of ${quote(list)}`
    : 'the plan';
}
