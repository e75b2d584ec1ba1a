// @ts-check
import { checkSteps } from '../../src/main/execution/graph/check-steps.ts';
import { DEFAULT_RETRY } from '../../src/main/execution/step-spec.ts';

/**
 * Steps as every form takes them: names, and the names of what comes before.
 * @typedef {readonly { readonly name: string; readonly dependsOn: readonly string[] }[]} Steps
 */

/** Each step after the one before. */
export const chain = (count) => made(count, (index) => (index === 0 ? [] : [index - 1]));

/** No step after any other. */
export const wide = (count) => made(count, () => []);

/** Layers of 50, in which each step needs two or three of the layer before: 5,000 edges for 2,000 steps. */
export function layered(count) {
  const LAYER = 50;
  return made(count, (index) => {
    if (index < LAYER) return [];
    const before = index - (index % LAYER) - LAYER;
    const offsets = index % 39 < 22 ? [0, 17, 31] : [0, 17];
    return offsets.map((offset) => before + ((index * 7 + offset) % LAYER));
  });
}

function made(count, needed) {
  return Array.from({ length: count }, (_, index) => ({
    name: nameOf(index),
    dependsOn: needed(index).map(nameOf),
  }));
}

function nameOf(index) {
  return `step-${index}`;
}

/** The graph that the engine runs; `concurrency` as its number of places. */
export function graphOf(steps, concurrency) {
  const checked = checkSteps({ steps: steps.map(specOf), concurrency, rollback: false });
  if (!checked.ok) throw new Error(checked.failure.message);
  return checked.value;
}

function specOf({ name, dependsOn }) {
  return {
    name,
    description: `does ${name}`,
    work: { kind: 'run' },
    dependsOn,
    mutexes: [],
    idempotent: true,
    has: { when: false, forEach: false, check: false, verify: false, undo: false },
    always: false,
    retry: DEFAULT_RETRY,
    onError: 'stop',
    sudo: false,
  };
}
