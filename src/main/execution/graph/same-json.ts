import type { Json } from '#shared';

/** Are two values equal as JSON? Types are never turned into each other; a member that is `undefined` is absent. */
export function sameJson(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (isList(a) || isList(b)) {
    return (
      isList(a) && isList(b) && a.length === b.length && a.every((v, i) => sameOrNone(v, b[i]))
    );
  }
  const names = membersOf(a);
  return (
    names.length === membersOf(b).length &&
    names.every((name) => Object.hasOwn(b, name) && sameOrNone(a[name], b[name]))
  );
}

function sameOrNone(a: Json | undefined, b: Json | undefined): boolean {
  return a === undefined || b === undefined ? a === b : sameJson(a, b);
}

function membersOf(value: { readonly [name: string]: Json | undefined }): readonly string[] {
  return Object.keys(value).filter((name) => value[name] !== undefined);
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
