import stringWidth from 'string-width';
import type { Screen } from './live-area.ts';

/** A terminal of the test's own: what a person would see after all that was written to it. */
export class TestTerminal implements Screen {
  columns: number;
  readonly rows: number;
  /** The last of what was written. */
  written = '';
  isCursorHidden = false;
  /** Everything since the begin, what has scrolled away too. */
  readonly #lines: string[] = [''];
  #row = 0;

  constructor(columns: number, rows: number) {
    this.columns = columns;
    this.rows = rows;
  }

  /** Rows that are in sight, without the empty one that the cursor stands in. */
  get shown(): readonly string[] {
    const all = this.#lines.slice(-this.rows);
    return all.at(-1) === '' ? all.slice(0, -1) : all;
  }

  /** As a terminal does that breaks its lines anew when it gets narrower. */
  resize(columns: number): void {
    const wrapped = this.#lines.flatMap((line) => {
      const pieces = line.match(new RegExp(`.{1,${columns}}`, 'gu')) ?? [''];
      return pieces;
    });
    this.#lines.splice(0, this.#lines.length, ...wrapped);
    this.#row = this.#lines.length - 1;
    this.columns = columns;
  }

  write(text: string): void {
    this.written = text;

    const tokens = text.match(/\u001b\[[?\d]*[A-Za-z]|\r|\n|[^\u001b\r\n]+/gu) ?? [];
    for (const token of tokens) this.#take(token);
  }

  #take(token: string): void {
    const up = /^\u001b\[(\d+)A$/.exec(token);
    if (up !== null) {
      this.#row = Math.max(this.#row - Number(up[1]), this.#lines.length - this.rows, 0);
    } else if (token === '\n') {
      this.#row += 1;
      if (this.#row === this.#lines.length) this.#lines.push('');
    } else if (token === '\u001b[2K') {
      this.#lines[this.#row] = '';
    } else if (token === '\u001b[0J') {
      this.#lines.splice(this.#row, Infinity, '');
    } else if (token === '\u001b[?25l' || token === '\u001b[?25h') {
      this.isCursorHidden = token.endsWith('l');
    } else if (token !== '\r') {
      if (token.startsWith('\u001b')) throw new Error(`unknown sequence ${JSON.stringify(token)}`);
      if (stringWidth(token) >= this.columns) throw new Error(`too wide: ${token}`);
      this.#lines[this.#row] = token;
    }
  }
}
