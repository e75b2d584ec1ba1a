import {
  ok,
  type Actor,
  type ExecutionControl,
  type ExecutionView,
  type Json,
  type JsonObject,
  type Result,
} from '#shared';
import type { Clock } from '../../clock.ts';
import type { StepGraph } from '../graph/step-graph.ts';
import type { ExecutionMachine, Decision } from '../machine/execution-machine.ts';
import type { MachineAction, MachineInput } from '../machine/inputs.ts';
import type { MutexTable } from '../machine/mutex-table.ts';
import { isFinal, type ExecutionRecord } from '../records.ts';
import type { StepSpec } from '../step-spec.ts';
import type { CommitQueue } from './commit-queue.ts';
import type { EventLog } from './event-log.ts';
import type { StartExecution } from './execution-engine.ts';
import type { ExecutionLogs } from './execution-logs.ts';
import { asJson, type ExecutionHeader, type KeptRecord } from './header.ts';
import type { Projection } from './projection.ts';
import { publishRecord } from './publish-record.ts';
import { Questions, type AskedQuestion } from './questions.ts';
import { Redactor } from './redactor.ts';
import { StepRunner } from './step-runner.ts';

/** What an execution needs beside its own parts: shared by all of one engine. */
export interface EngineParts {
  readonly clock: Clock;
  /** 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
  readonly commits: CommitQueue;
  readonly mutexes: MutexTable;
  readonly logs: ExecutionLogs;
  /** Mutexes were given back: whoever waited for them has them now. */
  readonly granted: (holders: readonly string[]) => void;
  readonly changed: (executionId: string) => void;
  readonly ended: (executionId: string) => void;
}

/** What a life of the app adds to what is written down. */
export type Life = Pick<
  StartExecution,
  'performer' | 'inputs' | 'headless' | 'answers' | 'release'
>;

/** Between the execution and the step in the name of a holder of mutexes. */
const OF = '\u0000';

/** One execution: its machine decides, what it decides is written down, and then it is done and shown. */
export class LiveExecution {
  readonly id: string;
  readonly header: ExecutionHeader;
  readonly graph: StepGraph;
  readonly events: EventLog;
  readonly projection: Projection;
  readonly redactor = new Redactor();
  readonly #parts: EngineParts;
  readonly #machine: ExecutionMachine;
  #runner: StepRunner;
  readonly #waits = new Map<string, () => void>();
  readonly #questions = new Questions(this);
  /** Decided, and not on the disk yet. */
  readonly #unwritten: ExecutionRecord[] = [];
  /** Outputs that are kept nowhere else, by step: they are secret. */
  readonly secrets = new Map<string, JsonObject>();
  /** Why it could not be gone on with, the last time that somebody tried. */
  hindrance: string | undefined;
  #isShown: boolean;
  #seq: number;
  #life: Life | undefined;
  #cancelLimit: (() => void) | undefined;

  constructor(options: {
    readonly id: string;
    readonly header: ExecutionHeader;
    readonly graph: StepGraph;
    readonly machine: ExecutionMachine;
    readonly projection: Projection;
    readonly events: EventLog;
    readonly parts: EngineParts;
    /** Of the last record that is written down. */
    readonly seq: number;
  }) {
    this.id = options.id;
    this.header = options.header;
    this.graph = options.graph;
    this.projection = options.projection;
    this.events = options.events;
    this.#machine = options.machine;
    this.#parts = options.parts;
    this.#seq = options.seq;
    this.#isShown = options.seq > 0;
    this.#runner = new StepRunner(this);
  }

  get seq(): number {
    return this.#seq;
  }
  get parts(): EngineParts {
    return this.#parts;
  }
  get life(): Life | undefined {
    return this.#life;
  }
  get machine(): ExecutionMachine {
    return this.#machine;
  }
  /** Its beginning is on the disk. */
  get isShown(): boolean {
    return this.#isShown;
  }

