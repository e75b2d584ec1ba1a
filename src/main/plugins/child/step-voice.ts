import type { Json, JsonObject } from '#shared';
import { systemClock } from '../../clock.ts';
import type { WorkEvent } from '../../execution/engine/step-performer.ts';
import { cutLines } from '../../executors/command/command-lines.ts';
import { thinOutput } from '../../executors/command/thin-output.ts';
import { jsonProblem } from '../json-problem.ts';
import { STEP_LIMITS } from '../plugin-rpc.ts';
import { badValue } from './step-problem.ts';

/** A person cannot see more, and each one wakes the app and every screen. */
const THINNED_EVERY_MS = 50;
/** Characters that wait for the end of the turn at the most: well below what a message may have. */
const BATCH = 65_536;

type Progress = Extract<WorkEvent, { readonly type: 'progress' }>;

/** What one call of a step says, thinned out and checked before it leaves the process, in order. */
export interface StepVoice {
  progress(percent: unknown, message: unknown): void;
  /** Any text: it leaves as lines, thinned out in a flood; `onLine` hears all of them. */
  output(stream: 'stdout' | 'stderr', text: string, onLine?: (line: string) => void): void;
  /** A line that was thinned out already. */
  line(stream: 'stdout' | 'stderr', text: string): void;
  /** Throws `step/bad-value`, as do `metric` and `outputs`. */
  value(name: unknown, value: unknown, secret: boolean): void;
  metric(name: unknown, value: unknown): void;
  /** Checks what the work returned, together with its values. */
  outputs(returned: unknown): JsonObject | undefined;
  /** Sends all that is held back: before a question, and before the answer. */
  flush(): void;
  /** The call is over: nothing more is sent after this. */
  close(): void;
}

/** Makes the voice of one call. */
export function createStepVoice(send: (events: readonly WorkEvent[]) => void): StepVoice {
  const metrics = new Map<string, number>();
  const names = new Set<string>();
  let outbox: WorkEvent[] = [];
  let characters = 0;
  let isScheduled = false;
  let progress: Progress | undefined;
  let timer: NodeJS.Timeout | undefined;
  let bytes = 0;
  let isClosed = false;

  const sendOutbox = (): void => {
    isScheduled = false;
    const events = outbox;
    outbox = [];
    characters = 0;
    if (events.length > 0) send(events);
  };
  const add = (event: WorkEvent, length = 100): void => {
    if (isClosed) return;
    outbox.push(event);
    characters += length;
    if (characters > BATCH) sendOutbox();
    else if (!isScheduled) {
      isScheduled = true;
      setImmediate(sendOutbox);
    }
  };
  const release = (): void => {
    if (progress !== undefined) add(progress);
    progress = undefined;
    for (const [name, value] of metrics) add({ type: 'metric', name, value });
    metrics.clear();
  };
  /** The first one leaves at once, the latest of those that follow when the time is over. */
  const thin = (): void => {
    if (timer !== undefined) return;
    release();
    timer = setTimeout(() => {
      timer = undefined;
      release();
    }, THINNED_EVERY_MS);
    // A plugin that is done must not be kept alive by its last progress.
    timer.unref();
  };
  const line = (stream: 'stdout' | 'stderr', text: string): void => {
    release();
    add({ type: 'output', stream, text: text.slice(0, STEP_LIMITS.textLength) }, text.length);
  };
  const thinner = thinOutput(systemClock, line);
  const count = (what: string, name: string, value: Json): number => {
    const size = Buffer.byteLength(JSON.stringify([name, value]));
    bytes += size;
    if (bytes > STEP_LIMITS.outputsBytes) {
      throw badValue(`its outputs are over ${STEP_LIMITS.outputsBytes / 1024} KiB with ${what}`);
    }
    return size;
  };

  return {
    progress(percent, message) {
      progress = {
        type: 'progress',
        ...(typeof percent === 'number' && Number.isFinite(percent) ? { percent } : {}),
        ...(typeof message === 'string'
          ? { message: message.slice(0, STEP_LIMITS.messageLength) }
          : {}),
      };
      thin();
    },
    output(stream, text, onLine) {
      const cutter = cutLines((one) => {
        onLine?.(one);
        thinner.line(stream, one);
      });
      cutter.push(text);
      cutter.end();
    },
    line,
    value(name, value, secret) {
      const checked = checkedName('output', name);
      const problem = jsonProblem(value);
      if (problem !== undefined) throw badValue(`its output "${checked}" is not JSON: ${problem}`);
      const plain = throughJson(value) ?? null;
      const size = count(`"${checked}"`, checked, plain);
      release();
      const event = { type: 'value', name: checked, value: plain } as const;
      add(secret ? { ...event, secret } : event, size);
      // The app must know of it before any line that the plugin logs from here on.
      if (secret) sendOutbox();
    },
    metric(name, value) {
      const checked = checkedName('metric', name);
      if (typeof value !== 'number' || !Number.isFinite(value)) {
        throw badValue(`its metric "${checked}" is no number`);
      }
      names.add(checked);
      if (names.size > STEP_LIMITS.metrics) {
        throw badValue(`it has more than ${STEP_LIMITS.metrics} metrics`);
      }
      metrics.set(checked, value);
      thin();
    },
    outputs(returned) {
      if (returned === undefined || returned === null) return undefined;
      const problem =
        typeof returned !== 'object' || Array.isArray(returned)
          ? 'it is no object of named outputs'
          : jsonProblem(returned);
      if (problem !== undefined) throw badValue(`what it returned cannot be used: ${problem}`);
      const outputs = throughJson(returned) as JsonObject;
      for (const [name, value] of Object.entries(outputs)) {
        count('what it returned', checkedName('output', name), value ?? null);
      }
      return outputs;
    },
    flush() {
      release();
      sendOutbox();
    },
    close() {
      thinner.close();
      clearTimeout(timer);
      release();
      sendOutbox();
      isClosed = true;
    },
  };
}

/** What leaves is what was counted. An object's own `toJSON` may leave nothing. */
function throughJson(value: unknown): Json | undefined {
  const text: unknown = JSON.stringify(value);
  return typeof text === 'string' ? (JSON.parse(text) as Json) : undefined;
}

/** Names come from plain JavaScript, and become keys of objects in the app. */
function checkedName(what: 'output' | 'metric', name: unknown): string {
  const isUsable = typeof name === 'string' && name !== '' && name.length <= STEP_LIMITS.nameLength;
  if (isUsable && name !== '__proto__') return name;
  throw badValue(
    `the name of ${what === 'output' ? 'an output' : 'a metric'} must be a text of 1 to ${STEP_LIMITS.nameLength} characters`,
  );
}
