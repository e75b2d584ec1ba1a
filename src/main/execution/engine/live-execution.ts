import {
  fail,
  ok,
  type Actor,
  type ExecutionControl,
  type ExecutionQuestion,
  type ExecutionView,
  type Failure,
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
export type Life = Pick<StartExecution, 'performer' | 'inputs' | 'headless' | 'answers'>;

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
  readonly #questions = new Map<string, (action: string) => void>();
  #questionCount = 0;
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

  /** What the next start of the app needs of it, at this moment. */
  snapshot(): Json {
    const { header } = this;
    return {
      header,
      machine: this.#machine.snapshot(),
      kept: this.projection.kept(),
    } as unknown as Json;
  }

  /** Begins, or goes on. The promise resolves when that is on the disk. */
  begin(life: Life, created?: KeptRecord): Promise<void> {
    this.take(life);
    const decided = this.#machine.handle({ type: 'begin', at: this.#parts.clock.now() });
    return new Promise((resolve) => {
      const decision = decided.ok ? decided.value : NOTHING;
      this.#commit(decision, resolve, created);
    });
  }

  /** From now on this is who performs its steps. Nothing is begun by it. */
  take(life: Life): void {
    this.#life = life;
    this.#runner = new StepRunner(this);
    this.#cancelLimit?.();
    for (const name of this.header.secretInputs) this.redactor.add(life.inputs[name]);
    const { timeLimitSeconds } = this.header;
    if (timeLimitSeconds !== undefined) {
      this.#cancelLimit = this.#parts.clock.after(timeLimitSeconds * 1000, () => {
        void this.control({ type: 'stop', reason: 'timeout' }, { who: 'engine' });
      });
    }
  }

  async control(control: ExecutionControl, actor: Actor): Promise<Result<ExecutionView>> {
    const decided = this.#machine.handle({
      type: 'control',
      control,
      actor,
      at: this.#parts.clock.now(),
    });
    if (!decided.ok) return decided;
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

  /** Asks a person; with nobody there, the answers file or the default answers. */
  async ask(
    asked: Omit<ExecutionQuestion, 'id' | 'stepName'>,
    stepName: string,
    signal: AbortSignal,
  ): Promise<string> {
    this.#questionCount += 1;
    const text = this.redactor.text(asked.text);
    const id = `q${this.#seq + 1}-${this.#questionCount}`;
    const question: ExecutionQuestion = { ...asked, text, id, stepName };
    const chosen = new Promise<string>((resolve, reject) => {
      this.#questions.set(id, resolve);
      signal.addEventListener('abort', () => reject(new Error('The question was called off.')), {
        once: true,
      });
    });
    chosen.catch(() => undefined).finally(() => this.#questions.delete(id));
    await this.#record({ type: 'asked', question, at: this.#parts.clock.now() });
    const given = this.#life?.answers?.[question.class];
    const isKnown = question.actions.some((action) => action.id === given);
    if (given !== undefined && isKnown) {
      await this.answer(id, given, { who: 'engine', from: 'answers' });
    } else if (this.#life?.headless === true) {
      await this.answer(id, question.default, { who: 'engine', from: 'default' });
    }
    return chosen;
  }

  async answer(questionId: string, action: string, actor: Actor): Promise<Result<ExecutionView>> {
    const question = this.projection.question(questionId);
    const settle = this.#questions.get(questionId);
    if (question === undefined || settle === undefined) {
      return fail(notAsked(this.id, questionId));
    }
    if (!question.actions.some(({ id }) => id === action)) {
      return fail(notAnAction(question, action));
    }
    // From now on it is answered: a second answer must not be taken while this one is written.
    this.#questions.delete(questionId);
    await this.#record({
      type: 'answered',
      questionId,
      action,
      actor,
      at: this.#parts.clock.now(),
    });
    settle(action);
    return ok(this.projection.view());
  }

  /** Ends what runs, without a word about it: the app ends, and its next start goes on. */
  halt(): void {
    this.#life = undefined;
    this.#cancelLimit?.();
    for (const cancel of this.#waits.values()) cancel();
    this.#waits.clear();
    this.#runner.close();
  }

  /** As `halt`, with the app going on: what ran is as it would be after a crash. */
  suspend(): void {
    const headless = this.#life?.headless ?? this.header.headless;
    const { mutexes, granted, clock } = this.#parts;
    this.halt();
    for (const { name } of this.#machine.nodes()) granted(mutexes.release(this.id + OF + name));
    this.#commit(this.#machine.recover({ at: clock.now(), headless }));
  }

  /** Gives up what nobody will go on with: nothing more runs, nothing is undone. */
  abandon(status: 'failed' | 'cancelled', reason: string): Promise<void> {
    const at = this.#parts.clock.now();
    const steps = this.#machine
      .nodes()
      .filter((node) => node.status === 'pending' || node.status === 'running')
      .map(({ name }) => name);
    const records: ExecutionRecord[] = [
      ...(steps.length === 0
        ? []
        : [{ type: 'steps.settled', status: 'cancelled', steps, at } as const]),
      { type: 'status', status, reason, at },
    ];
    for (const record of records) this.#machine.replay(record);
    return new Promise((resolve) => this.#commit({ records, actions: [] }, resolve));
  }

  specOf(step: string): StepSpec {
    const node = this.#machine.node(step);
    const spec = node === undefined ? undefined : this.graph.steps[node.spec];
    if (spec === undefined) throw new Error(`there is no step ${step}`);
    return spec;
  }

  #record(record: ExecutionRecord): Promise<void> {
    return new Promise((resolve) => this.#commit({ records: [record], actions: [] }, resolve));
  }

  #commit(decision: Decision, follow?: () => void, created?: KeptRecord): void {
    const { records, actions } = decision;
    const { commits } = this.#parts;
    // The machine has taken the decision in: what was asked of it meanwhile is in these already.
    const progress = this.#machine.progress;
    const entries = created === undefined ? [] : [this.#entry(created)];
    for (const record of records) entries.push(this.#entry(record));
    if (entries.length === 0 && actions.length === 0) {
      follow?.();
      return;
    }
    commits.add(entries, () => {
      for (const record of records) {
        this.projection.apply(record, progress);
        publishRecord(this, record);
      }
      for (const action of actions) this.#act(action);
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

function notAsked(executionId: string, questionId: string): Failure {
  const message = `The execution ${executionId} is not asking the question "${questionId}" now.`;
  return { code: 'execution/not-now', message };
}

function notAnAction({ id, actions }: ExecutionQuestion, action: string): Failure {
  const known = actions.map((one) => `"${one.id}"`).join(', ');
  const message = `The question "${id}" is answered with one of ${known}, not "${action}".`;
  return { code: 'command/bad', message };
}
