import { randomUUID } from 'node:crypto';
import {
  fail,
  ok,
  type Actor,
  type ExecutionControl,
  type ExecutionView,
  type Failure,
  type LogLevel,
  type Result,
} from '#shared';
import { systemClock, type Clock } from '../../clock.ts';
import { weightsOf } from '../graph/weights.ts';
import type {
  ExecutionJournal,
  ExecutionSnapshot,
  JournalOptions,
} from '../journal/execution-journal.ts';
import { openExecutionJournal } from '../journal/open-journal.ts';
import { createMachine } from '../machine/create-machine.ts';
import { MutexTable } from '../machine/mutex-table.ts';
import { isFinal } from '../records.ts';
import { CommitQueue } from './commit-queue.ts';
import { DiskTrouble } from './disk-trouble.ts';
import { Durations } from './durations.ts';
import { EventLog } from './event-log.ts';
import type {
  ExecutionEngine,
  FindExecution,
  FoundExecution,
  StartExecution,
} from './execution-engine.ts';
import type { ExecutionLogs } from './execution-logs.ts';
import { headerOf, type ExecutionHeader } from './header.ts';
import { isoTime } from './iso-time.ts';
import { holderParts, LiveExecution, type EngineParts, type Life } from './live-execution.ts';
import { Projection } from './projection.ts';
import { Redactor } from './redactor.ts';
import { restoreExecution } from './restore-execution.ts';
import { timeLimitOf } from './time-limits.ts';

export interface EngineOptions {
  /** Folder of the journal; `undefined` where nothing is kept. */
  readonly journalFolder: string | undefined;
  readonly logs: ExecutionLogs;
  readonly onLog: (level: LogLevel, text: string) => void;
  /**
   * Brings up what performs an execution that an earlier life left, for a person who wants to go on with
   * it; `undefined` for one that only its owner can go on with.
   */
  readonly revive?: (header: ExecutionHeader) => Promise<Result<Life> | undefined>;
  readonly clock?: Clock;
  readonly random?: () => number;
  readonly newId?: () => string;
  /** Events that are kept of each execution, at least. Default 1,000. */
  readonly keptEvents?: number;
  /** Ended executions that are kept. Default 500. */
  readonly keptEnded?: number;
  readonly segmentBytes?: number;
  /** For tests: a journal over another disk. */
  readonly openJournal?: (options: JournalOptions) => Promise<Result<ExecutionJournal>>;
}

/** The engine, and what its owner may know of its journal. */
export interface OpenEngine extends ExecutionEngine {
  /** Syncs of the journal so far. */
  readonly syncs: number;
}

/** A person sees no more, and each one wakes every screen. */
const CHANGES_EVERY_MS = 50;

/** Opens the engine of a device, with everything that an earlier life of the app has left. */
export async function openExecutionEngine(options: EngineOptions): Promise<Result<OpenEngine>> {
  const engine = new Engine(options);
  const opened = await engine.open();
  return opened.ok ? ok(engine) : opened;
}

