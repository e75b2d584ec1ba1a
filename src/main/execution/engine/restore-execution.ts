import { fail, ok, type Result } from '#shared';
import { checkSteps } from '../graph/check-steps.ts';
import type { RecoveredExecution } from '../journal/execution-journal.ts';
import { createMachine, restoreMachine } from '../machine/create-machine.ts';
import type { Decision, ExecutionMachine } from '../machine/execution-machine.ts';
import type { EventLog } from './event-log.ts';
import type { ExecutionHeader, KeptRecord } from './header.ts';
import { LiveExecution, type EngineParts } from './live-execution.ts';
import { Projection, type ProjectionKept } from './projection.ts';

/** What of an execution a snapshot holds. */
interface Snapshot {
  readonly header: ExecutionHeader;
  readonly machine: Parameters<typeof restoreMachine>[1];
  readonly kept: ProjectionKept;
}

/** What the journal has of an execution, made whole again, before anything of it goes on. */
export interface Restored {
  readonly header: ExecutionHeader;
  readonly machine: ExecutionMachine;
  readonly projection: Projection;
  readonly graph: LiveExecution['graph'];
  readonly seq: number;
}

/** Folds what was written down of an execution. A failure names the execution and what is wrong with it. */
export function foldExecution(found: RecoveredExecution): Result<Restored> {
  try {
    return fold(found);
  } catch (thrown) {
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    return fail({
      code: 'execution/damaged',
      message: `The execution ${found.execution} cannot be read back: ${why}.`,
    });
  }
}

function fold(found: RecoveredExecution): Result<Restored> {
  const snapshot = found.snapshot as unknown as Snapshot | undefined;
  const records = found.records as unknown as readonly KeptRecord[];
  const first = records[0];
  const header = snapshot?.header ?? (first?.type === 'created' ? first.header : undefined);
  if (header === undefined) throw new Error('its first record is missing');
  const graph = checkSteps(header.steps);
  if (!graph.ok) return graph;
  const options = { graph: graph.value, weights: header.weights };
  const machine =
    snapshot === undefined ? createMachine(options) : restoreMachine(options, snapshot.machine);
  const projection = new Projection(found.execution, header);
  // Steps first: records are shown on top of them.
  projection.adopt(machine);
  if (snapshot !== undefined) projection.restore(snapshot.kept);
  for (const record of records) {
    if (record.type === 'created') continue;
    machine.replay(record);
    projection.apply(record, machine);
  }
  projection.adopt(machine);
  const seq = found.snapshotSeq + records.length;
  return ok({ header, machine, projection, graph: graph.value, seq });
}

/** As `foldExecution`, and decides what becomes of the steps that were under way. */
export function restoreExecution(
  found: RecoveredExecution,
  life: {
    readonly parts: EngineParts;
    readonly eventsOf: (executionId: string) => EventLog;
    /** Unix milliseconds. */
    readonly at: number;
  },
): Result<{ readonly execution: LiveExecution; readonly decision: Decision }> {
  const folded = foldExecution(found);
  if (!folded.ok) return folded;
  const { header, machine, projection } = folded.value;
  const decision = machine.recover({ at: life.at, headless: header.headless });
  projection.adopt(machine);
  const execution = new LiveExecution({
    ...folded.value,
    id: found.execution,
    machine,
    projection,
    events: life.eventsOf(found.execution),
    parts: life.parts,
  });
  return ok({ execution, decision });
}
