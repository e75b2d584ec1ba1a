import type { WriteStream } from 'node:tty';
import type { ExecutionView } from '#shared';
import type { ExecutionEngine } from '../../execution/engine/execution-engine.ts';
import type { Keyboard } from './keyboard.ts';
import { createLiveArea } from './live-area.ts';
import { createQuestions } from './questions.ts';
import type { RunView } from './run-view.ts';
import { frameLines, type RunState } from './step-frame.ts';
import { ASCII_MARKS, inColour, inPlain, MARKS } from './words.ts';

/** How often a duration that grows is shown, in milliseconds. */
const TICK_MS = 1000;

/**
 * A list of the steps that changes in place, with what is asked below it. Without a keyboard nothing
 * is asked.
 */
export function liveView(options: {
  readonly engine: ExecutionEngine;
  readonly stdout: WriteStream;
  readonly keyboard: Keyboard | undefined;
  readonly err: (line: string) => void;
}): RunView {
  const { engine, stdout, keyboard, err } = options;
  const screen = {
    // Some terminals do not know their size and say 0.
    get columns() {
      return stdout.columns || 80;
    },
    get rows() {
      return stdout.rows || 24;
    },
    write: (text: string) => void stdout.write(text),
  };
  const area = createLiveArea(screen);
  const questions =
    keyboard && createQuestions({ engine, keyboard, onTyped: () => draw(screen.rows) });
  const paint = !process.env.NO_COLOR && stdout.hasColors() ? inColour : inPlain;
  const marks = process.env.TERM === 'linux' ? ASCII_MARKS : MARKS;
  const said = new Map<string, string>();
  const startedAt = Date.now();
  const undo: (() => void)[] = [];
  let executionId: string | undefined;
  let isOver = false;

  function draw(rows: number): void {
    const view = executionId === undefined ? undefined : engine.get(executionId);
    if (view === undefined) return;
    const prompt = questions !== undefined && rows !== Infinity ? questions.lines(view) : [];
    const { columns } = screen;
    const now = Date.now();
    area.show(frameLines(stateOf(view, prompt), { columns, rows, now, paint, marks }));
  }

  function stateOf({ steps, progress }: ExecutionView, prompt: readonly string[]): RunState {
    return { steps, progress, startedAt, said, prompt };
  }

  function hear(id: string): void {
    const subscription = engine.subscribe(id, undefined, (event) => {
      if (event.type === 'StepOutput') {
        const last = event.text
          .trimEnd()
          .split(/[\r\n]/)
          .at(-1)
          ?.trim();
        if (last !== undefined && last !== '') said.set(event.stepName, last);
      } else if (event.type === 'StepProgress' && event.message !== undefined) {
        said.set(event.stepName, event.message);
      } else if (event.type === 'StepStart') {
        said.delete(event.stepName);
      }
    });
    if (subscription !== undefined) undo.push(subscription.unsubscribe);
  }

  return {
    follow(id) {
      if (isOver) return;
      executionId = id;
      hear(id);
      const redraw = (): void => draw(screen.rows);
      const timer = setInterval(redraw, TICK_MS);
      stdout.on('resize', redraw);
      // However the program ends, the terminal is as it was.
      const restore = (): void => {
        questions?.end();
        area.end();
      };
      process.on('exit', restore);
      undo.push(
        engine.onChange(redraw),
        () => clearInterval(timer),
        () => stdout.off('resize', redraw),
        () => process.off('exit', restore),
        restore,
      );
      redraw();
    },
    say(line) {
      area.clear();
      err(line);
      draw(screen.rows);
    },
    end() {
      // All of it, whether or not it fits: it may scroll away now.
      area.clear();
      draw(Infinity);
      for (const each of undo.splice(0)) each();
      isOver = true;
      executionId = undefined;
    },
  };
}
