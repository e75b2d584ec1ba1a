import type { LogLevel, WorkProgress } from '#shared';
import type { PluginLog } from '../../../sdk/index.ts';

/** A person cannot see more, and each one wakes the app and every screen. */
const PROGRESS_EVERY_MS = 50;
/** As the app keeps them: what it would drop need not cross the pipe. */
const LINES_A_SECOND = 200;

/** What a plugin says of itself, thinned out before it leaves the process. */
export interface Reporter {
  readonly log: PluginLog;
  progress(percent: number | undefined, message?: string): void;
  /** Sends the progress that is held back: before an answer, so that the order is kept. */
  flush(): void;
}

/** Makes the reporter of this process. */
export function createReporter(send: {
  readonly log: (level: LogLevel, text: string) => void;
  readonly progress: (work: WorkProgress) => void;
}): Reporter {
  let held: WorkProgress | undefined;
  let timer: NodeJS.Timeout | undefined;
  let second = { since: 0, lines: 0, dropped: 0 };

  const flush = (): void => {
    if (held !== undefined) send.progress(held);
    held = undefined;
  };
  const write = (level: LogLevel, text: unknown): void => {
    const now = performance.now();
    if (now - second.since >= 1000) {
      const { dropped } = second;
      second = { since: now, lines: 0, dropped: 0 };
      if (dropped > 0) send.log('warn', `${dropped} more lines were left out`);
    }
    second.lines += 1;
    if (second.lines > LINES_A_SECOND) second.dropped += 1;
    // Plugins are plain JavaScript: anything may be handed in.
    else send.log(level, String(text).slice(0, 4096));
  };

  return {
    log: {
      debug: (text) => write('debug', text),
      info: (text) => write('info', text),
      warn: (text) => write('warn', text),
      error: (text) => write('error', text),
    },
    progress(percent: unknown, message?: unknown) {
      held = {
        ...(typeof percent === 'number' && Number.isFinite(percent) ? { percent } : {}),
        ...(typeof message === 'string' ? { message: message.slice(0, 500) } : {}),
      };
      if (timer !== undefined) return;
      flush();
      timer = setTimeout(() => {
        timer = undefined;
        flush();
      }, PROGRESS_EVERY_MS);
      // A plugin that is done must not be kept alive by its last progress.
      timer.unref();
    },
    flush,
  };
}
