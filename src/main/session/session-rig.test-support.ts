import {
  DEFAULT_PREFERENCES,
  ok,
  type CheckedCore,
  type CheckedPlan,
  type Command,
  type Failure,
  type HostEvent,
  type Json,
  type JsonObject,
  type NetworkState,
  type PluginEntry,
  type Result,
  type SequencedPlugin,
  type TraceRecord,
  type WorkProgress,
} from '#shared';
import { SimulatedClock } from '../clock.ts';
import type { NetworkPort } from '../device/device-port.ts';
import { corePlugin } from '../flow/flow.test-support.ts';
import type { FlagAnswer, FlagAnswers } from '../flow/state.ts';
import type { PluginHealth } from '../../sdk/index.ts';
import type { StepPerformer } from '../execution/engine/step-performer.ts';
import { openExecutionEngine } from '../execution/engine/create-engine.ts';
import { DEFAULT_RETRY, type StepGraphSpec } from '../execution/step-spec.ts';
import type { DescribedSteps, OpenPlugin, PluginHost } from '../plugins/plugin-port.ts';
import type { StartChoice } from '../update/plan-trial.ts';
import type { LoadedPlan, Updater } from '../update/update-port.ts';
import { carryOut } from './commands.ts';
import { EventHub } from './event-hub.ts';
import type { Journal, JournalRecord } from './journal.ts';
import { replay } from './journal.ts';
import type { Session } from './session.ts';
import type { SessionPorts } from './session-ports.ts';
import { beginSession, resumeSession } from './start-session.ts';

/** One attempt of a fake plugin's work. */
interface FakeRun {
  readonly answers: JsonObject;
  /** Of its step. */
  readonly attempt: number;
  readonly signal: AbortSignal;
  readonly onProgress: (work: WorkProgress) => void;
}

const ONE_STEP: StepGraphSpec = {
  steps: [
    {
      name: 'run',
      description: 'work',
      work: { kind: 'run' },
      dependsOn: [],
      mutexes: [],
      idempotent: true,
      has: { when: false, forEach: false, check: false, verify: false, undo: false },
      always: false,
      retry: DEFAULT_RETRY,
      onError: 'stop',
      sudo: false,
    },
  ],
  concurrency: 1,
  rollback: false,
};

/** A fake of a plugin's process: it does what the test says, when the test says it. */
class FakePlugin implements OpenPlugin {
  readonly defaultAnswers = {};
  readonly stepsKind = 'run';
  readonly crashed: Promise<Failure>;
  readonly runs: FakeRun[] = [];
  stopped = false;
  get isUp(): boolean {
    return !this.stopped;
  }
  crash: (failure: Failure) => void = () => undefined;
  finish: (result: Result<void>) => void = () => undefined;

  readonly name: string;
  readonly hasScreen: boolean;
  readonly hasWork: boolean;

  constructor(options: Pick<OpenPlugin, 'name' | 'hasScreen' | 'hasWork'>) {
    this.name = options.name;
    this.hasScreen = options.hasScreen;
    this.hasWork = options.hasWork;
    this.crashed = new Promise((resolve) => (this.crash = resolve));
  }

  describeSteps(): Promise<Result<DescribedSteps>> {
    return Promise.resolve(ok({ graph: ONE_STEP, secretInputs: [] }));
  }

  performer(): StepPerformer {
    return {
      ask: () => Promise.reject(new Error('this fake has no such functions')),
      perform: async ({ scope, attempt, signal, onEvent }) => {
        const done = await this.run({
          answers: scope.inputs,
          attempt,
          signal,
          onProgress: ({ percent, message }) =>
            onEvent({
              type: 'progress',
              ...(percent === undefined ? {} : { percent }),
              ...(message === undefined ? {} : { message }),
            }),
        });
        return done.ok ? ok({}) : done;
      },
    };
  }

  run(request: FakeRun): Promise<Result<void>> {
    this.runs.push(request);
    return new Promise((resolve) => {
      this.finish = resolve;
      request.signal.addEventListener('abort', () => {
        resolve({ ok: false, failure: { code: 'plugin/cancelled', message: 'cancelled' } });
      });
    });
  }

  health(): Promise<Result<PluginHealth>> {
    return Promise.resolve(ok({ healthy: true }));
  }

  call(route: string): Promise<Result<Json>> {
    return Promise.resolve(ok(`${this.name} ${route}`));
  }

  stop(): Promise<void> {
    this.stopped = true;
    return Promise.resolve();
  }
}

