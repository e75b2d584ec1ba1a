import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { ExecutionEvent, ExecutionView, Result } from '#shared';
import { checkSteps } from '../../graph/check-steps.ts';
import { aStep } from '../../graph/step.test-support.ts';
import type { StepGraphSpec, StepSpec } from '../../step-spec.ts';
import { openExecutionEngine, type EngineOptions, type OpenEngine } from '../create-engine.ts';
import type { ExecutionEngine, StartExecution } from '../execution-engine.ts';
import { createExecutionLogs } from '../execution-logs.ts';
import type { StepPerformer } from '../step-performer.ts';

/** Who acts in tests. */
export const PERSON = { who: 'person' };

/** The real engine over a real journal, in a folder of its own. */
export class EngineRig {
  readonly home: string;
  /** What the engine said to the log of the app. */
  readonly logged: string[] = [];
  #engine: OpenEngine | undefined;

  private constructor(home: string) {
    this.home = home;
  }

  static async make(): Promise<EngineRig> {
    return new EngineRig(await mkdtemp(path.join(tmpdir(), 'firstlight-engine-')));
  }

  get journalFolder(): string {
    return path.join(this.home, 'journal');
  }

  /** Starts the engine; one that is up goes first, as at the end of the app. */
  async open(options: Partial<EngineOptions> = {}): Promise<OpenEngine> {
    await this.#engine?.dispose();
    const opened = await openExecutionEngine({
      journalFolder: this.journalFolder,
      logs: createExecutionLogs(path.join(this.home, 'logs')),
      onLog: (level, text) => void this.logged.push(`${level}: ${text}`),
      ...options,
    });
    this.#engine = valueOf(opened);
    return this.#engine;
  }

  /** Everything in the home, as one text: to look for what must not be there. */
  async allBytes(): Promise<string> {
    const entries = await readdir(this.home, { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    const texts = files.map(({ parentPath, name }) => readFile(path.join(parentPath, name)));
    return Buffer.concat(await Promise.all(texts)).toString('latin1');
  }

  async remove(): Promise<void> {
    await this.#engine?.dispose();
    this.#engine = undefined;
    await rm(this.home, { recursive: true });
  }
}

export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

/** What an execution of a plugin is begun with. */
export function requestOf(
  steps: readonly StepSpec[],
  performer: StepPerformer,
  fields: Partial<StartExecution & Pick<StepGraphSpec, 'concurrency' | 'rollback'>> = {},
): StartExecution {
  const { concurrency = 4, rollback = false, ...rest } = fields;
  const inputs = rest.inputs ?? {};
  return {
    type: 'plugin',
    name: 'sample',
    graph: valueOf(checkSteps({ steps, concurrency, rollback }, { inputs: Object.keys(inputs) })),
    performer,
    inputs,
    owner: 'api',
    identity: { plugin: 'sample' },
    actor: { who: 'api', from: '127.0.0.1' },
    ...rest,
  };
}

/** Begins an execution and listens to it from its first event on. */
export async function begin(engine: ExecutionEngine, request: StartExecution): Promise<Started> {
  const { executionId: id } = valueOf(await engine.start(request));
  return listen(engine, id);
}

/** Hears an execution that is there. */
export function listen(engine: ExecutionEngine, id: string): Started {
  const events: ExecutionEvent[] = [];
  engine.subscribe(id, undefined, (event) => void events.push(event));
  const view = (): ExecutionView => {
    const found = engine.get(id);
    if (found === undefined) throw new Error(`there is no execution ${id}`);
    return found;
  };
  return {
    id,
    events,
    view,
    ended: () => engine.whenEnded(id),
    until: (holds) =>
      new Promise((resolve) => {
        let isDone = false;
        const look = (): void => {
          if (isDone || !holds(view())) return;
          isDone = true;
          subscription?.unsubscribe();
          resolve(view());
        };
        const subscription = engine.subscribe(id, events.at(-1)?.id, look);
        look();
      }),
  };
}

export interface Started {
  readonly id: string;
  /** All so far. */
  readonly events: readonly ExecutionEvent[];
  view(): ExecutionView;
  ended(): Promise<ExecutionView>;
  /** Resolves when an event comes after which the view is so; at once where it is. */
  until(holds: (view: ExecutionView) => boolean): Promise<ExecutionView>;
}

/** What happened, short: `StepStart a`, `ExecutionStatus completed`. */
export function told(events: readonly ExecutionEvent[]): readonly string[] {
  return events.map((event) => {
    if (event.type === 'ExecutionStatus') return `${event.type} ${event.status}`;
    return 'stepName' in event ? `${event.type} ${event.stepName}` : event.type;
  });
}

/** How each step stands: `a completed`. */
export function standing({ steps }: ExecutionView): readonly string[] {
  return steps.map(({ name, status }) => `${name} ${status}`);
}

/** Steps in a row, each after the one before. */
export function chain(...names: readonly string[]): readonly StepSpec[] {
  return names.map((name, index) => aStep(name, { dependsOn: names.slice(0, index).slice(-1) }));
}

/** A door that work waits at until the test opens it. */
export function door(): { readonly opened: Promise<void>; open(): void } {
  let open = (): void => undefined;
  const opened = new Promise<void>((resolve) => (open = resolve));
  return { opened, open: () => open() };
}
