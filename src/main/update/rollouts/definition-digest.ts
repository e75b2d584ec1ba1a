import type { FlagDefinition } from '#shared';

/**
 * SHA-256, in hex, of what of a flag's definition can change an answer: two definitions that differ only
 * in the order of their keys, or in notes for people (`metadata`), are one.
 */
export function definitionDigest(definition: FlagDefinition): string {
  const { state, variants, defaultVariant, targeting } = definition;
  // Loading it takes longer than evaluating, and a plan without flags needs none.
  const { createHash } = process.getBuiltinModule('node:crypto');
  const text = canonicalJson({ state, variants, defaultVariant, targeting });
  return createHash('sha256').update(text).digest('hex');
}

/** JSON with the keys of each object in one order; what is `undefined` is left out. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
