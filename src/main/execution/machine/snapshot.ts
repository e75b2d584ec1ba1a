import type { ExecutionStatus, Json, StepResult, StepStatus } from '#shared';
import type { ExecutionState, StopReason } from './execution-state.ts';
import type { StepNode } from './step-node.ts';

const FLAGS = [
  'waiting',
  'recovered',
  'working',
  'skipping',
  'aborted',
  'undone',
] as const satisfies readonly (keyof StepNode)[];

/** Of one node; what is as at the beginning is left out. */
interface NodeSnapshot {
  readonly status?: StepStatus;
  readonly attempts?: number;
  readonly startedAt?: number;
  readonly result?: StepResult;
  readonly reason?: string;
  readonly secretOutputs?: readonly string[];
  readonly flags?: readonly (typeof FLAGS)[number][];
  readonly interrupted?: boolean;
  readonly worked?: boolean;
  readonly endOrder?: number;
  readonly blockedBy?: string;
  readonly children?: readonly (NodeSnapshot & { readonly item: Json })[];
}

interface StateSnapshot {
  readonly status: ExecutionStatus;
  readonly reason?: string;
  readonly progress: number;
  readonly stopReason?: StopReason;
  readonly isFailing: boolean;
  readonly solo?: { step: string; whilePaused: boolean; stoppedBefore?: StopReason };
  readonly undoing?: string;
  readonly ends: number;
  /** By index of the graph. */
  readonly steps: readonly NodeSnapshot[];
}

/** All that the records said, as JSON. */
export function snapshotOf(state: ExecutionState): Json {
  const { solo, table } = state;
  const snapshot: StateSnapshot = {
    status: state.status,
    ...(state.reason === undefined ? {} : { reason: state.reason }),
    progress: state.progress,
    ...(state.stopReason === undefined ? {} : { stopReason: state.stopReason }),
    isFailing: state.isFailing,
    ...(solo === undefined
      ? {}
      : {
          solo: {
            step: solo.node.name,
            whilePaused: solo.whilePaused,
            ...(solo.stoppedBefore === undefined ? {} : { stoppedBefore: solo.stoppedBefore }),
          },
        }),
    ...(state.undoing === undefined ? {} : { undoing: state.undoing.name }),
    ends: table.ends,
    steps: table.steps.map((node) => ofNode(node)),
  };
  return snapshot as unknown as Json;
}

function ofNode(node: StepNode): NodeSnapshot {
  const flags = FLAGS.filter((flag) => node[flag]);
  return {
    ...(node.status === 'pending' ? {} : { status: node.status }),
    ...(node.attempts === 0 ? {} : { attempts: node.attempts }),
    ...(node.startedAt === undefined ? {} : { startedAt: node.startedAt }),
    ...(node.result === undefined ? {} : { result: node.result }),
    ...(node.reason === undefined ? {} : { reason: node.reason }),
    ...(node.secretOutputs.length === 0 ? {} : { secretOutputs: node.secretOutputs }),
    ...(flags.length === 0 ? {} : { flags }),
    ...(node.interrupted ? { interrupted: true } : {}),
    ...(node.worked ? { worked: true } : {}),
    ...(node.endOrder === 0 ? {} : { endOrder: node.endOrder }),
    ...(node.blockedBy === undefined ? {} : { blockedBy: node.blockedBy.name }),
    ...(node.children === undefined
      ? {}
      : { children: node.children.map((c) => ({ ...ofNode(c), item: c.item ?? null })) }),
  };
}

/** Fills a fresh state. The snapshot is one of `snapshotOf`, of the same graph. */
export function restoreState(state: ExecutionState, json: Json): void {
  const snapshot = json as unknown as StateSnapshot;
  const { table } = state;
  for (const [index, saved] of snapshot.steps.entries()) {
    const node = table.steps[index];
    if (node !== undefined) restoreNode(state, node, saved);
  }
  table.ends = snapshot.ends;
  state.status = snapshot.status;
  state.reason = snapshot.reason;
  state.progress = snapshot.progress;
  state.stopReason = snapshot.stopReason;
  state.isFailing = snapshot.isFailing;
  state.undoing = snapshot.undoing === undefined ? undefined : table.known(snapshot.undoing);
  if (snapshot.solo !== undefined) {
    const { step, whilePaused, stoppedBefore } = snapshot.solo;
    state.solo = { node: table.known(step), whilePaused, stoppedBefore };
  }
}

function restoreNode(state: ExecutionState, node: StepNode, saved: NodeSnapshot): void {
  const { table } = state;
  if (saved.children !== undefined) {
    table.move(node, 'running');
    table.expand(
      node,
      saved.children.map(({ item }) => item),
    );
    for (const [index, child] of (node.children ?? []).entries()) {
      const savedChild = saved.children[index];
      if (savedChild !== undefined) restoreNode(state, child, savedChild);
    }
  }
  node.attempts = saved.attempts ?? 0;
  node.startedAt = saved.startedAt;
  node.result = saved.result;
  node.reason = saved.reason;
  node.secretOutputs = saved.secretOutputs ?? [];
  for (const flag of saved.flags ?? []) node[flag] = true;
  table.setInterrupted(node, saved.interrupted === true);
  table.setWorked(node, saved.worked === true);
  table.move(node, saved.status ?? 'pending');
  if (node.waiting) node.isReady = false;
  node.endOrder = saved.endOrder ?? 0;
  node.blockedBy = saved.blockedBy === undefined ? undefined : table.get(saved.blockedBy);
}
