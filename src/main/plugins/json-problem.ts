/** Deeper than any sensible answer; recursion over JSON elsewhere need not fear the stack. */
const MAX_DEPTH = 100;

/**
 * Says in words what keeps `value` from being JSON (`sizes[2] is NaN`); `undefined` if nothing
 * does. `JSON.stringify` alone would turn a function or a Map into nothing without a word. Absent
 * and `undefined` properties are the same; an object with `toJSON`, such as a Date, is JSON.
 */
export function jsonProblem(value: unknown): string | undefined {
  return problemAt({ value, where: '', depth: 0 });
}

function problemAt(at: {
  readonly value: unknown;
  readonly where: string;
  readonly depth: number;
}): string | undefined {
  const { value, where, depth } = at;
  const name = where === '' ? 'it' : where;
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return undefined;
    case 'number':
      return Number.isFinite(value) ? undefined : `${name} is ${value}`;
    case 'object':
      break;
    default:
      return `${name} is ${typeof value === 'undefined' ? 'undefined' : `a ${typeof value}`}`;
  }
  if (value === null || hasToJson(value)) return undefined;
  // A circle is endlessly deep, so that one bound catches both.
  if (depth >= MAX_DEPTH) return `${name} is nested more than ${MAX_DEPTH} levels deep`;
  if (Array.isArray(value)) {
    return firstOf(value.keys(), (i) =>
      problemAt({ value: value[i] as unknown, where: `${where}[${i}]`, depth: depth + 1 }),
    );
  }
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return `${name} is a ${value.constructor.name}`;
  }
  return firstOf(Object.entries(value), ([key, item]) =>
    item === undefined
      ? undefined
      : problemAt({ value: item, where: where === '' ? key : `${where}.${key}`, depth: depth + 1 }),
  );
}

function hasToJson(value: object): boolean {
  return 'toJSON' in value && typeof value.toJSON === 'function';
}

function firstOf<T>(
  items: Iterable<T>,
  problem: (item: T) => string | undefined,
): string | undefined {
  for (const item of items) {
    const found = problem(item);
    if (found !== undefined) return found;
  }
  return undefined;
}