/** A fake host: plugins open at once unless the test put a failure in the way. */
class FakeHost implements PluginHost {
  readonly opened = new Map<string, FakePlugin[]>();
  readonly failures = new Map<string, Failure>();

  open(entry: PluginEntry): Promise<Result<OpenPlugin>> {
    const failure = this.failures.get(entry.name);
    if (failure !== undefined) return Promise.resolve({ ok: false, failure });
    const hasScreen = entry.visible_in_ui && !entry.name.startsWith('screenless');
    const hasWork = !entry.name.startsWith('idle');
    const opened = new FakePlugin({ name: entry.name, hasScreen, hasWork });
    this.opened.set(entry.name, [...(this.opened.get(entry.name) ?? []), opened]);
    return Promise.resolve(ok(opened));
  }

  /** The process that was started last for a plugin. */
  last(name: string): FakePlugin {
    const last = this.opened.get(name)?.at(-1);
    if (last === undefined) throw new Error(`${name} was never opened`);
    return last;
  }

  dispose(): Promise<void> {
    return Promise.resolve();
  }
}

/** A fake network that a test switches. */
class FakeNetwork implements NetworkPort {
  #state: NetworkState = { wired: false, scanning: false, networks: [] };
  readonly #listeners = new Set<(state: NetworkState) => void>();

  state(): NetworkState {
    return this.#state;
  }

