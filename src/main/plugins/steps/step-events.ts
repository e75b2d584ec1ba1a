import type { Json } from '#shared';
import type { WorkEvent } from '../../execution/engine/step-performer.ts';
import { withoutControls } from '../bounded-output.ts';
import { STEP_LIMITS } from '../plugin-rpc.ts';

/** Beyond this many in a second, what can be spared is left out: an honest process sends a fifth of it. */
const EVENTS_A_SECOND = 2000;

/** Checks what a plugin's process says of one call. Takes nothing on trust. */
export interface StepEventReader {
  /** The event as it may go on; `undefined` for one that is left out, a text for one that is no event. */
  read(event: unknown): WorkEvent | string | undefined;
  /** Bytes that its values had so far. */
  readonly valueBytes: number;
}

/** Makes the reader of one call. `now` is in milliseconds, from whenever. */
export function createStepEventReader(now: () => number): StepEventReader {
  const metrics = new Set<string>();
  let valueBytes = 0;
  let second = { since: now(), events: 0 };
  const isTooMuch = (): boolean => {
    if (now() - second.since >= 1000) second = { since: now(), events: 0 };
    second.events += 1;
    return second.events > EVENTS_A_SECOND;
  };

  return {
    get valueBytes() {
      return valueBytes;
    },
    read(event) {
      if (!isObject(event)) return 'it sent a step event that is none';
      const { type, name } = event;
      switch (type) {
        case 'output':
          return isTooMuch() ? undefined : output(event);
        case 'progress':
          return isTooMuch() ? undefined : progress(event);
        case 'value': {
          const { value } = event;
          if (!isName(name) || value === undefined) return 'it sent a step value that is none';
          valueBytes += bytesOf(name, value as Json);
          if (valueBytes > STEP_LIMITS.outputsBytes) return 'it sent step values without end';
          const read = { type, name, value: value as Json } as const;
          return event['secret'] === true ? { ...read, secret: true } : read;
        }
        case 'metric': {
          const { value } = event;
          if (!isName(name) || typeof value !== 'number') return 'it sent a metric that is none';
          metrics.add(name);
          if (metrics.size > STEP_LIMITS.metrics) return 'it sent metrics without end';
          return { type, name, value };
        }
        default:
          return 'it sent a step event that is none';
      }
    },
  };
}

/** As the process counts them. */
export function bytesOf(name: string, value: Json): number {
  return Buffer.byteLength(JSON.stringify([name, value]));
}

/** Names of outputs become keys of objects. */
export function isName(name: unknown): name is string {
  return (
    typeof name === 'string' &&
    name !== '' &&
    name !== '__proto__' &&
    name.length <= STEP_LIMITS.nameLength
  );
}

type Fields = { readonly [field: string]: unknown };

function output({ stream, text }: Fields): WorkEvent | string {
  if (typeof text !== 'string') return 'it sent step output that is no text';
  return {
    type: 'output',
    stream: stream === 'stderr' ? 'stderr' : 'stdout',
    text: withoutControls(text.slice(0, STEP_LIMITS.textLength)),
  };
}

function progress({ percent, message }: Fields): WorkEvent {
  return {
    type: 'progress',
    ...(typeof percent === 'number' ? { percent: Math.min(100, Math.max(0, percent)) } : {}),
    ...(typeof message === 'string'
      ? { message: withoutControls(message.slice(0, STEP_LIMITS.messageLength)) }
      : {}),
  };
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
