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
import type { PluginHealth } from '../../sdk/index.ts';
import type { Timer } from '../clock.ts';
import type { StepCall, StepPerformer } from '../execution/engine/step-performer.ts';
import { Redactor } from '../execution/engine/redactor.ts';
import type { Connection, Ending } from './connection.ts';
import { isUp, move, type ProcessInput, type ProcessState } from './lifecycle.ts';
import type { PluginLimits } from './limits.ts';
import type { PluginPackage } from './manifest.ts';
import * as failures from './plugin-failures.ts';
import type {
  DescribedSteps,
  OpenPlugin,
  PluginStart,
  RunRequest,
  StepsKind,
} from './plugin-port.ts';
import type { StartedPlugin } from './plugin-rpc.ts';
import { ABORTED, raceAbort } from './race-abort.ts';
import { asHealth, asStarted } from './read-answers.ts';
import { createPluginPerformer } from './steps/plugin-performer.ts';
import { PluginSteps } from './steps/plugin-steps.ts';
import { stopProcess } from './stop-process.ts';
import type { StorageFile } from './storage/storage-file.ts';
import { LATE, within } from './within.ts';

/** What one plugin process needs from around it. */
export interface PluginSetting {
  readonly name: string;
  readonly package: PluginPackage;
  readonly storage: StorageFile;
  /** Its own folder for files, made already; only where its manifest asks for one. */
  readonly dataFolder?: string | undefined;
  /** By which commands of its steps are found. */
  readonly commandMark?: string | undefined;
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
  private readonly steps: PluginSteps;
  private state: ProcessState = 'starting';
  private started: StartedPlugin = {
    stepsKind: 'none',
    secretInputs: [],
    routes: [],
    defaultAnswers: {},
  };
  private onProgress: (work: WorkProgress) => void = () => undefined;
  private stopping: Promise<void> | undefined;
  /** What its log and its last words must not tell: neither waits for an execution that would know. */
  private readonly redactor = new Redactor();
  /** Why it was ended, for what it did besides. */
  private killedFor: string | undefined;

