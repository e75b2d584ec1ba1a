/** A TOML table as `smol-toml` gives it. Its prototype is `null`, so only own keys answer. */
export type Table = { readonly [key: string]: unknown };

/** Is this a table? A list or a date is an object too, and valibot would take it for one. */
export function isTable(value: unknown): value is Table {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date)
  );
}

/** The tables of a list of tables; anything else counts as none. */
export function tablesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? (value as readonly unknown[]) : [];
}

/** The value of `key` if it is a text. */
export function textOf(table: Table, key: string): string | undefined {
  const value = table[key];
  return typeof value === 'string' ? value : undefined;
}
