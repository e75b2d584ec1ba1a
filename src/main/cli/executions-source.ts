import { fail, ok, type ExecutionSummary, type ExecutionView, type Result } from '#shared';
import { createExecutionLogs } from '../execution/engine/execution-logs.ts';
import { readExecutions } from '../execution/engine/read-executions.ts';
import { homeUser } from '../state/home-lock.ts';
import { homePaths } from '../state/home.ts';
import { connectApi, type ApiClient } from './executions-client.ts';

/** What can be had of the executions of a home, whether or not the app runs. */
export interface ExecutionSource {
  /** The newest first. */
  list(): Promise<Result<readonly ExecutionSummary[]>>;
  show(id: string): Promise<Result<ExecutionView>>;
  logs(id: string): Promise<Result<string>>;
  /** What a person must know of where this is from. */
  readonly note?: string;
}

/** Asks the running app, or reads what the last one has written. */
export async function openSource(home: string): Promise<ExecutionSource> {
  const client = await connectApi(home);
  if (client === undefined) return journalSource(home);
  const live = apiSource(client);
  const first = await live.list();
  const isGone = !first.ok && first.failure.code === 'execution/no-app';
  return isGone ? journalSource(home) : live;
}

function apiSource(client: ApiClient): ExecutionSource {
  return {
    list: () => client.get('/api/executions'),
    show: (id) => client.get(pathOf(id)),
    logs: (id) => client.text(`${pathOf(id)}/logs`),
  };
}

/** Where an execution is in the control API. */
export function pathOf(id: string): string {
  return `/api/executions/${encodeURIComponent(id)}`;
}

function journalSource(home: string): ExecutionSource {
  const paths = homePaths(home);
  const read = () => readExecutions(paths.executionJournal);
  const show = async (id: string): Promise<Result<ExecutionView>> => {
    const views = await read();
    if (!views.ok) return views;
    const view = views.value.find(({ executionId }) => executionId === id);
    if (view !== undefined) return ok(view);
    return fail({ code: 'execution/not-found', message: `There is no execution ${id}.` });
  };
  const isRunning = homeUser(paths.locks) !== undefined;
  return {
    ...(isRunning ? { note: WITHOUT_API } : {}),
    list: async () => {
      const views = await read();
      return views.ok ? ok(views.value.map(summaryOf)) : views;
    },
    show,
    logs: async (id) => {
      const view = await show(id);
      return view.ok ? ok(await createExecutionLogs(paths.executionLogs).read(id)) : view;
    },
  };
}

const WITHOUT_API =
  'The app that runs here has its control API off: this is what it has written down; "interrupted" may well be running.';

function summaryOf({
  steps,
  results,
  questions: _asked,
  ...view
}: ExecutionView): ExecutionSummary {
  return { ...view, totalSteps: steps.length, endedSteps: Object.keys(results).length };
}

/** The execution that an id, or the beginning of one, stands for. */
export function findExecution(
  executions: readonly ExecutionSummary[],
  given: string,
): Result<ExecutionSummary> {
  const exact = executions.find(({ executionId }) => executionId === given);
  const [first, ...more] = executions.filter(({ executionId }) => executionId.startsWith(given));
  const found = exact ?? (more.length === 0 ? first : undefined);
  if (found !== undefined && given !== '') return ok(found);
  const message =
    first === undefined || given === ''
      ? `There is no execution whose id begins with "${given}".`
      : `${more.length + 1} executions begin with "${given}": ${[first, ...more].map(({ executionId }) => executionId).join(', ')}.`;
  return fail({ code: 'execution/not-found', message });
}
