import type { ExecutionControl, Failure, Json, StepResult } from '#shared';
import { checkSteps } from '../graph/check-steps.ts';
import type { StepGraph } from '../graph/step-graph.ts';
import { weightsOf } from '../graph/weights.ts';
import type { ExecutionRecord } from '../records.ts';
import type { StepGraphSpec, StepSpec } from '../step-spec.ts';
import { createMachine, restoreMachine } from './create-machine.ts';
import type { Decision, ExecutionMachine, MachineOptions } from './execution-machine.ts';
import type { MachineAction, MachineInput, StepOutcome } from './inputs.ts';

/** The machine's options for steps that are right. */
export function optionsOf(
  steps: readonly StepSpec[],
  limits: Partial<Omit<StepGraphSpec, 'steps'>> = {},
): MachineOptions & { readonly graph: StepGraph } {
  const checked = checkSteps({ steps, concurrency: 4, rollback: false, ...limits });
  if (!checked.ok) throw new Error(checked.failure.message);
  const graph = checked.value;
  return { graph, weights: weightsOf(graph, () => undefined) };
}

/** What a runner reports of an attempt that ended in `kind`. */
export function resultOf(step: string, fields: Partial<StepResult> = {}): StepResult {
  return {
    stepName: step,
    success: true,
    skipped: false,
    output: '',
    durationSeconds: 1,
    attempts: 1,
    outputs: {},
    ...fields,
  };
}

export function failed(step: string, errorMessage = `${step} failed`): StepResult {
  return resultOf(step, { success: false, errorMessage });
}

/** A machine driven by hand, with one short line for each thing that it decided. */
export class MachineRig {
  readonly options: MachineOptions;
  machine: ExecutionMachine;
  /** All records so far, as a journal would have them. */
  readonly journal: ExecutionRecord[] = [];
  #lines: string[] = [];
  #at = 0;

  constructor(
    steps: readonly StepSpec[],
    limits: Partial<Omit<StepGraphSpec, 'steps'>> & { readonly weights?: readonly number[] } = {},
  ) {
    const { weights, ...rest } = limits;
    const options = optionsOf(steps, rest);
    this.options = weights === undefined ? options : { ...options, weights };
    this.machine = createMachine(this.options);
  }

