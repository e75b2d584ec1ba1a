import type { ExecutionStatus, Json, StepResult, StepStatus } from '#shared';
import type { ExecutionState, StopReason } from './execution-state.ts';
import type { NodeTable } from './node-table.ts';
import type { StepNode } from './step-node.ts';

/** One node as a snapshot has it; what stands at its default is left out. */
interface KeptNode {
  readonly status?: StepStatus;
  readonly attempts?: number;
  readonly startedAt?: number;
  readonly result?: StepResult;
  readonly reason?: string;
  readonly secretOutputs?: readonly string[];
  readonly endOrder?: number;
  readonly blockedBy?: string;
  readonly flags?: readonly Flag[];
  /** Of a container that has its children. */
  readonly items?: readonly Json[];
  readonly children?: readonly KeptNode[];
}

const FLAGS = [
  'waiting',
  'interrupted',
  'recovered',
  'working',
  'skipping',
  'aborted',
  'worked',
  'undone',
] as const;
type Flag = (typeof FLAGS)[number];

interface KeptState {
  readonly nodes: readonly KeptNode[];
  readonly ends: number;
  readonly status: ExecutionStatus;
  readonly reason?: string;
  readonly progress: number;
  readonly stopReason?: StopReason;
  readonly isFailing: boolean;
  readonly solo?: {
    readonly node: string;
    readonly whilePaused: boolean;
    readonly stoppedBefore?: StopReason;
  };
  readonly undoing?: string;
}

/** Everything that the records so far have said. JSON. */
export function snapshotState(state: ExecutionState): Json {
  const { table, status, reason, progress, stopReason, isFailing, solo, undoing } = state;
  const kept: KeptState = {
    nodes: table.steps.map(keep),
    ends: table.ends,
    status,
    progress,
    isFailing,
    ...(reason === undefined ? {} : { reason }),
    ...(stopReason === undefined ? {} : { stopReason }),
    ...(solo === undefined ? {} : { solo: keepSolo(solo) }),
    ...(undoing === undefined ? {} : { undoing: undoing.name }),
  };
  return kept as unknown as Json;
}

/** Puts a state that has taken in nothing where the snapshot was taken. */
export function restoreState(state: ExecutionState, snapshot: Json): void {
  const kept = snapshot as unknown as KeptState;
  const { table } = state;
  for (const [index, node] of table.steps.entries()) restore(table, node, kept.nodes[index] ?? {});
  for (const [index, node] of table.steps.entries()) relate(table, node, kept.nodes[index] ?? {});
  table.ends = kept.ends;
  state.status = kept.status;
  state.reason = kept.reason;
  state.progress = kept.progress;
  state.stopReason = kept.stopReason;
  state.isFailing = kept.isFailing;
  if (kept.solo !== undefined) {
    const { node, whilePaused, stoppedBefore } = kept.solo;
    state.solo = { node: table.known(node), whilePaused, stoppedBefore };
  }
  if (kept.undoing !== undefined) state.undoing = table.known(kept.undoing);
}

function keepSolo({ node, whilePaused, stoppedBefore }: NonNullable<ExecutionState['solo']>) {
  return {
    node: node.name,
    whilePaused,
    ...(stoppedBefore === undefined ? {} : { stoppedBefore }),
  };
}

function keep(node: StepNode): KeptNode {
  const { status, attempts, startedAt, result, reason, secretOutputs, endOrder, children } = node;
  const flags = FLAGS.filter((flag) => node[flag]);
  return {
    ...(status === 'pending' ? {} : { status }),
    ...(attempts === 0 ? {} : { attempts }),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(result === undefined ? {} : { result }),
    ...(reason === undefined ? {} : { reason }),
    ...(secretOutputs.length === 0 ? {} : { secretOutputs }),
    ...(endOrder === 0 ? {} : { endOrder }),
    ...(node.blockedBy === undefined ? {} : { blockedBy: node.blockedBy.name }),
    ...(flags.length === 0 ? {} : { flags }),
    ...(children === undefined
      ? {}
      : { items: children.map(({ item }) => item ?? null), children: children.map(keep) }),
  };
}

function restore(table: NodeTable, node: StepNode, kept: KeptNode): void {
  const has = (flag: Flag): boolean => kept.flags?.includes(flag) === true;
  if (kept.items !== undefined) {
    table.move(node, 'running');
    table.expand(node, kept.items);
    for (const [index, child] of (node.children ?? []).entries()) {
      restore(table, child, kept.children?.[index] ?? {});
    }
  }
  node.attempts = kept.attempts ?? 0;
  node.startedAt = kept.startedAt;
  node.result = kept.result;
  node.reason = kept.reason;
  node.secretOutputs = kept.secretOutputs ?? [];
  node.recovered = has('recovered');
  node.working = has('working');
  node.skipping = has('skipping');
  node.aborted = has('aborted');
  node.undone = has('undone');
  node.waiting = has('waiting');
  if (node.waiting) node.isReady = false;
  table.setWorked(node, has('worked'));
  table.setInterrupted(node, has('interrupted'));
  table.move(node, kept.status ?? 'pending');
  node.endOrder = kept.endOrder ?? 0;
}

/** What points at other nodes, once all of them are there. */
function relate(table: NodeTable, node: StepNode, kept: KeptNode): void {
  if (kept.blockedBy !== undefined) node.blockedBy = table.get(kept.blockedBy);
  for (const [index, child] of (node.children ?? []).entries()) {
    relate(table, child, kept.children?.[index] ?? {});
  }
}