  change(change: Partial<NetworkState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener(this.#state);
  }

  onChange(listener: (state: NetworkState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  scan(): Promise<void> {
    return Promise.resolve();
  }

  connect({ ssid }: { readonly ssid: string }): Promise<Result<void>> {
    this.change({ connected: ssid });
    return Promise.resolve(ok(undefined));
  }

  dispose(): void {
    this.#listeners.clear();
  }
}

const TEST_CORE: CheckedCore = {
  plugins: [
    corePlugin('welcome', { builtin: 'welcome' }),
    corePlugin('wifi', { builtin: 'network' }),
    corePlugin('update', { builtin: 'update' }),
    corePlugin('login', { builtin: 'profile' }),
    corePlugin('provision', { builtin: 'provision', no_return: true }),
    corePlugin('finish', { builtin: 'finish' }),
  ],
};

/** Answers that each core screen of `TEST_CORE` takes. */
export const TEST_ANSWERS = {
  welcome: { language: 'de', region: 'DE' },
  wifi: { offline: true },
  login: { fullName: 'Ada', userName: 'ada', password: 'correct horse' },
  provision: {},
  finish: {},
} as const;

/** A plan file's worth of plugins, as the checker would have it. */
export function testPlan(
  plugins: readonly SequencedPlugin[],
  options: { readonly digest?: string; readonly handoffs?: readonly string[] } = {},
): LoadedPlan {
  const plan: CheckedPlan = {
    general: {
      product_family: 'nova',
      execution_plan_version: '1',
      update_from: 'local',
      update_path_root: '/nowhere',
      revision: 0,
    },
    plugins: plugins.map((one) => ({
      ...one,
      version: '1.0.0',
      plugin_location_type: 'local',
      plugin_base_path: './',
    })),
    handoff_events: options.handoffs ?? [],
    flags: {},
  };
  return { plan, text: '', digest: options.digest ?? 'base', source: 'base' };
}

/** A session with everything around it faked, driven by commands, as a screen would. */
export class SessionRig {
  readonly host = new FakeHost();
  readonly network = new FakeNetwork();
  readonly clock = new SimulatedClock(0);
  readonly hub = new EventHub();
  readonly records: JournalRecord[];
  readonly trace: TraceRecord[] = [];
  readonly events: HostEvent[] = [];
  ports: SessionPorts;
  /** Flags that were used, as `flag=variant`. */
  readonly decided: string[] = [];
  restarts = 0;
  #session: Session | undefined;

  /** Every flag is off. */
  flagAnswers(flags: CheckedPlan['flags']): FlagAnswers {
    const off: FlagAnswer = { variant: 'off', value: false, reason: 'STATIC' };
    return Object.fromEntries(Object.keys(flags).map((flag) => [flag, off]));
  }

  constructor(
    options: { readonly records?: readonly JournalRecord[]; readonly updater?: Updater } & Partial<
      Pick<SessionPorts, 'failures' | 'mode' | 'headlessAnswers' | 'trial' | 'supply'>
    > = {},
  ) {
    this.records = [...(options.records ?? [])];
    this.hub.subscribe((event) => this.events.push(event));
    const journal: Journal = {
      records: [],
      append: (record) => {
        this.records.push(JSON.parse(JSON.stringify(record)) as JournalRecord);
        return Promise.resolve(ok(undefined));
      },
      close: () => Promise.resolve(),
    };
    this.ports = {
      hub: this.hub,
      clock: this.clock,
      random: () => 0.5,
      mode: options.mode ?? { headless: false, simulated: false },
      plugins: this.host,
      executions: undefined,
      works: undefined,
      network: this.network,
      provisioning: { apply: () => Promise.resolve(ok({})) },
      updater: options.updater,
      base: testPlan([]),
      rollouts: {
        evaluate: (flags) => Promise.resolve(this.flagAnswers(flags)),
        decide: ({ flag, answer }) => {
          this.decided.push(`${flag}=${answer.variant}`);
          return Promise.resolve();
        },
      },
      trial: options.trial,
      supply: options.supply,
      journal,
      writeTrace: (record) => this.trace.push(record),
      headlessAnswers: options.headlessAnswers ?? new Map(),
      failures: options.failures ?? new Map(),
      deviceId: 'device',
      appVersion: '1.0.0',
      timeZone: 'UTC',
    };
  }

  get session(): Session {
    if (this.#session === undefined) throw new Error('the session was not started');
    return this.#session;
  }

  async begin(active: LoadedPlan = testPlan([])): Promise<this> {
    const ports = await this.#openEngine();
    const given = { ports, sessionId: 's', core: TEST_CORE, preferences: DEFAULT_PREFERENCES };
    this.#session = await beginSession({ ...given, active });
    await this.settled();
    return this;
  }

  /** Starts again on what the journal holds, as after a power cut. */
  async resume(
    active: LoadedPlan = testPlan([]),
    withdrawn?: StartChoice['withdrawn'],
  ): Promise<this> {
    await this.#openEngine();
    const unfinished = replay(this.records);
    if (unfinished === undefined) throw new Error('the journal is empty');
    const trace = { lastSeq: 0, write: nothing, sync: nothing, close: () => Promise.resolve() };
    const journal = this.ports.journal;
    if (journal === undefined) throw new Error('this rig has a journal');
    const saved = { journal, trace, unfinished, notice: undefined };
    this.#session = await resumeSession({
      ports: this.ports,
      saved,
      unfinished,
      active,
      withdrawn,
    });
    await this.settled();
    return this;
  }

  /** The real engine, on the real clock, which keeps nothing here. */
  async #openEngine(): Promise<SessionPorts> {
    const logs = { write: nothingAtAll, read: noText, remove: nothingAtAll, flush: noWait };
    const opened = await openExecutionEngine({
      ...{ journalFolder: undefined, logs, random: () => 0.5 },
      onLog: nothingAtAll,
    });
    if (!opened.ok) throw new Error(opened.failure.message);
    this.ports = { ...this.ports, executions: opened.value };
    return this.ports;
  }

  async send(command: Command): Promise<Result<Json>> {
    const { session, network } = this;
    const restart = (): Promise<void> => {
      this.restarts += 1;
      return Promise.resolve();
    };
    const result = await carryOut(command, { session, network, restart });
    await this.settled();
    return result;
  }

  /** Answers the screen that is up, which must be this one. */
  async answer(name: keyof typeof TEST_ANSWERS | (string & {}), given?: object): Promise<void> {
    const known: { readonly [name: string]: object } = TEST_ANSWERS;
    const answers = { ...(given ?? known[name]) } as Record<string, Json>;
    const result = await this.send({ type: 'screen.complete', plugin: name, answers });
    if (!result.ok) throw new Error(result.failure.message);
  }

  get stage() {
    return this.hub.snapshot().stage;
  }

  /** `type plugin` of each trace record so far. */
  story(): readonly string[] {
    return this.trace.map((record) =>
      'plugin' in record ? `${record.type} ${record.plugin}` : record.type,
    );
  }

  /** Lets everything that is due happen; there is no waiting for time in it. */
  async settled(): Promise<void> {
    // Password hashing runs on a thread: the event loop has to turn, however often it takes.
    for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}

function nothingAtAll(): void {
  return undefined;
}

function noText(): Promise<string> {
  return Promise.resolve('');
}

function noWait(): Promise<void> {
  return Promise.resolve();
}

function nothing(): Promise<Result<void>> {
  return Promise.resolve(ok(undefined));
}