  begin(): this {
    return this.input({ type: 'begin', at: this.#tick() });
  }

  completes(step: string, outputs: { readonly [name: string]: Json } = {}, secrets?: string[]) {
    const result = resultOf(step, { outputs });
    return this.settles(step, {
      kind: 'completed',
      result,
      ...(secrets === undefined ? {} : { secretOutputs: secrets }),
    });
  }

  fails(step: string, options: { readonly final?: boolean; readonly random?: number } = {}): this {
    const { final = false, random = 0.5 } = options;
    return this.settles(step, { kind: 'failed', result: failed(step), final }, random);
  }

  isSkipped(step: string, reason: 'check' | 'when' = 'check'): this {
    return this.settles(step, {
      kind: 'skipped',
      result: resultOf(step, { skipped: true }),
      reason,
    });
  }

  isCancelled(step: string): this {
    return this.settles(step, { kind: 'cancelled', result: failed(step, 'called off') });
  }

  expands(step: string, items: readonly Json[]): this {
    return this.settles(step, { kind: 'expanded', items });
  }

  settles(step: string, outcome: StepOutcome, random = 0.5): this {
    return this.input({ type: 'settled', step, outcome, random, at: this.#tick() });
  }

  isGranted(step: string): this {
    return this.input({ type: 'granted', step, at: this.#tick() });
  }

  isDue(step: string): this {
    return this.input({ type: 'due', step, at: this.#tick() });
  }

  isUndone(step: string, error?: string): this {
    const success = error === undefined;
    const why = success ? {} : { error };
    return this.input({ type: 'undone', step, success, ...why, at: this.#tick() });
  }

  works(step: string): this {
    return this.input({ type: 'working', step });
  }

  says(step: string, percent: number): this {
    return this.input({ type: 'progressed', step, percent });
  }

  /** A control that is expected to make sense. */
  control(control: ExecutionControl): this {
    return this.input({ type: 'control', control, actor: { who: 'person' }, at: this.#tick() });
  }

  /** A control that is expected to be refused. */
  refused(control: ExecutionControl): Failure {
    const actor = { who: 'person' };
    const decided = this.machine.handle({ type: 'control', control, actor, at: this.#tick() });
    if (decided.ok) throw new Error(`${control.type} was not refused`);
    return decided.failure;
  }

  input(input: MachineInput): this {
    const decided = this.machine.handle(input);
    if (!decided.ok) throw new Error(decided.failure.message);
    return this.#take(decided.value);
  }

  /** The power goes, after all that was decided was written. What `recover` decides is in the story. */
  crash(options: { readonly headless?: boolean; readonly kept?: number } = {}): this {
    this.journal.splice(options.kept ?? this.journal.length);
    this.machine = createMachine(this.options);
    for (const record of this.journal) this.machine.replay(record);
    const headless = options.headless ?? false;
    return this.#take(this.machine.recover({ at: this.#tick(), headless }));
  }

  /** As `crash`, from a snapshot. */
  restore(): this {
    const snapshot = JSON.parse(JSON.stringify(this.machine.snapshot())) as Json;
    this.machine = restoreMachine(this.options, snapshot);
    return this.#take(this.machine.recover({ at: this.#tick(), headless: false }));
  }

  /** What was decided since the last call, a line for each thing. */
  story(): readonly string[] {
    return this.#lines.splice(0);
  }

  /** The steps as they stand: `a completed`. */
  standing(): readonly string[] {
    return this.machine.nodes().map(({ name, status }) => `${name} ${status}`);
  }

  #take({ records, actions }: Decision): this {
    this.journal.push(...records);
    this.#lines.push(...records.flatMap(lineOfRecord), ...actions.flatMap(lineOfAction));
    return this;
  }

  #tick(): number {
    this.#at += 1000;
    return this.#at;
  }
}

function lineOfRecord(record: ExecutionRecord): readonly string[] {
  switch (record.type) {
    case 'step.running':
      return [`${record.step} runs${record.attempt === 1 ? '' : ` again (${record.attempt})`}`];
    case 'step.working':
      return [`${record.step} works`];
    case 'step.expanded':
      return [`${record.step} has ${record.items.length} items`];
    case 'step.waiting':
      return [`${record.step} failed (${record.attempt})`];
    case 'step.ended':
      return [
        `${record.step} ${record.status}${record.reason === undefined ? '' : `: ${record.reason}`}`,
      ];
    case 'steps.settled':
      return [`${record.status}: ${record.steps.join(', ')}`];
    case 'steps.reset':
      return [`reset: ${record.steps.join(', ')}`];
    case 'steps.recovered':
      return [`recovered: ${record.steps.join(', ')}`];
    case 'step.interrupted':
      return [`${record.step} interrupted`];
    case 'undo.began':
      return [`undo ${record.step}`];
    case 'undo.ended':
      return [`${record.success ? 'undone' : 'not undone'} ${record.step}`];
    case 'progress':
      return [`${record.percent} %`];
    case 'status':
      return [`= ${record.status}${record.reason === undefined ? '' : ` (${record.reason})`}`];
    case 'controlled':
    case 'asked':
    case 'answered':
      return [];
  }
}

function lineOfAction(action: MachineAction): readonly string[] {
  switch (action.type) {
    // Beside their records.
    case 'run':
    case 'undo':
      return [];
    case 'acquire':
      return [`acquire ${action.mutexes.join(', ')} for ${action.step}`];
    case 'wait':
      return [`wait ${action.delayMs} ms for ${action.step}`];
    case 'release':
    case 'cancel-wait':
    case 'abort':
      return [`${action.type} ${action.step}`];
  }
}
