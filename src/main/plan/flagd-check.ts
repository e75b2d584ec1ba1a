import { MemoryStorage } from '@openfeature/flagd-core';
import { nearestOf } from './nearest.ts';
import { isTable, type Table } from './tree.ts';

/** Why flagd would not evaluate a rule, as far as that can be told. */
export interface TargetingProblem {
  readonly operator?: string;
  readonly nearest?: string;
}

// flagd's own and those of JSON Logic, for hints; whether a rule is good is flagd's to say.
const OPERATORS = [
  ...['fractional', 'starts_with', 'ends_with', 'sem_ver', 'if', 'var', 'missing', 'missing_some'],
  ...['==', '===', '!=', '!==', '!', '!!', 'or', 'and', '>', '>=', '<', '<=', 'max', 'min'],
  ...['+', '-', '*', '/', '%', 'map', 'filter', 'reduce', 'all', 'none', 'some', 'merge', 'in'],
  ...['cat', 'substr', '$ref'],
];

const SILENT = { error: nothing, warn: nothing, info: nothing, debug: nothing };

/**
 * Asks flagd's own strict check about a targeting rule, which must be JSON of bounded depth. The rule is
 * never run, and no code is made of it.
 */
export function targetingProblem(targeting: Table): TargetingProblem | undefined {
  const probe = { state: 'ENABLED', variants: { probe: true }, defaultVariant: 'probe', targeting };
  const storage = new MemoryStorage(SILENT, { disableDynamicCodeGeneration: true });
  try {
    storage.setConfigurations(JSON.stringify({ flags: { probe } }), true);
    return undefined;
  } catch {
    // What it throws is a page of schema errors; the operator is what an author can act upon.
    const operator = unknownOperator(targeting);
    const nearest = operator === undefined ? undefined : nearestOf(OPERATORS).find(operator);
    return {
      ...(operator === undefined ? {} : { operator }),
      ...(nearest === undefined ? {} : { nearest }),
    };
  }
}

function nothing(): void {
  // flagd logs what it also throws.
}

function unknownOperator(rule: unknown): string | undefined {
  if (Array.isArray(rule)) {
    for (const item of rule) {
      const found = unknownOperator(item);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (!isTable(rule)) return undefined;
  const unknown = Object.keys(rule).find((operator) => !OPERATORS.includes(operator));
  return unknown ?? unknownOperator(Object.values(rule));
}
