import { isTable, type Table } from '../plan/tree.ts';
import { deviceTables } from './device-schema.ts';

/** One field of the configuration. */
export interface Field {
  readonly table: string;
  readonly name: string;
  readonly type: 'string' | 'number' | 'boolean' | 'picklist' | 'record';
}

// The part of valibot's schema objects that is looked at here.
interface SchemaPart {
  readonly type: string;
  readonly wrapped?: SchemaPart;
}

interface TableSchema {
  readonly entries: { readonly [field: string]: SchemaPart };
}

const TABLES: { readonly [table: string]: TableSchema } = deviceTables;

/** All fields, in the order of the schema. */
export const FIELDS: readonly Field[] = Object.entries(TABLES).flatMap(([table, { entries }]) =>
  Object.entries(entries).map(([name, entry]) => ({ table, name, type: typeOf(entry) })),
);

function typeOf(schema: SchemaPart): Field['type'] {
  const { type } = schema.wrapped ?? schema;
  switch (type) {
    case 'number':
    case 'boolean':
    case 'picklist':
    case 'record':
      return type;
    default:
      return 'string';
  }
}

/** One value that a layer gives: what a higher layer replaces as a whole. */
export interface Leaf {
  /** Such as `['s3', 'region']`, or `['unc', 'mounts', '\\server\share']`. */
  readonly path: readonly string[];
  readonly value: unknown;
}

/** The values of a layer, those of a table of values one by one. What no rule knows is left out. */
export function leavesOf(tree: Table): readonly Leaf[] {
  return FIELDS.flatMap(({ table, name, type }): readonly Leaf[] => {
    const within = tree[table];
    const value = isTable(within) ? within[name] : undefined;
    if (value === undefined) return [];
    const path = [table, name];
    if (type !== 'record' || !isTable(value)) return [{ path, value }];
    return Object.entries(value).map(([key, item]) => ({ path: [...path, key], value: item }));
  });
}

/** The tree that has these values. */
export function treeOf(leaves: Iterable<Leaf>): Table {
  const tree: Record<string, Record<string, unknown>> = {};
  for (const { path, value } of leaves) {
    const [table = '', name = '', key] = path;
    const within = (tree[table] ??= {});
    if (key === undefined) within[name] = value;
    else within[name] = { ...(isTable(within[name]) ? within[name] : {}), [key]: value };
  }
  return tree;
}
