import type { StepSpec, StepWork } from '../step-spec.ts';
import { murmur128 } from './murmur-hash.ts';

/**
 * Every field of a step, in the order that the digest has them; one that is missing here does not compile.
 * What only people see is left out: a language that was chosen meanwhile makes no other steps.
 */
const FIELDS = {
  name: true,
  description: false,
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
  weight: false,
  heartbeatSeconds: true,
  packagesPattern: true,
} as const satisfies Record<keyof StepSpec, boolean>;
const NAMES = (Object.keys(FIELDS) as (keyof StepSpec)[]).filter((name) => FIELDS[name]);

/**
 * The same steps give the same text in every process, whatever the order of their members: 32 hex digits.
 * It tells steps apart that changed with a plan; it is no proof against somebody who wants two to be alike.
 */
export function digestOf(steps: readonly StepSpec[]): string {
  return murmur128(
    JSON.stringify(
      steps.map((step) =>
        NAMES.map((name) => canonical(name === 'work' ? withoutTexts(step.work) : step[name])),
      ),
    ),
  );
}

/** What people read of commands is no part of them. */
function withoutTexts(work: StepWork): unknown {
  if (work.kind !== 'commands') return work;
  return work.commands.map(({ description: _, ...command }) => command);
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
