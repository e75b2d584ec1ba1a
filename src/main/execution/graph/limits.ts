import { isSafeLine } from '../../../shared/text-rules.ts';
import { quote } from '../../plan/words.ts';
import { shown } from './fields.ts';

/** Bounds of what a plugin may declare. */
export const LIMITS = {
  /** The engine was measured with as many. */
  steps: 10_000,
  concurrency: { atLeast: 1, atMost: 64, whole: true },
  attempts: { atLeast: 1, atMost: 20, whole: true },
  /** A week. Node's timers count milliseconds in 31 bits, and fire at once beyond. */
  seconds: { above: 0, atMost: 604_800 },
  backoff: { atLeast: 0, atMost: 604_800 },
  weight: { above: 0, atMost: 1_000_000 },
  /** Of a step or a mutex, in UTF-16 units. */
  name: 100,
  description: 2000,
} as const;

/**
 * May this be the name of a step? Brackets are for the items of a `forEach`, a slash for addresses, braces for
 * references; and results are kept in objects by the names of steps.
 */
export function isStepName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    name.length <= LIMITS.name &&
    name.trim() !== '' &&
    isSafeLine(name) &&
    !/[[\]{}/]/.test(name) &&
    name !== '__proto__'
  );
}

/** What is wrong with a name that is none, to follow "`name`". */
export function nameProblem(name: unknown): string {
  if (typeof name !== 'string' || name.trim() === '') {
    return `must be a text that is not empty, not ${shown(name)}`;
  }
  if (name.length > LIMITS.name) return `must be at most ${LIMITS.name} characters long`;
  if (name === '__proto__') return 'must not be "__proto__"';
  return `must not have "[", "]", "{", "}", "/" or control characters: ${quote(name)}`;
}
