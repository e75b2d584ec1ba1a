import stringWidth from 'string-width';

/** As much of a terminal as an area needs. */
export interface Screen {
  readonly columns: number;
  readonly rows: number;
  readonly write: (text: string) => void;
}

/** Lines at the end of a terminal that change in place. */
export interface LiveArea {
  /** Shows these lines, of which none may be wider than the terminal; writes only what has changed. */
  show(lines: readonly string[]): void;
  /** Takes the lines away, so that something else can be written; the next `show` writes all of them. */
  clear(): void;
  /** Leaves what is shown where it is, and gives the cursor back. May be called at any time. */
  end(): void;
}

const ESC = '\u001b[';
const HIDE_CURSOR = `${ESC}?25l`;
const SHOW_CURSOR = `${ESC}?25h`;
const ERASE_LINE = `${ESC}2K`;
const ERASE_BELOW = `${ESC}0J`;

/** The cursor rests in the first column below the area. */
export function createLiveArea(screen: Screen): LiveArea {
  let shown: readonly string[] = [];
  let width = screen.columns;
  let isHidden = false;

  /** Rows that the lines take now: a terminal that has become narrower has wrapped them. */
  function rowsUp(): number {
    const { columns, rows } = screen;
    const each = shown.map((line) => Math.max(1, Math.ceil(stringWidth(line) / columns)));
    const taken = columns < width ? each.reduce((sum, one) => sum + one, 0) : shown.length;
    return Math.min(taken, rows - 1);
  }

  function up(count: number): string {
    return count > 0 ? `\r${ESC}${count}A` : '\r';
  }

  return {
    show(lines) {
      const isResized = screen.columns !== width;
      if (!isResized && lines.length === shown.length && lines.every((l, i) => l === shown[i])) {
        return;
      }
      let text = isHidden ? '' : HIDE_CURSOR;
      isHidden = true;
      text += up(rowsUp());
      if (isResized) text += ERASE_BELOW;
      for (const [at, line] of lines.entries()) {
        const isSame = !isResized && shown[at] === line;
        // Down by a line feed: only that scrolls where the area reaches the end of the screen.
        text += isSame ? '\n' : `${ERASE_LINE}${line}\r\n`;
      }
      if (lines.length < shown.length) text += ERASE_BELOW;
      screen.write(text);
      shown = lines;
      width = screen.columns;
    },
    clear() {
      if (shown.length === 0) return;
      screen.write(up(rowsUp()) + ERASE_BELOW);
      shown = [];
      width = screen.columns;
    },
    end() {
      if (!isHidden) return;
      isHidden = false;
      screen.write(SHOW_CURSOR);
    },
  };
}
