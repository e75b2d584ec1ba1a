import { styleText } from 'node:util';
import type { Paint, Part } from '../plan/code-frame.ts';

/** Exit codes that every command keeps to. `plan run` adds 3 for a flow that was stopped. */
export const EXIT = { ok: 0, problems: 1, usage: 2 } as const;

/** Where a command writes to. A port, so that tests read what a person would. */
export interface Output {
  /** The result: what a pipe gets. */
  readonly out: (text: string) => void;
  /** What a person is told beside it. */
  readonly err: (text: string) => void;
  /** Colours for `out`; none unless it is a terminal that shows them. */
  readonly paint: Paint;
}

const STYLES: { readonly [part in Part]: Parameters<typeof styleText>[0] } = {
  file: 'bold',
  error: 'red',
  warning: 'yellow',
  rule: 'dim',
  gutter: 'dim',
  mark: 'red',
  hint: 'cyan',
};

/** The process's own streams. */
export function terminalOutput(): Output {
  // `hasColors` knows NO_COLOR, FORCE_COLOR and TERM; a pipe is no terminal and has no such method.
  const { stdout } = process;
  const colours = stdout.isTTY && !process.env.NO_COLOR && stdout.hasColors();
  return {
    out: (text) => void stdout.write(`${text}\n`),
    err: (text) => void process.stderr.write(`${text}\n`),
    paint: colours ? (part, text) => styleText(STYLES[part], text) : (_part, text) => text,
  };
}

/** Lets a reader such as `head` close its end without an error: nobody is left to be told. */
export function endQuietlyOnClosedPipe(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      process.stderr.write(`The output cannot be written: ${error.message}\n`);
      process.exit(EXIT.problems);
    });
  }
}
