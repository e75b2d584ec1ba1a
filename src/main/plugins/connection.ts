import { setImmediate as nextTurn } from 'node:timers/promises';
import { createBirpc } from 'birpc';
import type { Failure, LogLevel, Result, SerializedError, WorkProgress } from '#shared';
import { ERROR_CODES, fail, ok } from '#shared';
import type { LaunchedProcess, ProcessEnd } from './launcher.ts';
import {
  MAX_ERROR_LENGTH,
  MAX_MESSAGE_BYTES,
  type HostSide,
  type PluginSide,
  type Reply,
} from './plugin-rpc.ts';
import { boundOutput } from './bounded-output.ts';
import { answerStorage } from './storage/answer-storage.ts';
import type { StepListener } from './steps/step-calls.ts';
import type { StorageFile } from './storage/storage-file.ts';
import type { Timer } from '../clock.ts';

/** Who hears what a plugin process says of itself, and keeps what it stores. */
export interface ProcessListener {
  readonly onLog: (level: LogLevel, text: string) => void;
  readonly onProgress: (work: WorkProgress) => void;
  /** None before the process has become a plugin. */
  readonly storage?: StorageFile;
  readonly steps?: StepListener;
}

/** How a process ended, with its last words if it had any. */
export interface Ending extends ProcessEnd {
  readonly fatal?: SerializedError;
  /** It broke the message protocol and was killed for it. */
  readonly broken?: string;
}

/** A process with somebody to talk to in it. */
export interface Connection {
  readonly process: LaunchedProcess;
  /** Never rejects. */
  readonly ended: Promise<Ending>;
  readonly isOver: boolean;
  /** A blank process becomes somebody's: from now on `listener` hears it. */
  attach(listener: ProcessListener): void;
  /** Asks and waits; `undefined` when the process ended before it answered. */
  ask<T>(question: (plugin: PluginSide) => Promise<Reply<T>>): Promise<Result<T> | undefined>;
  /** Tells without waiting. */
  tell(message: 'cancel'): void;
  /** Calls one call of a step off; its answer still comes. */
  cancelStep(callId: number): void;
}