  constructor(setting: PluginSetting) {
    this.setting = setting;
    const { connection, storage } = setting;
    this.steps = this.makeSteps();
    this.ended = connection.ended
      .then(() => this.steps.endCommands())
      .then(() => storage.settled());
    this.crashed = new Promise((resolve) => {
      void connection.ended.then((ending) => {
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
    return this.started.stepsKind !== 'none';
  }
  get stepsKind(): StepsKind {
    return this.started.stepsKind;
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
  get isUp(): boolean {
    return isUp(this.state);
  }
  /** Leader of the process group; for tests and diagnostics. */
  get pid(): number | undefined {
    return this.setting.connection.process.pid;
  }

  /** Turns the blank process into the plugin. After a failure nothing is left of it. */
  async start(start: PluginStart): Promise<Result<void>> {
    const { connection, limits, timer, storage, dataFolder, commandMark } = this.setting;
    const { root, main } = this.setting.package;
    connection.attach({
      onLog: (level, text) => start.onLog(level, this.redactor.text(text)),
      onProgress: (work) => this.onProgress(work),
      storage,
      steps: this.steps.calls,
    });
    this.onProgress = (work) => start.onProgress?.(work);
    const asked = connection.ask((plugin) =>
      plugin.start({
        name: this.name,
        root,
        main: pathToFileURL(main).href,
        device: start.device,
        ...(start.event === undefined ? {} : { event: start.event }),
        ...(dataFolder === undefined ? {} : { dataFolder }),
        ...(commandMark === undefined ? {} : { commandMark }),
      }),
    );
    const reply = await within(raceAbort(asked, start.signal), limits.startMs, timer);
    if (reply === LATE || reply === ABORTED) {
      await this.end({ graceful: false });
      return fail(
        reply === LATE
          ? failures.startTimeout(this.name, limits.startMs)
          : failures.cancelled(this.name),
      );
    }
    if (reply === undefined) {
      await this.ended;
      return fail(failures.failedToStart(this.name, await connection.ended));
    }
    if (!reply.ok) {
      await this.end({ graceful: false });
      return fail(failures.named(this.name, reply.failure));
    }
    this.started = asStarted(reply.value);
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
    if (isAborted(signal)) return fail(failures.cancelled(this.name));
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
    if (reply === ABORTED) return fail(failures.cancelled(this.name));
    if (isAborted(signal) && reply?.ok !== true) return fail(failures.cancelled(this.name));
    if (reply === undefined) return fail(this.endOf(await connection.ended));
    return reply.ok ? ok(undefined) : fail(failures.named(this.name, reply.failure));
  }

  describeSteps(answers: JsonObject): Promise<Result<DescribedSteps>> {
    for (const name of this.started.secretInputs) this.redactor.add(answers[name]);
    return this.steps.describe(answers, this.started);
  }

  performer(works?: StepPerformer): StepPerformer {
    return createPluginPerformer(this.steps, works);
  }

  async call(route: string, body: Json): Promise<Result<Json>> {
    if (!isUp(this.state)) return fail(this.notRunning('answer'));
    const { connection } = this.setting;
    const reply = await connection.ask((plugin) => plugin.call(route, body));
    if (reply === undefined) return fail(this.endOf(await connection.ended));
    return reply.ok ? reply : fail(failures.named(this.name, reply.failure));
  }

  async health(): Promise<Result<PluginHealth>> {
    if (!isUp(this.state)) return fail(this.notRunning('answer'));
    const { connection, limits, timer } = this.setting;
    const asked = connection.ask((plugin) => plugin.health());
    const reply = await within(asked, limits.healthMs, timer);
    if (reply === LATE) return fail(failures.noHealth(this.name, limits.healthMs));
    if (reply === undefined) return fail(this.endOf(await connection.ended));
    const health = reply.ok ? asHealth(reply.value) : reply;
    return health.ok ? health : fail(failures.named(this.name, health.failure));
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

  private makeSteps(): PluginSteps {
    const { connection, limits, timer, commandMark } = this.setting;
    const { commands = [] } = this.setting.package.manifest.permissions ?? {};
    const isSandboxed = connection.process.isSandboxed ?? false;
    return new PluginSteps({
      connection,
      limits,
      timer,
      commandMark,
      rights: { mayStart: commands.length > 0, isSandboxed },
      owner: {
        name: this.name,
        keepSecret: (value) => this.redactor.add(value),
        silence: () => (isUp(this.state) ? undefined : this.notRunning('answer')),
        workBegan: () => (this.move('work-began') ? undefined : this.notRunning('work')),
        workEnded: () => void this.move('work-ended'),
        run: (call) => this.runAsStep(call),
        kill: (why) => {
          this.killedFor ??= why;
          return this.end({ graceful: false });
        },
        whyEnded: async () => {
          const ending = await connection.ended;
          await this.ended;
          return this.killedFor === undefined
            ? this.endOf(ending)
            : failures.endedFor(this.name, this.killedFor);
        },
        named: (failure) => failures.named(this.name, failure),
      },
    });
  }

  private runAsStep({ scope, attempt, signal, onEvent }: StepCall): Promise<Result<void>> {
    const onProgress = ({ percent, message }: WorkProgress): void =>
      onEvent({
        type: 'progress',
        ...(percent === undefined ? {} : { percent }),
        ...(message === undefined ? {} : { message }),
      });
    return this.run({ answers: scope.inputs, attempt, signal, onProgress });
  }

  /** `false` where the input makes no sense now. */
  private move(input: ProcessInput): boolean {
    const next = move(this.state, input);
    if (next !== undefined) this.state = next;
    return next !== undefined;
  }

  private endOf(ending: Ending): Failure {
    return this.state === 'crashed' ? this.crashOf(ending) : this.notRunning('answer');
  }

  private crashOf(ending: Ending): Failure {
    const failure = failures.crashOf(this.name, ending);
    return { ...failure, message: this.redactor.text(failure.message) };
  }

  private notRunning(what: 'work' | 'answer'): Failure {
    return failures.notRunning(this.name, what, this.state);
  }
}

/** A call of its own, because the compiler takes a signal that was not aborted for one that never is. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