class Engine implements OpenEngine {
  readonly #options: EngineOptions;
  readonly #clock: Clock;
  readonly #executions = new Map<string, LiveExecution>();
  readonly #durations = new Durations();
  readonly #mutexes = new MutexTable();
  /** Told apart from other starts of the app in the ids of events. */
  readonly #lifeId: string;
  readonly #changeListeners = new Set<(executionId: string) => void>();
  readonly #changed = new Set<string>();
  /** Executions that are just being brought back, by id. */
  readonly #reviving = new Map<string, Promise<Result<void>>>();
  readonly #waiters = new Map<string, ((view: ExecutionView) => void)[]>();
  #ended: string[] = [];
  #isTelling = false;
  #journal: ExecutionJournal | undefined;
  readonly #trouble = new DiskTrouble();
  #parts!: EngineParts;
  #commits!: CommitQueue;
  #isDisposed = false;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#lifeId = this.#clock.now().toString(36);
  }

  async open(): Promise<Result<void>> {
    const { journalFolder, onLog, segmentBytes } = this.#options;
    if (journalFolder !== undefined) {
      const opened = await (this.#options.openJournal ?? openExecutionJournal)({
        folder: journalFolder,
        snapshot: () => this.#snapshot(),
        onTrouble: (failure) => this.#onTrouble(failure),
        ...(segmentBytes === undefined ? {} : { segmentBytes }),
      });
      if (!opened.ok) return opened;
      this.#journal = opened.value;
    }
    this.#commits = new CommitQueue(this.#journal);
    this.#parts = {
      clock: this.#clock,
      random: this.#options.random ?? Math.random,
      commits: this.#commits,
      mutexes: this.#mutexes,
      logs: this.#options.logs,
      granted: (holders) => this.#granted(holders),
      changed: (id) => this.#noteChange(id),
      ended: (id) => this.#onEnded(id),
    };
    const recovery = this.#journal?.recovery;
    for (const { file, reason } of recovery?.setAside ?? []) {
      onLog('error', `${file} was set aside: ${reason}.`);
    }
    for (const found of recovery?.executions ?? []) {
      const restored = restoreExecution(found, {
        parts: this.#parts,
        eventsOf: (id) => this.#eventLog(id),
        at: this.#clock.now(),
      });
      if (!restored.ok) {
        onLog('error', restored.failure.message);
        continue;
      }
      const { execution, decision } = restored.value;
      this.#executions.set(execution.id, execution);
      this.#durations.learn(execution);
      if (isFinal(execution.machine.status)) this.#ended.push(execution.id);
      else {
        execution.write(decision);
        // What is lost cannot be known: a person decides whether to go on.
        if (found.damaged) void execution.abandon('failed', 'damaged');
      }
    }
    this.#forgetOld();
    return ok(undefined);
  }

  get syncs(): number {
    return this.#journal?.syncs ?? 0;
  }

  async start(request: StartExecution): Promise<Result<{ readonly executionId: string }>> {
    if (this.#isDisposed) return fail(CLOSED);
    const id = (this.#options.newId ?? randomUUID)();
    const { graph, type, name } = request;
    const weights = weightsOf(graph, this.#durations.of(type, name));
    const limit = request.timeLimitSeconds ?? timeLimitOf(type);
    const header = headerOf(request, weights, limit, this.#clock.now());
    const execution = new LiveExecution({
      id,
      header,
      graph,
      machine: createMachine({ graph, weights }),
      projection: new Projection(id, header),
      events: this.#eventLog(id),
      parts: this.#parts,
      seq: 0,
    });
    const begin = async (): Promise<Result<{ readonly executionId: string }>> => {
      this.#executions.set(id, execution);
      await execution.begin(request, { type: 'created', header });
      return ok({ executionId: id });
    };
    // The setup has nobody to ask again: it waits until there is room.
    if (request.owner === 'flow') return begin();
    const begun = await this.#trouble.unlessIn(begin);
    // Whoever was refused must not find it done later.
    if (!begun.ok) this.abandon(id, 'disk-full');
    return begun;
  }

  async adopt(
    executionId: string,
    life: Life,
    first?: Parameters<ExecutionEngine['adopt']>[2],
  ): Promise<Result<void>> {
    const execution = this.#executions.get(executionId);
    if (execution === undefined) return fail(unknown(executionId));
    const hasEnded = isFinal(execution.machine.status);
    if (!hasEnded && execution.life !== undefined) {
      const message = `The execution ${executionId} is under way already.`;
      return fail({ code: 'execution/not-now', message });
    }
    execution.take(life);
    if (first !== undefined) {
      const done = await execution.control(first.control, first.actor);
      if (!done.ok) {
        execution.halt();
        return done;
      }
    }
    if (!hasEnded) await execution.begin(life);
    return ok(undefined);
  }

  get(executionId: string): ExecutionView | undefined {
    const execution = this.#executions.get(executionId);
    if (execution?.isShown !== true) return undefined;
    return { ...execution.projection.view(), ...this.#outerStatus(execution) };
  }

  list() {
    return [...this.#executions.values()]
      .filter(({ isShown }) => isShown)
      .map((execution) => ({
        ...execution.projection.summary(),
        ...this.#outerStatus(execution),
      }))
      .reverse();
  }

  async revive(executionId: string): Promise<Result<void>> {
    const execution = this.#executions.get(executionId);
    return execution === undefined ? fail(unknown(executionId)) : this.#revive(execution);
  }

  find({ plugin, sessionId, owner }: FindExecution): FoundExecution | undefined {
    const found = [...this.#executions.values()].findLast(
      ({ header }) =>
        header.identity.plugin === plugin &&
        (sessionId === undefined || header.identity.sessionId === sessionId) &&
        (owner === undefined || header.owner === owner),
    );
    return found === undefined ? undefined : describe(found);
  }

  unadopted(): readonly FoundExecution[] {
    return [...this.#executions.values()]
      .filter(({ life, machine }) => life === undefined && !isFinal(machine.status))
      .map(describe);
  }

  suspend(executionId: string): void {
    const execution = this.#executions.get(executionId);
    if (execution?.life === undefined) return;
    if (isFinal(execution.machine.status)) execution.halt();
    else execution.suspend();
  }

  abandon(executionId: string, reason: string): void {
    const execution = this.#executions.get(executionId);
    if (execution === undefined || isFinal(execution.machine.status)) return;
    if (execution.life !== undefined) execution.suspend();
    void execution.abandon('cancelled', reason);
  }

  async ask(
    executionId: string,
    question: Parameters<ExecutionEngine['ask']>[1],
    signal: AbortSignal,
  ): Promise<string> {
    const execution = this.#executions.get(executionId);
    if (execution === undefined) throw new Error(`there is no execution ${executionId}`);
    return execution.ask(question, '', signal);
  }

  async control(
    executionId: string,
    control: ExecutionControl,
    actor: Actor,
  ): Promise<Result<ExecutionView>> {
    const begin = () => this.#control(executionId, control, actor);
    return waitsForDisk(actor) ? begin() : this.#trouble.unlessIn(begin);
  }

  async #control(
    executionId: string,
    control: ExecutionControl,
    actor: Actor,
  ): Promise<Result<ExecutionView>> {
    const execution = this.#executions.get(executionId);
    if (execution === undefined) return fail(unknown(executionId));
    const wasLeft = execution.life === undefined && !isFinal(execution.machine.status);
    const revived = await this.#revive(execution);
    if (!revived.ok && control.type === 'stop' && !isFinal(execution.machine.status)) {
      // Nobody can go on with it, so there is nothing to end but what is written of it.
      const asked = { type: 'controlled', control, actor, at: this.#clock.now() } as const;
      await execution.abandon('cancelled', 'cancelled', asked);
      return ok(execution.projection.view());
    }
    if (!revived.ok) return revived;
    const { status } = execution.machine;
    if (wasLeft && isPlainResume(control) && (status === 'running' || isFinal(status))) {
      // That it goes on is what was wanted.
      await execution.record({ type: 'controlled', control, actor, at: this.#clock.now() });
      return ok(execution.projection.view());
    }
    const done = await execution.control(control, actor);
    // Revived for nothing, if it was refused.
    execution.letGo();
    return done;
  }

  async answer(
    executionId: string,
    questionId: string,
    action: string,
    actor: Parameters<ExecutionEngine['answer']>[3],
  ): Promise<Result<ExecutionView>> {
    const execution = this.#executions.get(executionId);
    if (execution === undefined) return fail(unknown(executionId));
    const begin = () => execution.answer(questionId, action, actor);
    return waitsForDisk(actor) ? begin() : this.#trouble.unlessIn(begin);
  }

  subscribe(
    executionId: string,
    lastEventId: string | undefined,
    listener: Parameters<ExecutionEngine['subscribe']>[2],
  ) {
    return this.#executions.get(executionId)?.events.subscribe(lastEventId, listener);
  }

  onChange(listener: (executionId: string) => void): () => void {
    this.#changeListeners.add(listener);
    return () => void this.#changeListeners.delete(listener);
  }

  logLine(plugin: string, level: LogLevel, text: string): string {
    const its = [...this.#executions.values()].filter(
      ({ header }) => header.identity.plugin === plugin,
    );
    const redactors = its.map(({ redactor }) => redactor);
    const clean = Redactor.textFor(redactors, text);
    const time = isoTime(this.#clock.now());
    for (const { id, life } of its) {
      if (life !== undefined) this.#options.logs.write(id, `${time} [${level}] ${clean}\n`);
    }
    return clean;
  }

  async logs(executionId: string): Promise<string | undefined> {
    if (!this.#executions.has(executionId)) return undefined;
    return this.#options.logs.read(executionId);
  }

  audit(executionId: string) {
    return this.#executions.get(executionId)?.projection.audit;
  }

  whenEnded(executionId: string): Promise<ExecutionView> {
    const execution = this.#executions.get(executionId);
    if (execution === undefined) return Promise.reject(new Error(`no execution ${executionId}`));
    if (isFinal(execution.projection.status)) return Promise.resolve(execution.projection.view());
    return new Promise((resolve) => {
      this.#waiters.set(executionId, [...(this.#waiters.get(executionId) ?? []), resolve]);
    });
  }

  async dispose(): Promise<void> {
    this.#isDisposed = true;
    this.#commits.close();
    for (const execution of this.#executions.values()) execution.halt();
    await this.#journal?.close();
    await this.#options.logs.flush();
  }

  /** A person wants something of what an earlier life left: then somebody must perform it. */
  #revive(execution: LiveExecution): Promise<Result<void>> {
    if (execution.life !== undefined) return Promise.resolve(ok(undefined));
    // Whoever comes while it is brought up gets what that comes to.
    const { id } = execution;
    const reviving =
      this.#reviving.get(id) ??
      this.#bringBack(execution).finally(() => void this.#reviving.delete(id));
    this.#reviving.set(id, reviving);
    return reviving;
  }

  async #bringBack(execution: LiveExecution): Promise<Result<void>> {
    const life = await this.#options.revive?.(execution.header);
    if (life === undefined) {
      const message = `The execution ${execution.id} was left ${execution.machine.status} by an earlier start of the app, and goes on with the ${execution.header.owner} that it belongs to.`;
      return fail({ code: 'execution/not-now', message });
    }
    if (!life.ok) {
      execution.hindrance = life.failure.message;
      this.#noteChange(execution.id);
      return life;
    }
    // Somebody else was quicker.
    if (execution.life !== undefined) {
      life.value.release?.();
      return ok(undefined);
    }
    return this.adopt(execution.id, life.value);
  }

  /** What the machine cannot know: that nobody performs it, or that nothing can be written. */
  #outerStatus({ life, projection, hindrance }: LiveExecution): Partial<ExecutionView> {
    if (isFinal(projection.status)) return {};
    const trouble = this.#trouble.now;
    if (trouble !== undefined) {
      return { status: 'paused', reason: 'disk-full', message: trouble.message };
    }
    if (life !== undefined) return {};
    const left = { status: 'interrupted', reason: 'restarted' } as const;
    if (hindrance !== undefined) return { ...left, message: hindrance };
    // Steps that a person has to decide about are named already.
    return projection.status === left.status
      ? left
      : { ...left, message: 'It was interrupted: resume or stop it.' };
  }

  #eventLog(executionId: string): EventLog {
    const most = this.#options.keptEvents ?? 1000;
    return new EventLog({ executionId, life: this.#lifeId, most });
  }

  #granted(holders: readonly string[]): void {
    for (const holder of holders) {
      const [id, step] = holderParts(holder);
      this.#executions.get(id)?.grant(step);
    }
  }

  #noteChange(executionId: string): void {
    if (this.#changeListeners.size === 0) return;
    this.#changed.add(executionId);
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#clock.after(CHANGES_EVERY_MS, () => {
      this.#isTelling = false;
      this.#tellChanges();
    });
  }

  #tellChanges(): void {
    const changed = [...this.#changed];
    this.#changed.clear();
    for (const id of changed) for (const listener of [...this.#changeListeners]) listener(id);
  }

  #onEnded(executionId: string): void {
    const execution = this.#executions.get(executionId);
    if (execution === undefined) return;
    this.#durations.learn(execution);
    const view = execution.projection.view();
    // Its last change is told before its end: nobody waits for what never comes.
    this.#changed.add(executionId);
    this.#tellChanges();
    for (const resolve of this.#waiters.get(executionId) ?? []) resolve(view);
    this.#waiters.delete(executionId);
    this.#ended = [...this.#ended.filter((id) => id !== executionId), executionId];
    this.#forgetOld();
  }

  #forgetOld(): void {
    const most = this.#options.keptEnded ?? 500;
    while (this.#ended.length > most) {
      const id = this.#ended.shift() ?? '';
      const execution = this.#executions.get(id);
      // Reopened meanwhile: it comes back to this list when it ends again.
      if (execution === undefined || !isFinal(execution.machine.status)) continue;
      this.#executions.delete(id);
      this.#options.logs.remove(id);
    }
  }

  #snapshot(): readonly ExecutionSnapshot[] {
    return [...this.#executions.values()].map((execution) => ({
      execution: execution.id,
      seq: execution.seq,
      state: execution.snapshot(),
    }));
  }

  /** The disk takes nothing: everything waits, and says so. */
  #onTrouble(failure: Failure | undefined): void {
    this.#trouble.set(failure);
    const { onLog } = this.#options;
    if (failure === undefined) onLog('info', 'The journal of executions takes records again.');
    else onLog('error', `${failure.code}: ${failure.message} Executions wait until it works.`);
    for (const execution of this.#executions.values()) {
      if (isFinal(execution.projection.status)) continue;
      const { status, progress, reason } = {
        ...execution.projection.summary(),
        ...this.#outerStatus(execution),
      };
      execution.events.publish(
        { type: 'ExecutionStatus', status, progress, ...(reason === undefined ? {} : { reason }) },
        this.#clock.now(),
      );
      this.#noteChange(execution.id);
    }
  }
}

function describe({ id, header, graph, machine, life }: LiveExecution): FoundExecution {
  return {
    executionId: id,
    owner: header.owner,
    type: header.type,
    name: header.name,
    identity: header.identity,
    inputs: header.inputs,
    stepsDigest: graph.digest,
    status: machine.status,
    isAdopted: life !== undefined,
  };
}

/** What the app itself decides has nobody who could ask again. */
function waitsForDisk({ who }: Actor): boolean {
  return who === 'flow' || who === 'engine';
}

function isPlainResume(control: ExecutionControl): boolean {
  return control.type === 'resume' && control.from === undefined;
}

const CLOSED: Failure = { code: 'execution/not-now', message: 'The app is ending.' };

function unknown(executionId: string): Failure {
  return { code: 'execution/not-found', message: `There is no execution ${executionId}.` };
}
