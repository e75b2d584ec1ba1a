import { emitKeypressEvents } from 'node:readline';
import type { ReadStream } from 'node:tty';
import type { Key } from './question-input.ts';

/** Keys of the terminal, one by one. */
export interface Keyboard {
  /** Hears every key until `leave`. */
  listen(onKey: (key: Key) => void): void;
  /** Gives the terminal its own way with keys back. May be called at any time. */
  leave(): void;
}

/** Keys of standard input, which is a terminal. Ctrl-C stays what it is. */
export function createKeyboard(input: ReadStream): Keyboard {
  let listener: ((text: string | undefined, key: KeyPress) => void) | undefined;
  return {
    listen(onKey) {
      if (listener !== undefined) return;
      listener = (text, { name, ctrl = false }) => {
        // In raw mode the terminal sends no signal for it.
        if (ctrl && name === 'c') process.kill(process.pid, 'SIGINT');
        else if (!ctrl) onKey({ text, name });
      };
      emitKeypressEvents(input);
      input.setRawMode(true);
      input.resume();
      input.on('keypress', listener);
    },
    leave() {
      if (listener === undefined) return;
      input.off('keypress', listener);
      listener = undefined;
      input.setRawMode(false);
      input.pause();
    },
  };
}

interface KeyPress {
  readonly name?: string;
  readonly ctrl?: boolean;
}
