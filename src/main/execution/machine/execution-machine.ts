import type { ExecutionStatus, Json, Result, StepResult, StepStatus } from '#shared';
import type { StepGraph } from '../graph/step-graph.ts';
import type { ExecutionRecord } from '../records.ts';
import type { MachineAction, MachineInput } from './inputs.ts';

/** What an input came to: what to write down, and what to do when that is on the disk. */
export interface Decision {
  readonly records: readonly ExecutionRecord[];
  readonly actions: readonly MachineAction[];
}

/** One node of the graph, children of a `forEach` included. */
export interface NodeView {
  readonly name: string;
  /** Index of its spec in the graph. */
  readonly spec: number;
  readonly status: StepStatus;
  readonly attempts: number;
  readonly result: StepResult | undefined;
  readonly reason: string | undefined;
  readonly interrupted: boolean;
  /** Waits between two attempts. */
  readonly waiting: boolean;
  readonly startedAt: number | undefined;
  readonly percent: number | undefined;
  readonly partOf: string | undefined;
  readonly item: Json | undefined;
  readonly index: number | undefined;
  readonly secretOutputs: readonly string[];
}

/**
 * One execution as a deterministic machine: no clock, no randomness, no input or output. It is
 * mutable, for speed; the same inputs in the same order always give the same decisions.
 */
export interface ExecutionMachine {
  /** Decides, and takes the decision into its own state at once. Nonsense in a control is a failure. */
  handle(input: MachineInput): Result<Decision>;
  /** Takes in a record of an earlier life, deciding nothing. */
  replay(record: ExecutionRecord): void;
  /** After the last `replay`: what was under way becomes `pending` again, or waits for a person. */
  recover(options: { readonly at: number; readonly headless: boolean }): Decision;
  /** JSON; `restoreMachine` makes the machine of it again. */
  snapshot(): Json;
  readonly status: ExecutionStatus;
  readonly reason: string | undefined;
  /** 0..100, whole; never falls. */
  readonly progress: number;
  node(step: string): NodeView | undefined;
  /** All nodes, in declared order, children after their container. */
  nodes(): readonly NodeView[];
  /** Of the step that made it fail, the first one. */
  readonly failedStep: string | undefined;
}

export interface MachineOptions {
  readonly graph: StepGraph;
  /** By index of the graph: declared or learned weights. */
  readonly weights: readonly number[];
}

export type CreateMachine = (options: MachineOptions) => ExecutionMachine;
export type RestoreMachine = (options: MachineOptions, snapshot: Json) => ExecutionMachine;
