import type { Json } from '#shared';
import type { ExecutionSnapshot, RecoveredExecution } from './execution-journal.ts';
import type { RecordLine } from './journal-lines.ts';

/** Puts the records of executions together again, and knows what is missing. */
export interface Replay {
  /** The next whole line. */
  take(line: RecordLine): void;
  /** Here so many records of unknown executions were lost; `Infinity` where nobody knows how many. */
  lose(count: number): void;
  finish(): {
    readonly executions: readonly RecoveredExecution[];
    /** Executions whose first record was lost: nothing can be done with the rest. */
    readonly beheaded: readonly string[];
  };
}

interface Replayed {
  readonly snapshot: ExecutionSnapshot | undefined;
  readonly records: Json[];
  /** The `seq` that `records` goes on with. */
  next: number;
  /** The highest `seq` that was seen. */
  seen: number;
  /** How many times records had been lost when its last one was seen. */
  losses: number;
}

/** Begins with what a snapshot holds. */
export function createReplay(snapshots: readonly ExecutionSnapshot[]): Replay {
  const executions = new Map<string, Replayed>(
    snapshots.map((snapshot) => [snapshot.execution, begin(snapshot, 0)]),
  );
  let losses = 0;
  let lost = 0;
  /** Lost records that are known to be those of an execution, because its `seq` jumps. */
  let explained = 0;

  function isDamaged(execution: Replayed): boolean {
    if (execution.seen >= execution.next) return true;
    // A record after the loss proves that it lost none; so does it when all lost ones are others'.
    return execution.losses < losses && lost > explained;
  }

  return {
    take: ({ e, s, r }) => {
      let execution = executions.get(e);
      if (execution === undefined) {
        execution = begin(undefined, losses);
        executions.set(e, execution);
      }
      // What a snapshot holds already may follow it.
      if (s < execution.next) return;
      // Below what was seen: a life of the app that found the gap went on from before it.
      explained += Math.max(0, s - execution.seen - 1);
      execution.seen = s;
      execution.losses = losses;
      if (s > execution.next) return;
      execution.records.push(r);
      execution.next += 1;
    },
    lose: (count) => {
      losses += 1;
      lost += count;
    },
    finish: () => {
      const all = [...executions].map(([execution, replayed]) => ({ execution, replayed }));
      const isBeheaded = ({ replayed }: (typeof all)[number]): boolean =>
        replayed.snapshot === undefined && replayed.next === 1;
      return {
        beheaded: all.filter(isBeheaded).map(({ execution }) => execution),
        executions: all
          .filter((found) => !isBeheaded(found))
          .map(({ execution, replayed }) => ({
            execution,
            snapshot: replayed.snapshot?.state,
            snapshotSeq: replayed.snapshot?.seq ?? 0,
            records: replayed.records,
            damaged: isDamaged(replayed),
          })),
      };
    },
  };
}

function begin(snapshot: ExecutionSnapshot | undefined, losses: number): Replayed {
  const seq = snapshot?.seq ?? 0;
  return { snapshot, records: [], next: seq + 1, seen: seq, losses };
}
