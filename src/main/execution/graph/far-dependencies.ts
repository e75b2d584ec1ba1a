/** Does one step come somewhere before another one? */
export interface FarQuestion {
  /** Index of the step that asks. */
  readonly step: number;
  /** Index of the one that must come before it. */
  readonly needs: number;
}

interface OrderedGraph {
  readonly order: Int32Array;
  readonly dependencies: readonly (readonly number[])[];
}

/** As many as an integer of JavaScript's bitwise operators has bits. */
const AT_A_TIME = 32;

/**
 * The first question whose answer is no. `order` has every step after its dependencies. Looks for 32 needed
 * steps in one walk over the graph, so that even a graph in which each step needs a far one is quick.
 */
export function firstNotBefore<Q extends FarQuestion>(
  questions: readonly Q[],
  graph: OrderedGraph,
): Q | undefined {
  const slots = new Map<number, number>();
  for (const { needs } of questions) if (!slots.has(needs)) slots.set(needs, slots.size);
  const needed = [...slots.keys()];
  const byWalk: Q[][] = [];
  for (const question of questions) {
    const walk = Math.floor((slots.get(question.needs) ?? 0) / AT_A_TIME);
    (byWalk[walk] ??= []).push(question);
  }
  const unmet = new Set<Q>();
  for (const [walk, asking] of byWalk.entries()) {
    const asked = needed.slice(walk * AT_A_TIME, (walk + 1) * AT_A_TIME);
    const before = whatComesBefore(asked, graph);
    for (const question of asking) {
      const bit = 1 << ((slots.get(question.needs) ?? 0) % AT_A_TIME);
      if (((before[question.step] ?? 0) & bit) === 0) unmet.add(question);
    }
  }
  return questions.find((question) => unmet.has(question));
}

/** By step, a bit for each of the `asked` that comes before it. */
function whatComesBefore(
  asked: readonly number[],
  { order, dependencies }: OrderedGraph,
): Int32Array {
  const own = new Int32Array(dependencies.length);
  for (const [bit, index] of asked.entries()) own[index] = 1 << bit;
  const before = new Int32Array(dependencies.length);
  for (const step of order) {
    let bits = 0;
    for (const dependency of dependencies[step] ?? []) {
      bits |= (before[dependency] ?? 0) | (own[dependency] ?? 0);
    }
    before[step] = bits;
  }
  return before;
}
