import { pathToFileURL } from 'node:url';
import {
  fail,
  ok,
  type Failure,
  type Json,
  type JsonObject,
  type Result,
  type WorkProgress,
} from '#shared';
import type { Timer } from '../clock.ts';
import type { Connection, Ending } from './connection.ts';
import { isUp, move, type ProcessInput, type ProcessState } from './lifecycle.ts';
import type { PluginLimits } from './limits.ts';
import type { PluginPackage } from './manifest.ts';
import type { OpenPlugin, PluginStart, RunRequest } from './plugin-port.ts';
import type { StartedPlugin } from './plugin-rpc.ts';
import { stopProcess } from './stop-process.ts';
import type { StorageFile } from './storage/storage-file.ts';
import { LATE, within } from './within.ts';

/** What one plugin process needs from around it. */
export interface PluginSetting {
  readonly name: string;
  readonly package: PluginPackage;
  readonly storage: StorageFile;
  readonly connection: Connection;
  readonly limits: PluginLimits;
  readonly timer: Timer;
}

/**
 * One plugin in a process of its own, from `start` to its end. All that can go wrong in there comes
 * out as a failure that names the plugin; nothing of it is an exception here.
 */
export class RunningPlugin implements OpenPlugin {
  readonly crashed: Promise<Failure>;
  /** Resolves when nothing of its process is left and all it stored is written, whatever ended it. */
  readonly ended: Promise<void>;
  private readonly setting: PluginSetting;
  private state: ProcessState = 'starting';
  private started: StartedPlugin = { hasWork: false, routes: [], defaultAnswers: {} };
  private onProgress: (work: WorkProgress) => void = () => undefined;
  private stopping: Promise<void> | undefined;

  constructor(setting: PluginSetting) {
    this.setting = setting;
    this.ended = setting.connection.ended.then(() => setting.storage.settled());
    this.crashed = new Promise((resolve) => {
      void setting.connection.ended.then((ending) => {
        this.move('process-ended');
        if (this.state === 'crashed') resolve(this.crashOf(ending));
      });
    });
  }

  get name(): string {
    return this.setting.name;
  }
  get hasScreen(): boolean {
    return this.setting.package.webRoot !== undefined;
  }
  get hasWork(): boolean {
    return this.started.hasWork;
  }
  get defaultAnswers(): JsonObject {
    return this.started.defaultAnswers;
  }
  get routes(): readonly string[] {
    return this.started.routes;
  }
  get processState(): ProcessState {
    return this.state;
  }
  /** Leader of the process group; for tests and diagnostics. */
  get pid(): number | undefined {
    return this.setting.connection.process.pid;
  }

  /** Turns the blank process into the plugin. After a failure nothing is left of it. */
  async start(start: PluginStart): Promise<Result<void>> {
    const { connection, limits, timer, storage } = this.setting;
    const { root, main } = this.setting.package;
    connection.attach({
      onLog: start.onLog,
      onProgress: (work) => this.onProgress(work),
      storage,
    });
    this.onProgress = (work) => start.onProgress?.(work);
    const asked = connection.ask((plugin) =>
      plugin.start({
        name: this.name,
        root,
        main: pathToFileURL(main).href,
        device: start.device,
        ...(start.event === undefined ? {} : { event: start.event }),
      }),
    );
    const reply = await within(raceAbort(asked, start.signal), limits.startMs, timer);
    if (reply === LATE || reply === ABORTED) {
      await this.end({ graceful: false });
      return fail(reply === LATE ? this.startTimeout() : this.cancelled());
    }
    if (reply === undefined) {
      await this.ended;
      return fail(this.failedToStart(await connection.ended));
    }
    if (!reply.ok) {
      await this.end({ graceful: false });
      return fail(this.named(reply.failure));
    }
    this.started = reply.value;
    this.move('started');
    return ok(undefined);
  }

  async run(request: RunRequest): Promise<Result<void>> {
    if (!this.move('work-began')) return fail(this.notRunning('work'));
    const outside = this.onProgress;
    this.onProgress = request.onProgress;
    try {
      return await this.work(request);
    } finally {
      this.onProgress = outside;
      this.move('work-ended');
    }
  }

