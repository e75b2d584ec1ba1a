import type { Json, JsonObject } from '#shared';

/** Names that people give to what nobody else may read. */
const SECRET_NAME =
  /pass(word|phrase|wd)?$|passw|secret|token|credential|authorization|cookie|(api|access|private|signing)[-_ ]?key/i;

/** The names on the way of a JSON pointer (RFC 6901). */
export function pathOf(pointer: string): readonly string[] {
  return pointer
    .split('/')
    .slice(1)
    .map((name) => name.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/**
 * May a value at this place of a config be a secret? Yes where a name on the way to it sounds like one,
 * and where the schema marks it, or something around it, `writeOnly`.
 */
export function isSecretPlace(schema: JsonObject, path: readonly string[]): boolean {
  if (path.some((name) => SECRET_NAME.test(name))) return true;
  let parts = branches(schema, schema);
  for (const name of path) {
    if (parts.some((part) => part['writeOnly'] === true)) return true;
    parts = parts.flatMap((part) => partsAt(part, name)).flatMap((part) => branches(part, schema));
  }
  return parts.some((part) => part['writeOnly'] === true);
}

/** A schema and all that it consists of: any of them may say it. */
function branches(
  schema: Json | undefined,
  root: JsonObject,
  seen: ReadonlySet<string> = new Set(),
): readonly JsonObject[] {
  if (!isObject(schema)) return [];
  const { $ref } = schema;
  const rest = ['allOf', 'anyOf', 'oneOf'].flatMap((key) => listOf(schema[key]));
  const referred =
    typeof $ref === 'string' && $ref.startsWith('#/') && !seen.has($ref)
      ? branches(valueAt(root, pathOf($ref)), root, new Set([...seen, $ref]))
      : [];
  return [
    schema,
    ...referred,
    ...[...rest, schema['then'], schema['else']].flatMap((one) => branches(one, root, seen)),
  ];
}

/** The schemas of one member of an object, or of the elements of a list. */
function partsAt(schema: JsonObject, name: string): readonly Json[] {
  const { properties, patternProperties, additionalProperties, items } = schema;
  const named = isObject(properties) ? properties[name] : undefined;
  const parts = [
    named,
    ...(isObject(patternProperties) ? Object.values(patternProperties) : []),
    additionalProperties,
    ...(Array.isArray(items) ? (items as readonly Json[]) : [items]),
  ];
  return parts.filter((part) => part !== undefined);
}

function valueAt(root: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = root;
  for (const name of path) value = isObject(value) ? value[name] : undefined;
  return value;
}

function listOf(value: Json | undefined): readonly Json[] {
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