  /** What the next start of the app needs of it, at this moment. */
  snapshot(): Json {
    const { header } = this;
    return {
      header,
      machine: this.#machine.snapshot(),
      kept: this.projection.kept(this.#unwritten),
    } as unknown as Json;
  }

  /** Begins, or goes on. The promise resolves when that is on the disk. */
  begin(life: Life, created?: KeptRecord): Promise<void> {
    this.take(life);
    this.#startLimit();
    const decided = this.#machine.handle({ type: 'begin', at: this.#parts.clock.now() });
    const written = new Promise<void>((resolve) => {
      const decision = decided.ok ? decided.value : NOTHING;
      this.#commit(decision, resolve, created);
    });
    if (life.headless === true) this.#skipInterrupted();
    return written;
  }

  /** From now on this is who performs its steps. Nothing is begun by it. */
  take(life: Life): void {
    this.#life = life;
    this.hindrance = undefined;
    this.#runner = new StepRunner(this);
    for (const name of this.header.secretInputs) this.redactor.add(life.inputs[name]);
  }

  async control(control: ExecutionControl, actor: Actor): Promise<Result<ExecutionView>> {
    const wasFinal = isFinal(this.#machine.status);
    const at = this.#parts.clock.now();
    const decided = this.#machine.handle({ type: 'control', control, actor, at });
    if (!decided.ok) return decided;
    // Opened again, it has its whole time again.
    if (wasFinal && !isFinal(this.#machine.status)) this.#startLimit();
    await new Promise<void>((resolve) => this.#commit(decided.value, resolve));
    return ok(this.projection.view());
  }

  /** Something has happened to a step. What has no meaning any more is no failure: it came too late. */
  tell(input: MachineInput): void {
    const decided = this.#machine.handle(input);
    if (decided.ok) this.#commit(decided.value);
  }

  /** As `tell`; resolves when it is on the disk. */
  told(input: MachineInput): Promise<void> {
    const decided = this.#machine.handle(input);
    if (!decided.ok) return Promise.resolve();
    return new Promise((resolve) => this.#commit(decided.value, resolve));
  }

  /** What a recovery decided before anybody goes on with it. */
  write(decision: Decision): void {
    this.#commit(decision);
  }

  grant(step: string): void {
    this.tell({ type: 'granted', step, at: this.#parts.clock.now() });
  }

  /** Asks a person; rejects when called off. */
  ask(asked: AskedQuestion, stepName: string, signal: AbortSignal): Promise<string> {
    return this.#questions.ask(asked, stepName, signal);
  }

  answer(questionId: string, action: string, actor: Actor): Promise<Result<ExecutionView>> {
    return this.#questions.answer(questionId, action, actor);
  }

  /** Ends what runs, without a word about it: the app ends, and its next start goes on. */
  halt(): void {
    const release = this.#life?.release;
    this.#life = undefined;
    this.#cancelLimit?.();
    for (const cancel of this.#waits.values()) cancel();
    this.#waits.clear();
    this.#runner.close();
    release?.();
  }

  /** Gives the performer back where it is wanted back, unless there is still something to do. */
  letGo(): void {
    if (this.#life?.release !== undefined && isFinal(this.#machine.status)) this.halt();
  }

  /** As `halt`, with the app going on: what ran is as it would be after a crash. */
  suspend(): void {
    const headless = this.#life?.headless ?? this.header.headless;
    const { mutexes, granted, clock } = this.#parts;
    this.halt();
    for (const { name } of this.#machine.nodes()) granted(mutexes.release(this.id + OF + name));
    this.#commit(this.#machine.recover({ at: clock.now(), headless }));
  }

  /** Gives up what nobody will go on with: nothing more runs, nothing is undone. `asked`: who wanted it so. */
  abandon(
    status: 'failed' | 'cancelled',
    reason: string,
    asked?: Extract<ExecutionRecord, { type: 'controlled' }>,
  ): Promise<void> {
    const at = this.#parts.clock.now();
    const steps = this.#machine
      .nodes()
      .filter((node) => node.status === 'pending' || node.status === 'running')
      .map(({ name }) => name);
    const records: ExecutionRecord[] = [
      ...(asked === undefined ? [] : [asked]),
      ...(steps.length === 0
        ? []
        : [{ type: 'steps.settled', status: 'cancelled', steps, at } as const]),
      { type: 'status', status, reason, at },
    ];
    for (const record of records) this.#machine.replay(record);
    // Who wants more of it later begins from what is written, as after a restart.
    this.#machine.recover({ at, headless: true });
    return new Promise((resolve) => this.#commit({ records, actions: [] }, resolve));
  }

  specOf(step: string): StepSpec {
    // Items of a `forEach` are in the machine alone.
    const index = this.graph.indexOf.get(step) ?? this.#machine.node(step)?.spec;
    const spec = this.graph.steps[index ?? -1];
    if (spec === undefined) throw new Error(`there is no step ${step}`);
    return spec;
  }

  /** Writes down what the machine has no part in. */
  record(record: ExecutionRecord): Promise<void> {
    return new Promise((resolve) => this.#commit({ records: [record], actions: [] }, resolve));
  }

  #commit(decision: Decision, follow?: () => void, created?: KeptRecord): void {
    const { records, actions } = decision;
    const { commits } = this.#parts;
    // As it is after this decision: when that is on the disk, the machine may be further on.
    const isTurn = records.some(({ type }) => type === 'status');
    const shown = {
      progress: this.#machine.progress,
      failedStep: isTurn ? this.#machine.failedStep : undefined,
    };
    // What a life decided is not begun in the next one: that decides anew.
    const runner = this.#runner;
    const entries = created === undefined ? [] : [this.#entry(created)];
    for (const record of records) entries.push(this.#entry(record));
    if (entries.length === 0 && actions.length === 0) {
      follow?.();
      return;
    }
    this.#unwritten.push(...records);
    commits.add(entries, () => {
      this.#unwritten.splice(0, records.length);
      this.#isShown = true;
      for (const record of records) {
        this.projection.apply(record, shown);
        publishRecord(this, record);
      }
      if (!runner.isClosed) for (const action of actions) this.#act(action);
      if (records.length > 0) this.#shown(records);
      follow?.();
    });
    // After its records: what a mutex that is given back makes others decide comes behind them.
    for (const action of actions) this.#actAtOnce(action);
  }

  #entry(record: KeptRecord) {
    this.#seq += 1;
    return { execution: this.id, seq: this.#seq, record: asJson(record) };
  }

  #shown(records: readonly ExecutionRecord[]): void {
    this.#parts.changed(this.id);
    const last = records.findLast((record) => record.type === 'status');
    if (last?.type === 'status' && isFinal(last.status)) {
      this.#cancelLimit?.();
      this.#parts.ended(this.id);
      this.letGo();
    }
  }

  /** Mutexes are of this life only: they need not wait for the disk. */
  #actAtOnce(action: MachineAction): void {
    const { mutexes, granted } = this.#parts;
    if (action.type === 'acquire') {
      const holder = this.id + OF + action.step;
      if (mutexes.acquire(holder, action.mutexes)) granted([holder]);
    } else if (action.type === 'release') {
      granted(mutexes.release(this.id + OF + action.step));
    }
  }

  #act(action: MachineAction): void {
    switch (action.type) {
      case 'acquire':
      case 'release':
        return;
      case 'run':
        this.#runner.run(action.step, action.attempt);
        return;
      case 'undo':
        this.#runner.undo(action.step);
        return;
      case 'abort':
        this.#runner.abort(action.step);
        return;
      case 'wait':
        this.#wait(action.step, action.delayMs);
        return;
      case 'cancel-wait':
        this.#waits.get(action.step)?.();
        this.#waits.delete(action.step);
        return;
      default:
        action satisfies never;
    }
  }

  #startLimit(): void {
    this.#cancelLimit?.();
    const { timeLimitSeconds } = this.header;
    if (timeLimitSeconds === undefined) return;
    this.#cancelLimit = this.#parts.clock.after(timeLimitSeconds * 1000, () => {
      void this.control({ type: 'stop', reason: 'timeout' }, { who: 'engine' });
    });
  }

  /** Nobody is there any more to decide about them. */
  #skipInterrupted(): void {
    for (const { name, interrupted } of this.#machine.nodes()) {
      if (!interrupted) continue;
      void this.control({ type: 'skip', step: name }, { who: 'engine', from: 'default' });
    }
  }

  #wait(step: string, delayMs: number): void {
    const { clock } = this.#parts;
    const cancel = clock.after(delayMs, () => {
      this.#waits.delete(step);
      this.tell({ type: 'due', step, at: clock.now() });
    });
    this.#waits.set(step, cancel);
  }

  /** Inputs as steps see them, secrets included. */
  get inputs(): JsonObject {
    return this.#life?.inputs ?? {};
  }
}

/** Which execution and step a holder of mutexes is. */
export function holderParts(holder: string): readonly [executionId: string, step: string] {
  const at = holder.indexOf(OF);
  return [holder.slice(0, at), holder.slice(at + 1)];
}

const NOTHING: Decision = { records: [], actions: [] };