/** Puts RPC, bounded output and last words over a process. */
export function connect(process: LaunchedProcess, timer: Timer): Connection {
  let listener: ProcessListener = { onLog: () => undefined, onProgress: () => undefined };
  let fatal: SerializedError | undefined;
  let broken: string | undefined;
  let isOver = false;

  const output = boundOutput(timer, (text) => listener.onLog('warn', text));
  // A turn later than it came: what the message pipe says of the same moment comes first, and some of that
  // is that a text is secret.
  const heard = (level: LogLevel) => (text: string) =>
    void setImmediate(() => listener.onLog(level, text));
  output.read(process.stdout, heard('info'));
  output.read(process.stderr, heard('warn'));

  const breakOff = (why: string): void => {
    broken ??= why;
    process.kill('SIGKILL');
  };
  const functions: HostSide = {
    // The static types of what comes in are hopes: the other side may send anything.
    log: (level, text: unknown) => {
      if (isLevel(level)) output.line(String(text), (line) => listener.onLog(level, line));
    },
    progress: (work) => listener.onProgress(cleanProgress(work)),
    fatal: ({ name, message }: { readonly name: unknown; readonly message: unknown }) => {
      fatal ??= { name: String(name), message: String(message) };
    },
    stepEvents: (callId, events) => {
      const problem = listener.steps?.events(callId, events);
      if (problem !== undefined) breakOff(problem);
    },
    askPerson: (callId, question) =>
      listener.steps?.askPerson(callId, question) ?? Promise.resolve(NOT_YET),
    ...answerStorage({
      storage: () => listener.storage,
      backlog: () => process.backlog?.() ?? 0,
      breakOff,
    }),
  };

  // Without a prototype: a message naming `constructor` must find no function.
  const rpc = createBirpc<PluginSide, HostSide>(
    Object.assign(Object.create(null) as HostSide, functions),
    {
      post: (message: string) => process.send(message),
      on: (handle: (message: string) => void) => {
        process.onMessage((message) => {
          if (message === undefined) breakOff('it sent a message over 1 MiB');
          else handle(message);
        });
      },
      serialize: (message: unknown) => {
        const text = JSON.stringify(message);
        if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES) throw new MessageTooLarge();
        return text;
      },
      deserialize: (text: string) => {
        const message = parseMessage(text);
        if (message === undefined) breakOff('it sent something that is no message');
        return message ?? IGNORED;
      },
      // Time limits belong to those who ask: some work takes as long as it takes.
      timeout: -1,
    },
  );

  const ended = process.ended.then(async (end): Promise<Ending> => {
    isOver = true;
    rpc.$close();
    // Its last lines are heard before its end.
    await nextTurn();
    output.close();
    return {
      ...end,
      ...(fatal === undefined ? {} : { fatal }),
      ...(broken === undefined ? {} : { broken }),
    };
  });

  return {
    process,
    ended,
    get isOver() {
      return isOver;
    },
    attach: (to) => {
      listener = to;
    },
    ask: async (question) => {
      try {
        const reply = await question(rpc);
        if (isReply(reply)) return fromReply(reply);
      } catch (error) {
        if (error instanceof MessageTooLarge) return fail(TOO_LARGE);
      }
      // An honest process always replies, so this one has ended, or is ended for what it sent.
      if (!isOver) breakOff('it sent an answer that is none');
      await ended;
      return undefined;
    },
    tell: () => void rpc.cancel.asEvent().catch(() => undefined),
    cancelStep: (callId) => void rpc.cancelStep.asEvent(callId).catch(() => undefined),
  };
}

const NOT_YET: Reply<never> = {
  ok: false,
  code: 'step/failed',
  error: { name: 'Error', message: 'there is no step before `initialize`' },
};

class MessageTooLarge extends Error {}
const TOO_LARGE: Failure = {
  code: 'command/bad',
  message: 'What was to be sent to the plugin is larger than 1 MiB.',
};

/** An answer to a question that nobody asked: the RPC drops it. */
const IGNORED = { t: 's', i: '' };

/** Takes nothing on trust: the plugin's own code can write to this pipe. */
function parseMessage(text: string): object | undefined {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof message !== 'object' || message === null || !('t' in message)) return undefined;
  if (message.t === 's') return message;
  if (!('m' in message) || typeof message.m !== 'string') return undefined;
  return 'a' in message && Array.isArray(message.a) ? message : undefined;
}

/** Its static type is what we hope for; the other side may send anything. */
function isReply(reply: unknown): boolean {
  if (typeof reply !== 'object' || reply === null || !('ok' in reply)) return false;
  if (reply.ok === true) return 'value' in reply;
  const hasCode = 'code' in reply && typeof reply.code === 'string' && reply.code in ERROR_CODES;
  if (!hasCode || !('error' in reply)) return false;
  const { error } = reply;
  return typeof error === 'object' && error !== null && 'message' in error;
}

function fromReply<T>(reply: Reply<T>): Result<T> {
  if (reply.ok) return ok(reply.value);
  const { code, hint } = reply;
  const said = typeof hint === 'string' ? { hint: hint.slice(0, MAX_ERROR_LENGTH) } : {};
  return fail({ code, message: reply.error.message, ...said });
}

function isLevel(value: unknown): value is LogLevel {
  return value === 'debug' || value === 'info' || value === 'warn' || value === 'error';
}

function cleanProgress(work: WorkProgress): WorkProgress {
  const { percent, message } = work;
  return {
    ...(typeof percent === 'number' ? { percent: Math.min(100, Math.max(0, percent)) } : {}),
    ...(typeof message === 'string' ? { message: message.slice(0, 500) } : {}),
  };
}
