import { mkdtemp, rm } from 'node:fs/promises';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { fail, ok, type Json } from '#shared';
import { openExecutionEngine } from '../../execution/engine/create-engine.ts';
import type { StartExecution } from '../../execution/engine/execution-engine.ts';
import { createExecutionLogs } from '../../execution/engine/execution-logs.ts';
import { checkSteps } from '../../execution/graph/check-steps.ts';
import { DEFAULT_RETRY, type StepSpec } from '../../execution/step-spec.ts';
import { commandExecutor } from '../../executors/command/command-executor.ts';
import { createWorkRegistry } from '../../executors/registry.ts';
import {
  functionPerformer,
  type FunctionStep,
} from '../../executors/testing/function-performer.test-support.ts';
import { createWorkPerformer } from '../../executors/work-performer.ts';
import { nodeFiles } from '../../state/node-files.ts';
import { homePaths } from '../../state/home.ts';
import { testEndpoint } from '../../transport/test-endpoint.test-support.ts';
import { directoryOf, fakePlugin } from '../../web/web-server.test-support.ts';
import { startControlApi, type ControlApiOptions } from '../control-api.ts';
import { reviveWork } from '../work/revive-work.ts';
import { exchangeProblems, parseEvents, type ReceivedEvent } from './openapi-check.test-support.ts';

/** The control API of this test on a real engine with real executors; setup and plugins are stand-ins. */
export async function startApiRig(changed: Partial<ControlApiOptions> = {}) {
  const home = changed.home ?? (await mkdtemp(join(tmpdir(), 'firstlight-api-')));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const paths = homePaths(home);
  const works = createWorkRegistry();
  works.register(commandExecutor({ cwd: home, graceMs: 100 }));
  const performer = createWorkPerformer({
    registry: works,
    cwd: home,
    env: process.env,
    graceMs: 100,
  });
  const opened = await openExecutionEngine({
    journalFolder: paths.executionJournal,
    logs: createExecutionLogs(paths.executionLogs),
    onLog: () => undefined,
    revive: (header) => Promise.resolve(ok(reviveWork(header, performer))),
  });
  if (!opened.ok) throw new Error(opened.failure.message);
  const engine = opened.value;
  onTestFinished(() => engine.dispose());
  const host = testEndpoint();
  const bugs: string[] = [];
  const inventory = fakePlugin({
    route: 'inventory',
    call: (route, body) =>
      Promise.resolve(
        route === 'facts/all'
          ? ok({ route, body })
          : fail({ code: 'plugin/no-route', message: `No route "${route}".` } as const),
      ),
  });
  const options: ControlApiOptions = {
    port: 0,
    engine,
    works,
    performer,
    plugins: directoryOf([inventory]),
    host,
    plan: () => undefined,
    startPlugin: ({ plugin }) =>
      Promise.resolve(
        fail({ code: 'command/unknown-plugin', message: `There is no plugin "${plugin}".` }),
      ),
    home,
    files: nodeFiles,
    version: '1.2.3',
    onBug: ({ message }) => bugs.push(message),
    ...changed,
  };
  const started = await startControlApi(options);
  if (!started.ok) throw new Error(started.failure.message);
  const api = started.value;
  onTestFinished(() => api.close());
  const { port, token } = api;
  const withToken = { authorization: `Bearer ${token}` };

  /** Sends anything, and holds what comes to the OpenAPI document. */
  async function send(asked: Asked): Promise<Answer> {
    const { method = 'GET', path, body } = asked;
    const response = await open({ ...asked, headers: { ...withToken, ...asked.headers } });
    const text = await textOf(response);
    const status = response.statusCode ?? 0;
    const type = response.headers['content-type'] ?? '';
    if (method !== 'HEAD')
      expect(exchangeProblems({ method, path, body, status, type, text })).toEqual([]);
    return { status, headers: response.headers, text, json: () => JSON.parse(text) as Json };
  }

  function open({ method = 'GET', path, headers = {}, body }: Asked): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const call = request({ host: '127.0.0.1', port, path, method, headers }, resolve);
      call.on('error', reject);
      call.end(body);
    });
  }

  const post = (path: string, body?: Json, headers: Record<string, string> = {}) =>
    send({
      method: 'POST',
      path,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });

  /** Begins an execution of functions of the test. */
  async function begin(functions: { readonly [step: string]: FunctionStep }, chain = true) {
    const names = Object.keys(functions);
    const steps = names.map((name, at) =>
      stepSpec(name, chain ? names.slice(Math.max(0, at - 1), at) : []),
    );
    const graph = checkSteps({ steps, concurrency: 4, rollback: false });
    if (!graph.ok) throw new Error(graph.failure.message);
    const performer = functionPerformer(functions);
    const id = await engine.start({ ...TEST_START, graph: graph.value, performer });
    if (!id.ok) throw new Error(id.failure.message);
    return id.value.executionId;
  }

  /** Reads events of a stream until `enough` of them are there, then leaves. */
  async function events(
    path: string,
    enough: (events: readonly ReceivedEvent[]) => boolean,
    headers: Record<string, string> = {},
  ): Promise<readonly ReceivedEvent[]> {
    const response = await open({ path, headers: { ...withToken, ...headers } });
    let text = '';
    response.setEncoding('utf8');
    for await (const chunk of response) {
      text += chunk as string;
      if (enough(parseEvents(text))) break;
    }
    const whole = text.slice(0, text.lastIndexOf('\n\n') + 2);
    const exchange = { method: 'GET', path, body: undefined, status: 200, text: whole };
    const type = response.headers['content-type'] ?? '';
    expect(exchangeProblems({ ...exchange, type })).toEqual([]);
    return parseEvents(whole);
  }

  return {
    api,
    options,
    home,
    engine,
    host,
    bugs,
    port,
    token,
    withToken,
    send,
    open,
    post,
    begin,
    events,
  };
}

const TEST_START: Omit<StartExecution, 'graph' | 'performer'> = {
  type: 'plugin',
  name: 'test',
  inputs: {},
  owner: 'api',
  identity: {},
  actor: { who: 'test' },
};

function stepSpec(name: string, dependsOn: readonly string[]): StepSpec {
  return {
    name,
    description: `does ${name}`,
    work: { kind: 'run' },
    dependsOn,
    mutexes: [],
    idempotent: true,
    has: { when: false, forEach: false, check: false, verify: false, undo: false },
    always: false,
    retry: DEFAULT_RETRY,
    onError: 'stop',
    sudo: false,
  };
}

interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: () => Json;
}

async function textOf(response: IncomingMessage): Promise<string> {
  response.setEncoding('utf8');
  let text = '';
  for await (const chunk of response) text += chunk as string;
  return text;
}

/** Something that a test opens when it wants: `run` waits for it. */
export function gate(): { readonly open: () => void; readonly passed: Promise<void> } {
  let open: () => void = () => undefined;
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { open, passed };
}
