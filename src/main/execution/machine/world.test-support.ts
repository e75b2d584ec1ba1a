import { isDeepStrictEqual } from 'node:util';
import type { ExecutionControl, Json } from '#shared';
import { stepAt } from '../graph/step-graph.ts';
import type { ExecutionRecord } from '../records.ts';
import type { StepSpec } from '../step-spec.ts';
import { createMachine, restoreMachine } from './create-machine.ts';
import type { Decision, ExecutionMachine, MachineOptions, NodeView } from './execution-machine.ts';
import type { MachineAction, MachineInput, StepOutcome } from './inputs.ts';
import { failed, resultOf } from './machine.test-support.ts';
import { MutexTable } from './mutex-table.ts';

/** How an attempt of a step ends, as a test decides it. */
export type Outcomes = (step: NodeView, spec: StepSpec) => StepOutcome;

/** One execution in a `World`: a runner that checks what it is told to do against the contract. */
export class Runner {
  readonly id: string;
  readonly options: MachineOptions;
  machine: ExecutionMachine;
  journal: ExecutionRecord[] = [];
  readonly running = new Set<string>();
  readonly waiting = new Set<string>();
  undoing: string | undefined;
  readonly #world: World;
  /** Attempts of work that must not be done twice; forgotten with a reset. */
  readonly #begun = new Set<string>();
  #snapshot: { readonly json: Json; readonly after: number } | undefined;
  #progress = 0;

  constructor(id: string, options: MachineOptions, world: World) {
    this.id = id;
    this.options = options;
    this.machine = createMachine(options);
    this.#world = world;
  }

  spec(step: string): StepSpec {
    return stepAt(this.options.graph, this.node(step).spec);
  }

  node(step: string): NodeView {
    const node = this.machine.node(step);
    if (node === undefined) throw new Error(`there is no step ${step}`);
    return node;
  }

  /** `keep`: the power goes while the decision is written, and only so many records of it are kept. */
  tell(input: MachineInput, keep?: number): void {
    const before = JSON.stringify(this.machine.snapshot());
    const decided = this.machine.handle(input);
    if (!decided.ok) {
      const { code, message } = decided.failure;
      must(code === 'execution/not-now' || code === 'execution/not-found', message);
      must(
        JSON.stringify(this.machine.snapshot()) === before,
        'a refused control changed something',
      );
      return;
    }
    if (keep === undefined) this.take(decided.value);
    else for (const record of decided.value.records.slice(0, keep)) this.#write(record);
  }

  control(control: ExecutionControl, keep?: number): void {
    this.tell({ type: 'control', control, actor: { who: 'person' }, at: 0 }, keep);
  }

  take({ records, actions }: Decision): void {
    for (const record of records) this.#write(record);
    for (const action of actions) this.#act(action);
    must(this.machine.progress >= this.#progress, 'progress fell');
    this.#progress = this.machine.progress;
  }

  snapshot(): void {
    const json = JSON.parse(JSON.stringify(this.machine.snapshot())) as Json;
    this.#snapshot = { json, after: this.journal.length };
  }

  /** A new life. What the journal has is all there is, from its snapshot on or from the beginning. */
  revive(headless: boolean): Decision {
    const whole = createMachine(this.options);
    for (const record of this.journal) whole.replay(record);
    const recovered = whole.recover({ at: 1, headless });
    const kept = this.#snapshot;
    if (kept !== undefined && kept.after <= this.journal.length) {
      const short = restoreMachine(this.options, kept.json);
      for (const record of this.journal.slice(kept.after)) short.replay(record);
      const same = short.recover({ at: 1, headless });
      must(isDeepStrictEqual(same, recovered), 'a snapshot recovers otherwise');
      must(isDeepStrictEqual(short.nodes(), whole.nodes()), 'a snapshot has other nodes');
      must(short.progress === whole.progress, 'a snapshot has another progress');
    } else {
      this.#snapshot = undefined;
    }
    this.machine = whole;
    this.running.clear();
    this.waiting.clear();
    this.undoing = undefined;
    return recovered;
  }

  settle(step: string, outcome: StepOutcome, random: number, keep?: number): void {
    this.running.delete(step);
    this.tell({ type: 'settled', step, outcome, random, at: 0 }, keep);
  }

  /** Somebody will tell it something; else it stands at a status that says so. */
  checkAlive(): void {
    const { status } = this.machine;
    if (status === 'completed' || status === 'failed' || status === 'cancelled') {
      must(this.running.size === 0 && this.waiting.size === 0, 'it ended while something ran');
      const open = this.machine
        .nodes()
        .find((n) => n.status === 'pending' || n.status === 'running');
      must(open === undefined, `it ended without ${open?.name ?? ''}`);
      must(status !== 'completed' || this.machine.progress === 100, 'completed below 100 %');
      return;
    }
    if (status === 'paused') return;
    const isAsked = this.machine.nodes().some(({ interrupted }) => interrupted);
    must((status === 'interrupted') === isAsked, `${status}, but asked of a person: ${isAsked}`);
    const waits = this.#world.mutexes.waiting().some(({ holder }) => this.owns(holder));
    const isAlive = this.running.size > 0 || this.waiting.size > 0 || waits || isAsked;
    must(isAlive || this.undoing !== undefined, 'nothing goes on');
  }

  owns(holder: string): boolean {
    return holder.startsWith(`${this.id} `);
  }

  #write(record: ExecutionRecord): void {
    this.journal.push(record);
    if (record.type !== 'steps.reset') return;
    for (const step of record.steps) {
      for (const key of this.#begun) if (key.startsWith(`${step} `)) this.#begun.delete(key);
      // With a container its items are forgotten.
      for (const key of this.#begun) if (key.startsWith(`${step}[`)) this.#begun.delete(key);
    }
  }

  #act(action: MachineAction): void {
    const { step } = action;
    switch (action.type) {
      case 'run':
        this.#run(step, action.attempt);
        return;
      case 'acquire':
        this.#world.acquire(this, step, action.mutexes);
        return;
      case 'release':
        must(!this.running.has(step), `${step} gave its mutexes back while it ran`);
        this.#world.release(this, step);
        return;
      case 'wait':
        this.waiting.add(step);
        return;
      case 'cancel-wait':
        must(this.waiting.delete(step), `${step} did not wait`);
        return;
      case 'abort':
        must(this.running.has(step), `${step} does not run`);
        return;
      case 'undo':
        must(this.undoing === undefined && this.running.size === 0, 'undone beside something else');
        this.undoing = step;
    }
  }

  #run(step: string, attempt: number): void {
    const { graph } = this.options;
    const node = this.node(step);
    const spec = this.spec(step);
    must(!this.running.has(step), `${step} runs twice at a time`);
    must(this.running.size < graph.concurrency, 'more run than may');
    must(node.status === 'running' && node.attempts === attempt, `${step} is ${node.status}`);
    const before = new Set(spec.dependsOn);
    for (const name of before) {
      const { status } = this.node(name);
      const isMet = status === 'completed' || status === 'skipped';
      const isOver = status !== 'pending' && status !== 'running';
      must(spec.always ? isOver : isMet, `${step} began before ${name}`);
      // Directly or not: a step may read what any of them gave.
      for (const farther of this.spec(name).dependsOn) before.add(farther);
    }
    if (!spec.idempotent && !hasGuard(spec) && spec.forEach === undefined) {
      const key = `${step} ${attempt}`;
      must(!this.#begun.has(key), `${step} was begun twice`);
      this.#begun.add(key);
    }
    this.#world.checkExclusion(this, step, spec);
    this.running.add(step);
  }
}

/** Executions on one device, which share its mutexes and its power. */
export class World {
  mutexes = new MutexTable();
  readonly runners: readonly Runner[];
  #grants: string[] = [];

