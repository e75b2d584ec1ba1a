import {
  fail,
  isOnline,
  ok,
  reasonOf,
  withoutSecrets,
  type Builtin,
  type CheckedPlan,
  type Command,
  type DeviceInfo,
  type Failure,
  type FlowOutcome,
  type Json,
  type JsonObject,
  type LogLevel,
  type PluginEntry,
  type Preferences,
  type Result,
  type WorkProgress,
} from '#shared';
import { isDone } from '../flow/selectors.ts';
import type { FlowState } from '../flow/state.ts';
import type { PlanTrial } from '../update/plan-trial.ts';
import type { LoadedPlan } from '../update/update-port.ts';
import { Actors } from './actors.ts';
import type { CorePlugin } from './core-plugin.ts';
import { createCorePlugins, type CorePlugins } from './core-plugins.ts';
import { EffectPerformer } from './effect-performer.ts';
import type { EventHub } from './event-hub.ts';
import { FlowDriver } from './flow-driver.ts';
import { PlanInForce } from './plan-in-force.ts';
import type { PluginExecutions } from './plugin-executions.ts';
import { SessionMemory, withinLimit } from './session-memory.ts';
import { createExecutions, createUpdate, failureWithContact } from './session-parts.ts';
import type { SessionPorts, SessionStart } from './session-ports.ts';
import { coreEntry } from './stage.ts';
import { StageReporter } from './stage-reporter.ts';
import { TraceRecorder } from './trace-recorder.ts';
import { TrialWatch } from './trial-watch.ts';
import type { UpdateService } from './update-service.ts';

/**
 * One setup, from its beginning (or from where a power cut left it) to its end. Performs what the
 * pure flow asks for and feeds the results back; whatever a screen may know goes through the hub.
 */
export class Session {
  readonly hub: EventHub;
  readonly finished: Promise<FlowOutcome>;
  readonly #ports: SessionPorts;
  readonly #driver: FlowDriver;
  readonly #actors: Actors;
  readonly #executions: PluginExecutions | undefined;
  readonly #cores: CorePlugins;
  readonly #update: UpdateService | undefined;
  readonly #plan: PlanInForce;
  readonly #trialWatch: TrialWatch | undefined;
  readonly #memory: SessionMemory;
  #unsubscribe: () => void = () => undefined;

