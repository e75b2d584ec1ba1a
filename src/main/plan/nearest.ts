import { quote } from './words.ts';

/**
 * "Did you mean": the nearest of some known names. A hostile file can have thousands of wrong names and
 * thousands of known ones, so one `Nearest` compares only so many pairs and then keeps silent; a hint
 * is a courtesy.
 */
const COMPARISONS = 200_000;
const LONGEST = 64;

/** A search that gets tired. */
export interface Nearest {
  /** The likely meant name, or `undefined` when none is near. */
  find(name: string): string | undefined;
}

/** Prepares a search among `known`. */
export function nearestOf(known: Iterable<string>): Nearest {
  const names = [...new Set(known)];
  let left = COMPARISONS;
  return {
    find(name) {
      let best: string | undefined;
      // A third of the letters may differ: beyond that a suggestion confuses more than it helps.
      let bound = Math.floor(name.length / 3) + 1;
      for (const candidate of names) {
        if (left-- <= 0) return best;
        if (candidate === name) continue;
        const distance = distanceBelow(bound, name.toLowerCase(), candidate.toLowerCase());
        if (distance < bound) {
          best = candidate;
          bound = distance;
          // Only the case differs.
          if (distance === 0) break;
        }
      }
      return best;
    },
  };
}

/** The nearest of a closed list of values, however far: there is nothing else it could be. */
export function nearestAlways(name: string, options: readonly string[]): string | undefined {
  let best: string | undefined;
  let bound = Infinity;
  for (const option of options) {
    const distance = distanceBelow(
      bound,
      name.slice(0, LONGEST).toLowerCase(),
      option.toLowerCase(),
    );
    if (distance < bound) {
      best = option;
      bound = distance;
    }
  }
  return best;
}

/** A hint from a name that was found, or none. */
export function didYouMean(name: string | undefined): { readonly hint?: string } {
  return name === undefined ? {} : { hint: `Did you mean ${quote(name)}?` };
}

/** Shortest beginning that speaks for itself. */
const SHORTEST_BEGINNING = 3;

function isBeginning(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return short.length >= SHORTEST_BEGINNING && long.startsWith(short);
}

/**
 * How far two names are apart; `Infinity` once that cannot be below `bound`. A name that the other begins
 * with counts as one slip, such as `timeout` for `timeout_seconds`.
 */
function distanceBelow(bound: number, a: string, b: string): number {
  if (bound > 1 && a !== b && isBeginning(a, b)) return 1;
  return alignmentBelow(bound, a, b);
}

/**
 * Optimal string alignment distance (insert, delete, replace, swap neighbours), or `Infinity` once it
 * cannot be below `bound`.
 */
function alignmentBelow(bound: number, a: string, b: string): number {
  if (Math.abs(a.length - b.length) >= bound) return Infinity;
  if (a.length > LONGEST || b.length > LONGEST) return a === b ? 0 : Infinity;
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    let smallest = i;
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let cost = Math.min(
        (last[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (last[j - 1] ?? 0) + (same ? 0 : 1),
      );
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        cost = Math.min(cost, (beforeLast[j - 2] ?? 0) + 1);
      }
      row.push(cost);
      smallest = Math.min(smallest, cost);
    }
    if (smallest >= bound) return Infinity;
    beforeLast = last;
    last = row;
  }
  return last[b.length] ?? Infinity;
}