  private async work(request: RunRequest): Promise<Result<void>> {
    const { connection, limits, timer } = this.setting;
    const { answers, attempt, signal } = request;
    if (isAborted(signal)) return fail(this.cancelled());
    const asked = connection.ask((plugin) => plugin.run({ answers, attempt }));
    let reply = await raceAbort(asked, signal);
    if (reply === ABORTED) {
      connection.tell('cancel');
      const late = await within(asked, limits.cancelMs, timer);
      // It does not listen: only its end ends the work.
      if (late === LATE) await this.end({ graceful: false });
      // Whatever it came to, the work was called off, unless it was done by then.
      else reply = late;
    }
    if (reply === ABORTED) return fail(this.cancelled());
    if (isAborted(signal) && reply?.ok !== true) return fail(this.cancelled());
    if (reply === undefined) return fail(this.endOf(await connection.ended));
    return reply.ok ? ok(undefined) : fail(this.named(reply.failure));
  }

  async call(route: string, body: Json): Promise<Result<Json>> {
    if (!isUp(this.state)) return fail(this.notRunning('answer'));
    const { connection } = this.setting;
    const reply = await connection.ask((plugin) => plugin.call(route, body));
    if (reply === undefined) return fail(this.endOf(await connection.ended));
    return reply.ok ? reply : fail(this.named(reply.failure));
  }

  /** Its own word on how it feels; a plugin without `health` is healthy while it answers. */
  async health(): Promise<Result<Json>> {
    if (!isUp(this.state)) return fail(this.notRunning('answer'));
    const { connection, limits, timer } = this.setting;
    const asked = connection.ask((plugin) => plugin.health());
    const reply = await within(asked, limits.healthMs, timer);
    if (reply === LATE) {
      return fail({
        code: 'plugin/timeout',
        message: `Plugin "${this.name}" said nothing of its health for ${limits.healthMs / 1000} seconds.`,
      });
    }
    if (reply === undefined) return fail(this.endOf(await connection.ended));
    return reply.ok ? reply : fail(this.named(reply.failure));
  }

  stop(): Promise<void> {
    return this.end({ graceful: true });
  }

  /** Once only: a second stop waits for the first. */
  private end(how: { readonly graceful: boolean }): Promise<void> {
    const { connection, limits, timer } = this.setting;
    this.move('stop-asked');
    this.stopping ??= stopProcess({ connection, limits, timer, ...how }).then(() => this.ended);
    return this.stopping;
  }

  /** `false` where the input makes no sense now. */
  private move(input: ProcessInput): boolean {
    const next = move(this.state, input);
    if (next !== undefined) this.state = next;
    return next !== undefined;
  }

  // From here on: what the failures say.

  private named(failure: Failure): Failure {
    return { ...failure, message: `Plugin "${this.name}": ${failure.message}` };
  }
  private startTimeout(): Failure {
    const seconds = this.setting.limits.startMs / 1000;
    return {
      code: 'plugin/start-timeout',
      message: `Plugin "${this.name}" was not ready within ${seconds} seconds.`,
    };
  }
  private failedToStart(ending: Ending): Failure {
    return {
      code: 'plugin/start-failed',
      message: `Plugin "${this.name}" ${inWords(ending)} before it was ready.`,
    };
  }
  private crashOf(ending: Ending): Failure {
    return {
      code: ending.broken === undefined ? 'plugin/crashed' : 'plugin/bad-answer',
      message: `Plugin "${this.name}" ${inWords(ending)}.`,
    };
  }
  private endOf(ending: Ending): Failure {
    return this.state === 'crashed' ? this.crashOf(ending) : this.notRunning('answer');
  }
  private notRunning(what: 'work' | 'answer'): Failure {
    return {
      code: 'plugin/not-running',
      message: `Plugin "${this.name}" cannot ${what}: it is ${this.state}.`,
    };
  }
  private cancelled(): Failure {
    return {
      code: 'plugin/cancelled',
      message: `The work of plugin "${this.name}" was cancelled.`,
    };
  }
}

const ABORTED = Symbol('aborted');

/** A call of its own, because the compiler takes a signal that was not aborted for one that never is. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Waits for the promise or for the signal, whichever is first. */
async function raceAbort<T>(promise: Promise<T>, signal: AbortSignal): Promise<T | typeof ABORTED> {
  if (signal.aborted) return ABORTED;
  let stopListening = (): void => undefined;
  const aborted = new Promise<typeof ABORTED>((resolve) => {
    const listener = (): void => resolve(ABORTED);
    signal.addEventListener('abort', listener, { once: true });
    stopListening = () => signal.removeEventListener('abort', listener);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopListening();
  }
}

function inWords(ending: Ending): string {
  if (ending.broken !== undefined) return `was ended because ${ending.broken}`;
  if (ending.fatal !== undefined) {
    return `ended by an exception (${ending.fatal.name}: ${ending.fatal.message})`;
  }
  if (ending.signal !== null) return `was killed by ${ending.signal}`;
  return ending.code === null ? 'could not be run' : `ended with exit code ${ending.code}`;
}
