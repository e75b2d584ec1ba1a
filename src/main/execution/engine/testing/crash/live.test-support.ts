import type { ExecutionView } from '#shared';
import { checkSteps } from '../../../graph/check-steps.ts';
import { isFinal } from '../../../records.ts';
import type { OpenEngine } from '../../create-engine.ts';
import { casePerformer } from './case-performer.test-support.ts';
import type { Ledger } from './ledger.test-support.ts';
import type { CrashCase, CrashExecution } from './random-case.test-support.ts';

const PERSON = { who: 'person' };

/**
 * One life of the app: begins what is not there yet, goes on with what an earlier life left, and resolves
 * when all have ended. A person, where there is one, skips what was interrupted.
 */
export async function live(
  { executions, hasPerson }: CrashCase,
  engine: OpenEngine,
  ledger: Ledger,
): Promise<readonly ExecutionView[]> {
  return Promise.all(
    executions.map(async (execution) => {
      const id = await goOn(execution, hasPerson, engine, ledger);
      return engine.whenEnded(id);
    }),
  );
}

async function goOn(
  execution: CrashExecution,
  hasPerson: boolean,
  engine: OpenEngine,
  ledger: Ledger,
): Promise<string> {
  const { name } = execution;
  const performer = casePerformer(execution, ledger);
  const life = { performer, inputs: {}, headless: !hasPerson };
  const left = engine.list().find((each) => each.name === name);
  if (left === undefined) {
    const graph = checkSteps(execution);
    if (!graph.ok) throw new Error(graph.failure.message);
    const started = await engine.start({
      ...life,
      type: 'plugin',
      name,
      graph: graph.value,
      owner: 'api',
      identity: { plugin: name },
      actor: PERSON,
    });
    if (!started.ok) throw new Error(started.failure.message);
    listen(name, started.value.executionId, engine, ledger);
    return started.value.executionId;
  }
  const { executionId: id } = left;
  const view = engine.get(id);
  // Ended on the disk, though the life before may have ended before it could tell.
  for (const step of view?.steps ?? []) {
    if (step.status !== 'completed' && step.status !== 'skipped') continue;
    ledger.add({ what: 'ack', execution: name, step: step.name, number: 1 });
  }
  listen(name, id, engine, ledger);
  if (view === undefined || isFinal(view.status)) return id;
  const adopted = await engine.adopt(id, life);
  if (!adopted.ok) throw new Error(adopted.failure.message);
  for (const { name: step, interrupted } of engine.get(id)?.steps ?? []) {
    if (interrupted !== true) continue;
    const skipped = await engine.control(id, { type: 'skip', step }, PERSON);
    if (!skipped.ok) throw new Error(skipped.failure.message);
  }
  return id;
}

/** Writes down what the engine shows, at the moment at which it shows it. */
function listen(name: string, id: string, engine: OpenEngine, ledger: Ledger): void {
  let shown = -1;
  const look = (): void => {
    const progress = engine.get(id)?.progress ?? 0;
    if (progress !== shown) {
      ledger.add({ what: 'progress', execution: name, step: '-', number: progress });
    }
    shown = progress;
  };
  look();
  engine.subscribe(id, undefined, (event) => {
    if (event.type === 'StepEnd' && event.success) {
      ledger.add({ what: 'ack', execution: name, step: event.stepName, number: 1 });
    }
    look();
  });
}