  constructor(executions: readonly MachineOptions[]) {
    this.runners = executions.map((options, index) => new Runner(`e${index}`, options, this));
  }

  begin(): void {
    for (const runner of this.runners) runner.tell({ type: 'begin', at: 0 });
    this.grant();
  }

  acquire(runner: Runner, step: string, names: readonly string[]): void {
    const holder = `${runner.id} ${step}`;
    if (this.mutexes.acquire(holder, names)) this.#grants.push(holder);
  }

  release(runner: Runner, step: string): void {
    const holder = `${runner.id} ${step}`;
    this.#grants = this.#grants.filter((each) => each !== holder);
    this.#grants.push(...this.mutexes.release(holder));
  }

  /** Tells everybody of the mutexes they hold since. */
  grant(): void {
    for (;;) {
      const holder = this.#grants.shift();
      if (holder === undefined) break;
      const runner = this.runners.find((each) => each.owns(holder));
      runner?.tell({ type: 'granted', step: holder.slice(runner.id.length + 1), at: 0 });
    }
    for (const runner of this.runners) runner.checkAlive();
  }

  crash(headless: boolean): void {
    this.mutexes = new MutexTable();
    this.#grants = [];
    const decisions = this.runners.map((runner) => runner.revive(headless));
    for (const [index, runner] of this.runners.entries()) {
      runner.take(decisions[index] ?? { records: [], actions: [] });
      must(runner.running.size === 0, 'a recovery began something');
    }
    this.begin();
  }

  checkExclusion(runner: Runner, step: string, spec: StepSpec): void {
    for (const other of this.runners) {
      for (const name of other.running) {
        const shared = other.spec(name).mutexes.find((mutex) => spec.mutexes.includes(mutex));
        const isContainer = spec.forEach !== undefined && runner.node(step).partOf === undefined;
        const other_ =
          other.spec(name).forEach !== undefined && other.node(name).partOf === undefined;
        must(shared === undefined || isContainer || other_, `${step} and ${name} share a mutex`);
      }
    }
  }
}

function hasGuard({ has, when }: StepSpec): boolean {
  return has.when || has.check || when !== undefined;
}

/** The outcome of `choice`: most go well. */
export function outcomeOf(choice: number, node: NodeView, spec: StepSpec): StepOutcome {
  const { name } = node;
  const isContainer = spec.forEach !== undefined && node.partOf === undefined;
  const kind = choice % 10;
  if (kind === 1) return { kind: 'failed', result: failed(name) };
  if (kind === 2) return { kind: 'failed', result: failed(name), final: true };
  if (kind === 3) {
    return { kind: 'skipped', result: resultOf(name, { skipped: true }), reason: 'when' };
  }
  if (kind === 4) return { kind: 'cancelled', result: failed(name, 'called off') };
  if (isContainer) {
    return { kind: 'expanded', items: Array.from({ length: choice % 4 }, (_, index) => index) };
  }
  const secretOutputs = choice % 3 === 0 ? ['token'] : undefined;
  const secrets = secretOutputs === undefined ? {} : { secretOutputs };
  return { kind: 'completed', result: resultOf(name), ...secrets };
}

function must(isTrue: boolean, otherwise: string): asserts isTrue {
  if (!isTrue) throw new Error(otherwise);
}
