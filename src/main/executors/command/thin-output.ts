import type { Timer } from '../../clock.ts';

export type OutputStream = 'stdout' | 'stderr';

const WINDOW_MS = 1000;
/** In a second this many lines go on at once; of the rest, the last ones follow at its end. */
const LINES_A_WINDOW = 200;
/** After this many characters of one command, fewer do: nobody reads so much. */
const PLENTY = 4 * 1024 * 1024;
const LINES_A_WINDOW_AFTER_PLENTY = 10;

/** Thins out what a command writes before it goes to logs and screens. */
export interface OutputThinner {
  line(stream: OutputStream, text: string): void;
  /** Hands on what is held back. The command is over. */
  close(): void;
}

/**
 * The output of a plugin is cut off where it is too much; of a command, the end is what tells why it
 * failed, so that the end of each flood is kept, and a line says how many are missing before it.
 */
export function thinOutput(
  timer: Timer,
  onOutput: (stream: OutputStream, text: string) => void,
): OutputThinner {
  let total = 0;
  let passed = 0;
  let dropped = 0;
  let held: { readonly stream: OutputStream; readonly text: string }[] = [];
  let cancelWindow: (() => void) | undefined;

  const most = (): number => (total > PLENTY ? LINES_A_WINDOW_AFTER_PLENTY : LINES_A_WINDOW);
  const pass = (stream: OutputStream, text: string): void => {
    total += text.length;
    onOutput(stream, text);
  };
  const endWindow = (): void => {
    cancelWindow?.();
    cancelWindow = undefined;
    const lines = held.slice(-most());
    dropped += held.length - lines.length;
    if (dropped > 0) onOutput('stderr', `(${dropped} lines are left out here)`);
    passed = 0;
    dropped = 0;
    held = [];
    for (const { stream, text } of lines) pass(stream, text);
  };

  return {
    line(stream, text) {
      cancelWindow ??= timer.after(WINDOW_MS, endWindow);
      passed += 1;
      if (passed <= most()) {
        pass(stream, text);
        return;
      }
      held.push({ stream, text });
      if (held.length >= 2 * LINES_A_WINDOW) {
        dropped += held.length - LINES_A_WINDOW;
        held = held.slice(-LINES_A_WINDOW);
      }
    },
    close: endWindow,
  };
}
