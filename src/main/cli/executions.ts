import { homedir } from 'node:os';
import type { ExecutionControl, Result } from '#shared';
import type { ExecutionStatusView } from '../api/views.ts';
import { resolveHome } from '../state/home.ts';
import { connectApi, noApp } from './executions-client.ts';
import { findExecution, openSource, pathOf, type ExecutionSource } from './executions-source.ts';
import { executionLines, listLines, stateLine } from './executions-text.ts';
import { EXIT, type Output } from './output.ts';
import { showFailure } from './show-failure.ts';

/** What all of these commands take. */
export interface ExecutionsOptions {
  /** State folder. */
  readonly home?: string;
  readonly json: boolean;
  readonly output: Output;
}

/** `firstlight executions list`. */
export async function executionsList(options: ExecutionsOptions): Promise<number> {
  const { json, output } = options;
  const home = homeOf(options);
  const source = await openSource(home);
  if (source.note !== undefined) output.err(source.note);
  const executions = await source.list();
  if (!executions.ok) return showFailure(executions.failure, output);
  if (json) output.out(JSON.stringify(executions.value, undefined, 2));
  else for (const line of listLines(executions.value, home)) output.out(line);
  return EXIT.ok;
}

/** `firstlight executions show ID`. */
export async function executionsShow(id: string, options: ExecutionsOptions): Promise<number> {
  return look(id, options, async (source, found) => {
    const view = await source.show(found);
    if (!view.ok) return view;
    const text = options.json
      ? JSON.stringify(view.value, undefined, 2)
      : executionLines(view.value).join('\n');
    return { ok: true, value: text };
  });
}

/** `firstlight executions logs ID`: what the steps wrote, as they wrote it. */
export async function executionsLogs(id: string, options: ExecutionsOptions): Promise<number> {
  return look(id, options, async (source, found) => {
    const text = await source.logs(found);
    // One line break is added on writing.
    return text.ok ? { ok: true, value: text.value.replace(/\n$/, '') } : text;
  });
}

/** `firstlight executions pause|resume|stop|skip|retry|run`: done by the running app, or not at all. */
export async function executionsControl(
  id: string,
  control: ExecutionControl,
  options: ExecutionsOptions,
): Promise<number> {
  const { json, output } = options;
  const home = homeOf(options);
  const client = await connectApi(home);
  if (client === undefined) return showFailure(noApp(home), output);
  const executions = await client.get<Parameters<typeof findExecution>[0]>('/api/executions');
  if (!executions.ok) return showFailure(executions.failure, output);
  const found = findExecution(executions.value, id);
  if (!found.ok) return showFailure(found.failure, output);
  const { path, body } = requestOf(control);
  const state = await client.post<ExecutionStatusView>(
    `${pathOf(found.value.executionId)}/${path}`,
    body,
  );
  if (!state.ok) return showFailure(state.failure, output);
  output.out(json ? JSON.stringify(state.value, undefined, 2) : stateLine(state.value, control));
  return EXIT.ok;
}

function requestOf(control: ExecutionControl): { readonly path: string; readonly body?: object } {
  switch (control.type) {
    case 'pause':
    case 'stop':
      return { path: control.type };
    case 'resume':
      return control.from === undefined
        ? { path: 'resume' }
        : { path: 'resume', body: { from: control.from } };
    case 'skip':
    case 'retry':
    case 'run':
      return { path: `steps/${encodeURIComponent(control.step)}/${control.type}` };
  }
}

/** Finds an execution by the beginning of its id, and writes what there is to say of it. */
async function look(
  given: string,
  options: ExecutionsOptions,
  read: (source: ExecutionSource, id: string) => Promise<Result<string>>,
): Promise<number> {
  const { output } = options;
  const source = await openSource(homeOf(options));
  if (source.note !== undefined) output.err(source.note);
  const executions = await source.list();
  if (!executions.ok) return showFailure(executions.failure, output);
  const found = findExecution(executions.value, given);
  if (!found.ok) return showFailure(found.failure, output);
  const text = await read(source, found.value.executionId);
  if (!text.ok) return showFailure(text.failure, output);
  output.out(text.value);
  return EXIT.ok;
}

function homeOf({ home }: ExecutionsOptions): string {
  const { env, platform } = process;
  return resolveHome(home, {
    env,
    platform,
    userFolder: homedir(),
    workingFolder: process.cwd(),
  });
}
