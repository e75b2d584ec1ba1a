import type { StepSpec } from '../step-spec.ts';
import { murmur128 } from './murmur-hash.ts';

/** Every field of a step, in the order that the digest has them; one that is missing here does not compile. */
const FIELDS = Object.keys({
  name: true,
  description: true,
  work: true,
  dependsOn: true,
  mutexes: true,
  idempotent: true,
  has: true,
  when: true,
  forEach: true,
  always: true,
  timeoutSeconds: true,
  retry: true,
  onError: true,
  sudo: true,
  weight: true,
  heartbeatSeconds: true,
  packagesPattern: true,
} satisfies Record<keyof StepSpec, true>) as readonly (keyof StepSpec)[];

/**
 * The same steps give the same text in every process, whatever the order of their members: 32 hex digits.
 * It tells steps apart that changed with a plan; it is no proof against somebody who wants two to be alike.
 */
export function digestOf(steps: readonly StepSpec[]): string {
  return murmur128(
    JSON.stringify(steps.map((step) => FIELDS.map((field) => canonical(step[field])))),
  );
}

/** The same value with the members of each object in one order; itself where they are. */
function canonical(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) {
    return value.every((item) => canonical(item) === item) ? value : value.map(canonical);
  }
  if (isCanonical(value)) return value;
  const entries = Object.entries(value).map(([name, member]) => [name, canonical(member)] as const);
  // Names that are numbers come first in any object, and in their own order: that is one order too.
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Most objects come in order from `declareSteps`, and looking is much cheaper than sorting. */
function isCanonical(value: object): boolean {
  let before = '';
  for (const name of Object.keys(value)) {
    const member: unknown = (value as { readonly [name: string]: unknown })[name];
    if (name < before || canonical(member) !== member) return false;
    before = name;
  }
  return true;
}