  constructor(ports: SessionPorts, start: SessionStart) {
    this.#ports = ports;
    this.hub = ports.hub;
    this.#memory = new SessionMemory({ ...ports, answers: start.answers });
    const reporter = new StageReporter(this.hub);
    const recorder = new TraceRecorder({
      clock: ports.clock,
      after: start.traceLength,
      write: (record) => {
        ports.writeTrace(record);
        this.hub.emit({ type: 'trace.recorded', record });
      },
    });
    this.#driver = new FlowDriver({
      state: start.state,
      perform: (effect) => performer.perform(effect),
      changed: (state) => {
        reporter.report(state);
        this.#trialWatch?.onState(state);
      },
      ...(ports.journal === undefined
        ? {}
        : { journal: (input) => this.#memory.write({ kind: 'input', input }) }),
    });
    this.#plan = new PlanInForce({
      hub: ports.hub,
      rollouts: ports.rollouts,
      supply: ports.supply,
      active: start.active,
      state: () => this.state,
      device: () => this.device(),
      entryOf: (name) => this.entryOf(name),
      dispatch: (input) => this.#driver.dispatch(input),
    });
    this.#update = createUpdate(ports, {
      log: (text) => this.#log('engine', 'warn', text),
      activeDigest: () => this.#plan.digest,
      dispatch: (input) => this.#driver.dispatch(input),
      changePlan: (loaded) => this.changePlan(loaded),
    });
    this.#trialWatch = this.#createTrialWatch();
    this.#cores = createCorePlugins({
      network: ports.network,
      provisioning: ports.provisioning,
      preferences: () => this.hub.snapshot().preferences,
      answersTo: (builtin) => this.#answersTo(builtin),
      productFamily: () => this.#plan.productFamily,
      timeZone: ports.timeZone,
      update: this.#update?.onScreen.bind(this.#update),
    });
    this.#executions = createExecutions(ports, {
      planDigest: () => this.#plan.digest,
      onWork: (plugin, work) => this.#onWork(plugin, work),
    });
    this.#actors = new Actors({
      clock: ports.clock,
      random: ports.random,
      plugins: ports.mode.simulated ? undefined : ports.plugins,
      executions: this.#executions,
      coreOf: (name) => this.core(name),
      entryOf: (name) => this.entryOf(name),
      isDone: (name) => isDone(this.state, name),
      timeoutOf: (name) => this.#sequenced(name)?.timeout_seconds,
      answersOf: (name) => this.#memory.answersOf(name) ?? ports.headlessAnswers.get(name)?.answers,
      device: () => this.device(),
      dispatch: (input) => void this.#driver.dispatch(input),
      onWork: (plugin, work) => this.#onWork(plugin, work),
      onLog: (plugin, level, text) => this.#log(plugin, level, text),
      onFailure: (plugin, failure) =>
        this.#log(plugin, 'error', failureWithContact(failure, this.#sequenced(plugin))),
    });
    let finish: (outcome: FlowOutcome) => void = () => undefined;
    this.finished = new Promise((resolve) => (finish = resolve));
    const performer = new EffectPerformer({
      ports,
      actors: this.#actors,
      coreOf: (name) => this.core(name),
      record: (entry) => {
        recorder.record(entry);
        this.#trialWatch?.onTraced(entry);
        if (entry.type === 'flag.evaluated') this.#plan.decideFlag(entry.flag);
      },
      dispatch: (input) => this.#driver.dispatch(input),
      complete: (plugin, answers) => this.complete(plugin, answers),
      finish: (outcome) => {
        const duration_ms = ports.clock.now() - start.startedAt;
        recorder.record({ type: 'flow.finished', outcome, duration_ms });
        this.#unsubscribe();
        this.#trialWatch?.onFinished(outcome);
        void this.#actors.stopAll().then(() => finish(outcome));
      },
    });
    // What starts first is told, too.
    this.hub.emit({ type: 'network.changed', network: ports.network.state() });
    this.#driver.start(start.effects);
  }

  /**
   * From now on the network is heeded, and being online has the updater ask. Not before the plan that
   * is to be in force is: the updater compares with it.
   */
  watchNetwork(): void {
    const { network } = this.#ports;
    if (this.state.finished !== undefined) return;
    this.#unsubscribe = network.onChange((state) => this.#onNetwork(state));
    this.#onNetwork(network.state());
  }

  get state(): FlowState {
    return this.#driver.state;
  }

  /** The behaviour of a core plugin; `undefined` for a plugin of the plan. */
  core(name: string): CorePlugin | undefined {
    const entry = coreEntry(this.state.roster, name);
    return entry === undefined ? undefined : this.#cores[entry.builtin];
  }

  /** The plan in force. */
  get plan(): CheckedPlan {
    return this.#plan.plan;
  }

  /** The plan's entry of a plugin that may be started. */
  entryOf(name: string): PluginEntry | undefined {
    const entry = this.#sequenced(name);
    // Everyone in the roster who is no core plugin came from a whole plan.
    return entry === undefined || 'builtin' in entry ? undefined : (entry as PluginEntry);
  }

  /** What plugins and flags may know of the device. */
  device(): DeviceInfo {
    const { preferences, network } = this.hub.snapshot();
    return {
      productFamily: this.#plan.productFamily,
      language: preferences.language,
      region: preferences.region,
      online: isOnline(network),
      appVersion: this.#ports.appVersion,
      deviceId: this.#ports.deviceId,
    };
  }

  /** Saves the answers of the screen that is shown and goes on. */
  async complete(plugin: string, answers: JsonObject): Promise<Result<Json>> {
    const core = this.core(plugin);
    const accepted = core === undefined ? withinLimit(answers) : await core.accept(answers);
    if (!accepted.ok) return accepted;
    this.#memory.keepAnswers(plugin, accepted.value);
    if (core?.builtin === 'welcome') await this.#applyWelcome(accepted.value);
    const hasWork = this.#actors.hasWork(plugin);
    await this.#driver.dispatch({ type: 'answered', plugin, hasWork });
    return ok(null);
  }

  /** Keeps what was typed; never the secrets of a built-in screen. */
  async saveDraft(plugin: string, typed: JsonObject): Promise<Result<Json>> {
    const builtin = this.core(plugin)?.builtin;
    const draft = builtin === undefined ? typed : withoutSecrets(builtin, typed);
    const written = await this.#memory.keepDraft(plugin, draft);
    return written.ok ? ok(null) : written;
  }

  /** In effect at once, on every screen, and for flags that ask for language or region. */
  async setPreferences(change: Partial<Preferences>): Promise<void> {
    const before = this.hub.snapshot().preferences;
    const preferences = { ...before, ...change };
    this.#memory.keepPreferences(preferences);
    const targets =
      before.language !== preferences.language || before.region !== preferences.region;
    if (targets) await this.#plan.evaluateFlags();
  }

  dispatch(input: Parameters<FlowDriver['dispatch']>[0]): Promise<void> {
    return this.#driver.dispatch(input);
  }

  /** A person has a plugin that failed tried again. */
  retry(plugin: string): Promise<void> {
    this.#executions?.retriedByPerson(plugin);
    return this.#driver.dispatch({ type: 'retry', plugin });
  }

  /** A person goes on without a plugin that failed. */
  async skip(plugin: string): Promise<void> {
    await this.#driver.dispatch({ type: 'skip', plugin });
    this.#executions?.forget(plugin);
  }

  call(plugin: string, route: string, body: Json): Promise<Result<Json>> {
    return this.#actors.call(plugin, route, body);
  }

  /** What a person decides of a plugin's steps. */
  controlSteps(
    command: Extract<Command, { readonly type: 'step.retry' | 'step.skip' | 'question.answer' }>,
  ): Promise<Result<Json>> {
    const message = `The plugin ${command.plugin} has no steps under way.`;
    const none = fail<Failure>({ code: 'command/not-now', message });
    return this.#executions?.control(command) ?? Promise.resolve(none);
  }

  skipUpdate(): void {
    this.#update?.skip();
  }

  /** Takes another plan into use, as a plan change within the session (section 4, rule 7). */
  changePlan(loaded: LoadedPlan): Promise<void> {
    return this.#plan.change(loaded);
  }

  /** Goes back to an earlier plan: the one until now failed its trial, and is ended. */
  async withdrawPlan(instead: LoadedPlan, failure: Failure): Promise<void> {
    const { message } = failure;
    const reason = reasonOf(failure);
    await this.#driver.dispatch({ type: 'plan.update_failed', reason, message });
    await this.#plan.change(instead, { reason, message });
  }

  /** Stops every plugin and lets go of the device. The session can be resumed from its journal. */
  async stop(): Promise<void> {
    this.#unsubscribe();
    this.#trialWatch?.stop();
    this.#update?.skip();
    // Before the processes end: what ran was not cancelled, and goes on after the next start.
    this.#executions?.suspend();
    await this.#actors.stopAll();
  }

  #onNetwork(network: ReturnType<SessionPorts['network']['state']>): void {
    this.hub.emit({ type: 'network.changed', network });
    const wifi = this.state.roster.core.find(({ builtin }) => builtin === 'network');
    const needless = network.wired && !this.#ports.mode.simulated;
    if (wifi !== undefined && this.state.needless.has(wifi.name) !== needless) {
      void this.#driver.dispatch({ type: 'needless.changed', plugin: wifi.name, needless });
    }
    // The first connectivity is when the updater asks (section 7, rule 2).
    if (isOnline(network)) void this.#onOnline();
  }

  /** A newer plan first: the plugins of the older one may not be wanted any more. */
  async #onOnline(): Promise<void> {
    await this.#update?.onConnected();
    this.#plan.fetchPlugins();
  }

  #onWork(plugin: string, work: WorkProgress | undefined): void {
    this.hub.emit(
      work === undefined ? { type: 'work.ended', plugin } : { type: 'work.changed', plugin, work },
    );
    this.#trialWatch?.onWork(this.state, plugin, work);
  }

  #createTrialWatch(): TrialWatch | undefined {
    const { trial, clock } = this.#ports;
    if (trial === undefined) return undefined;
    const digest = (): string => this.#plan.digest;
    const onStall = (ms: number): void => void this.#onStall(trial, ms);
    return new TrialWatch({ clock, trial, digest, onStall }, this.state);
  }

  async #onStall(trial: PlanTrial, ms: number): Promise<void> {
    const message = `The plugins of the plan with the digest ${this.#plan.digest} made no progress for ${ms / 60_000} minutes.`;
    await this.withdrawPlan(await trial.fail(), { code: 'update/trial-failed', message });
  }

  async #applyWelcome(answers: JsonObject): Promise<void> {
    const { language, region } = answers;
    await this.setPreferences({
      ...(typeof language === 'string' ? { language } : {}),
      ...(typeof region === 'string' ? { region } : {}),
    });
  }

  #log(plugin: string, level: LogLevel, text: string): void {
    this.hub.emit({ type: 'log.written', plugin, level, text });
  }

  #answersTo(builtin: Builtin): JsonObject {
    const core = this.state.roster.core.find((entry) => entry.builtin === builtin);
    return (core === undefined ? undefined : this.#memory.answersOf(core.name)) ?? {};
  }

  #sequenced(name: string) {
    const { indexOf, plugins } = this.state.roster;
    const index = indexOf.get(name);
    return index === undefined ? undefined : plugins[index];
  }
}
