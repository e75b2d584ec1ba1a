/** A column of a table for people. */
export interface Column {
  readonly title: string;
  /** Cells beyond it are cut; the last column takes what is left of the line. */
  readonly widest: number;
  readonly align?: 'right';
}

/** What a terminal shows at least. */
const LINE = 80;
const GAP = 2;

/** A table in lines of at most 80 characters: columns as wide as they need to be, long cells cut. */
export function tableLines(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const all = [columns.map(({ title }) => title), ...rows];
  let left = LINE;
  const widths = columns.map(({ widest }, at) => {
    const needed = Math.max(...all.map((row) => row[at]?.length ?? 0));
    const width = Math.max(1, Math.min(needed, widest, left));
    left -= width + GAP;
    return width;
  });
  return all.map((row) =>
    columns
      .map(({ align }, at) => {
        const width = widths[at] ?? 0;
        const cell = cut(row[at] ?? '', width);
        return align === 'right' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join(' '.repeat(GAP))
      .trimEnd(),
  );
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 1)}…`;
}
