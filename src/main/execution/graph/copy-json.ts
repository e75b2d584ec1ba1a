import type { Json } from '#shared';

/** Deeper than any sensible value; recursion over JSON elsewhere need not fear the stack. */
const DEEPEST = 100;

type Copied =
  { readonly ok: true; readonly value: Json } | { readonly ok: false; readonly problem: string };

/**
 * Copies what an author's code gave, if it is JSON; else says in words what is not (`forEach[2] is NaN`). A member that is
 * `undefined` is left out.
 */
export function copyJson(value: unknown, where: string, depth = 0): Copied {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return { ok: true, value };
    case 'number':
      return Number.isFinite(value)
        ? { ok: true, value }
        : { ok: false, problem: `${where} is ${value}` };
    case 'object':
      if (value === null) return { ok: true, value };
      break;
    default:
      return {
        ok: false,
        problem: `${where} is ${value === undefined ? 'undefined' : `a ${typeof value}`}`,
      };
  }
  // A circle is endlessly deep, so that one bound catches both.
  if (depth >= DEEPEST) {
    return { ok: false, problem: `${where} is nested more than ${DEEPEST} levels deep` };
  }
  if (Array.isArray(value)) return copyList(value, where, depth);
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    return { ok: false, problem: `${where} is an object of a class` };
  }
  return copyObject(value, where, depth);
}

function copyList(list: readonly unknown[], where: string, depth: number): Copied {
  const copy: Json[] = [];
  for (const [index, item] of list.entries()) {
    const copied = copyJson(item, `${where}[${index}]`, depth + 1);
    if (!copied.ok) return copied;
    copy.push(copied.value);
  }
  return { ok: true, value: copy };
}

function copyObject(object: object, where: string, depth: number): Copied {
  const members: [string, Json][] = [];
  for (const [name, member] of Object.entries(object) as [string, unknown][]) {
    if (member === undefined) continue;
    const copied = copyJson(member, `${where}.${name}`, depth + 1);
    if (!copied.ok) return copied;
    members.push([name, copied.value]);
  }
  // Unlike an assignment, this makes a member of `__proto__`.
  return { ok: true, value: Object.fromEntries(members) };
}
