import type { Json, StepResult, StepStatus } from '#shared';
import type { StepSpec } from '../step-spec.ts';
import type { NodeView } from './execution-machine.ts';

/** Where a node stands with the table of mutexes. */
type Ticket = 'none' | 'asked' | 'held';

// Children of a container come after it and before the next declared step.
const ORDERS_PER_STEP = 2 ** 24;

/**
 * What the machine knows of one node. All fields that change are changed by `ExecutionState`, except
 * for those of the life under way (at the end), which no record tells of.
 */
export class StepNode {
  readonly name: string;
  readonly spec: StepSpec;
  /** Of its spec in the graph. */
  readonly specIndex: number;
  /** Lower ones go first where several could. */
  readonly order: number;
  readonly isAlways: boolean;
  readonly isForEach: boolean;
  /** Share of the progress bar. */
  readonly weight: number;
  readonly container: StepNode | undefined;
  readonly item: Json | undefined;
  readonly itemIndex: number | undefined;
  dependencies: readonly StepNode[] = [];
  dependents: readonly StepNode[] = [];

  status: StepStatus = 'pending';
  attempts = 0;
  startedAt: number | undefined = undefined;
  result: StepResult | undefined = undefined;
  reason: string | undefined = undefined;
  secretOutputs: readonly string[] = [];
  waiting = false;
  interrupted = false;
  /** It was under way at a crash: it may end, even where nothing else is to begin. */
  recovered = false;
  /** The work of a step that must not run twice has begun. */
  working = false;
  /** A person skipped it while it ran. */
  skipping = false;
  /** It ran when the execution was stopped. */
  aborted = false;
  /** It began its work, and that was not undone since. */
  worked = false;
  /** Its work was undone: it does not count as done when the execution is opened again. */
  undone = false;
  /** Counts up over the ends of all nodes, for undoing newest first. */
  endOrder = 0;
  /** Its share of the progress bar that is done. */
  counted = 0;
  children: readonly StepNode[] | undefined = undefined;
  openChildren = 0;
  /** The failed step that keeps it from running. */
  blockedBy: StepNode | undefined = undefined;

  isReady = false;
  ticket: Ticket = 'none';
  percent: number | undefined = undefined;
  /** Of its share, what it has said to be done. */
  reported = 0;
  /** Its secret outputs went with an earlier life of the app. */
  secretsLost = false;
  /** Clean-up that it depends on, and that has not ended, or waits itself; while cleaning up. */
  unmetCleanUps = 0;

  constructor(options: {
    readonly name: string;
    readonly spec: StepSpec;
    readonly specIndex: number;
    readonly weight: number;
    readonly container?: StepNode;
    readonly item?: Json;
    readonly itemIndex?: number;
  }) {
    this.name = options.name;
    this.spec = options.spec;
    this.specIndex = options.specIndex;
    this.weight = options.weight;
    this.container = options.container;
    this.item = options.item;
    this.itemIndex = options.itemIndex;
    this.order =
      options.specIndex * ORDERS_PER_STEP +
      (options.itemIndex === undefined ? 0 : options.itemIndex + 1);
    this.isAlways = options.spec.always;
    this.isForEach =
      options.container === undefined &&
      (options.spec.has.forEach || options.spec.forEach !== undefined);
  }

  /** Neither ended nor settled. */
  get isOpen(): boolean {
    return this.status === 'pending' || this.status === 'running';
  }

  get isSatisfied(): boolean {
    return this.status === 'completed' || this.status === 'skipped';
  }

  /** Runs by itself, and so takes one of the places: not a container whose children run. */
  get takesSlot(): boolean {
    return this.status === 'running' && this.children === undefined;
  }

  /** Has a guard that is asked before its work begins. */
  get hasGuard(): boolean {
    return this.spec.has.when || this.spec.has.check || this.spec.when !== undefined;
  }

  /** Undone by itself: children are, containers are not, and clean-up comes after all undoing. */
  get canBeUndone(): boolean {
    return this.spec.has.undo && !this.isForEach && !this.isAlways;
  }

  view(): NodeView {
    return {
      name: this.name,
      spec: this.specIndex,
      status: this.status,
      attempts: this.attempts,
      result: this.result,
      reason: this.status === 'blocked' ? this.blockedBy?.name : this.reason,
      interrupted: this.interrupted,
      waiting: this.waiting,
      startedAt: this.startedAt,
      percent: this.percent,
      partOf: this.container?.name,
      item: this.item,
      index: this.itemIndex,
      secretOutputs: this.secretOutputs,
    };
  }
}
