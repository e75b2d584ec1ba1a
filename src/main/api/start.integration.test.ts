import { describe, expect, it } from 'vitest';
import type { Actor, ExecutionView, Json, JsonObject } from '#shared';
import { ok } from '#shared';
import { startApiRig } from './testing/api-rig.test-support.ts';

const ECHO = { type: 'command', config: { cmd: ['echo', 'hello'] } };
const FAIL = { type: 'command', config: { cmd: ['sh', '-c', 'echo broken; exit 3'] } };

type Rig = Awaited<ReturnType<typeof startApiRig>>;

/** Starts work over the API, and gives its id. */
async function startWork({ post }: Rig, body: Json): Promise<string> {
  const answer = await post('/api/executions', body);
  expect(answer.status).toBe(202);
  const { executionId } = answer.json() as { readonly executionId: string };
  expect(answer.headers.location).toBe(`/api/executions/${executionId}`);
  return executionId;
}

describe('starting work', () => {
  it('answers with an id, under which everything of it is found', async () => {
    const rig = await startApiRig();
    const id = await startWork(rig, { ...ECHO, name: 'Greeting' });
    await rig.engine.whenEnded(id);
    const of = async (path = '') =>
      (await rig.send({ path: `/api/executions/${id}${path}` })).json();
    expect(await of()).toMatchObject({
      executionId: id,
      type: 'command',
      name: 'Greeting',
      status: 'completed',
      progress: 100,
      steps: [{ name: 'Greeting', status: 'completed', attempts: 1 }],
      results: { Greeting: { success: true, outputs: { exitCode: 0 } } },
      questions: [],
    });
    expect(await of('/status')).toEqual({
      executionId: id,
      status: 'completed',
      startTime: expect.any(String) as string,
      progress: 100,
      message: expect.any(String) as string,
      result: { outputs: { Greeting: { exitCode: 0, output: 'hello' } } },
      error: null,
    });
    expect(await of('/audit')).toEqual([
      {
        time: expect.any(String) as string,
        actor: { who: 'api', from: '127.0.0.1' },
        action: 'start',
      },
    ]);
    const logs = await rig.send({ path: `/api/executions/${id}/logs` });
    expect(logs.headers['content-type']).toBe('text/plain; charset=utf-8');
    expect(logs.text).toContain('hello');
  });

  it('does not wait for the work', async () => {
    const rig = await startApiRig();
    const id = await startWork(rig, { type: 'command', config: { cmd: ['sleep', '60'] } });
    expect((await rig.send({ path: `/api/executions/${id}/status` })).json()).toMatchObject({
      status: 'running',
      result: null,
      error: null,
    });
  });

  it('lists the newest first', async () => {
    const rig = await startApiRig();
    const ids = [await startWork(rig, ECHO), await startWork(rig, { ...ECHO, name: 'Second' })];
    const list = (await rig.send({ path: '/api/executions' })).json();
    expect(list).toMatchObject([
      { executionId: ids[1], name: 'Second', totalSteps: 1 },
      { executionId: ids[0], name: 'command' },
    ]);
  });

  it('is audited as the command line where that did it', async () => {
    const rig = await startApiRig();
    const answer = await rig.post('/api/executions', ECHO, { 'user-agent': 'firstlight-cli/1.0' });
    const { executionId } = answer.json() as { readonly executionId: string };
    const audit = await rig.send({ path: `/api/executions/${executionId}/audit` });
    expect(audit.json()).toMatchObject([{ actor: { who: 'cli', from: '127.0.0.1' } }]);
  });

  it('says what failed, and ends after its time limit', async () => {
    const rig = await startApiRig();
    const failing = await startWork(rig, FAIL);
    expect(await rig.engine.whenEnded(failing)).toMatchObject({
      status: 'failed',
      error: { step: 'command', code: 'step/command-failed' },
    });
    const slow = { type: 'command', config: { cmd: ['sleep', '60'] }, timeLimitSeconds: 0.1 };
    const ended = await rig.engine.whenEnded(await startWork(rig, slow));
    expect(ended).toMatchObject({ status: 'failed', reason: 'timeout' });
  });

  it.each<[string, Json | undefined, JsonObject]>([
    ['nothing', undefined, { code: 'command/bad' }],
    ['a list', [], { code: 'command/bad', problems: [{ pointer: '' }] }],
    ['no type', { config: {} }, { code: 'command/bad', problems: [{ pointer: '/type' }] }],
    ['no config', { type: 'command' }, { problems: [{ pointer: '/config' }] }],
    [
      'a slip in a field',
      { ...ECHO, nam: 'x', timeLimitSeconds: 0 },
      { problems: [{ pointer: '/timeLimitSeconds' }, { pointer: '/nam' }] },
    ],
    ['an empty batch', { type: 'command', batch: [] }, { problems: [{ pointer: '/batch' }] }],
    [
      'work of a type that nobody does',
      { type: 'alien', config: {} },
      { code: 'execution/no-executor', problems: [{ pointer: '/type' }] },
    ],
    [
      'a wrong config',
      { type: 'command', config: { cmd: 'echo hello' } },
      { code: 'execution/bad-work', problems: [{ pointer: '/config/cmd' }] },
    ],
    [
      'a wrong config in the midst of a batch',
      { type: 'command', batch: [ECHO, { type: 'command', config: {} }] },
      { code: 'execution/bad-work', problems: [{ pointer: '/batch/1/config/cmd' }] },
    ],
    [
      'a plugin that there is not',
      { type: 'plugin', plugin: 'nobody' },
      { code: 'command/unknown-plugin', problems: [{ pointer: '/plugin' }] },
    ],
    ['a plugin without a name', { type: 'plugin' }, { problems: [{ pointer: '/plugin' }] }],
  ])('refuses %s, naming the places, and begins nothing', async (_what, body, problem) => {
    const rig = await startApiRig();
    const answer = await rig.post('/api/executions', body);
    expect(answer.json()).toMatchObject({ status: 422, ...problem });
    expect(rig.engine.list()).toEqual([]);
  });
});

describe('starting a batch', () => {
  const names = ({ steps }: ExecutionView) => steps.map(({ name, status }) => [name, status]);

  it('does the pieces one after the other, with values from one to the next', async () => {
    const rig = await startApiRig();
    const next = {
      type: 'command',
      config: { cmd: ['echo', 'it said ${{ steps.command-1.outputs.output }}'] },
    };
    const id = await startWork(rig, { type: 'verification', batch: [ECHO, next], name: 'Both' });
    const ended = await rig.engine.whenEnded(id);
    expect(ended).toMatchObject({ type: 'verification', name: 'Both', status: 'completed' });
    expect(ended.results['command-2']?.outputs).toMatchObject({ output: 'it said hello' });
  });

  it('runs the retry actions and then the failed piece again', async () => {
    const rig = await startApiRig();
    const needsFile = { type: 'command', config: { cmd: ['cat', 'made-by-retry'] }, name: 'read' };
    const makesFile = { type: 'command', config: { cmd: ['touch', 'made-by-retry'] } };
    const id = await startWork(rig, {
      type: 'action',
      batch: [needsFile, ECHO],
      retryActions: [makesFile],
    });
    const ended = await rig.engine.whenEnded(id);
    expect(names(ended)).toEqual([
      ['read', 'completed'],
      ['command-2', 'completed'],
    ]);
  });

  it('runs the failure actions when a piece stays failed, and begins none after it', async () => {
    const rig = await startApiRig();
    const id = await startWork(rig, {
      type: 'action',
      batch: [FAIL, ECHO],
      retryActions: [{ type: 'command', config: { cmd: ['echo', 'reloaded'] } }],
      failureActions: [{ type: 'command', config: { cmd: ['echo', 'screenshot taken'] } }],
    });
    const ended = await rig.engine.whenEnded(id);
    expect(ended.status).toBe('failed');
    expect(names(ended)[0]).toEqual(['command-1', 'failed']);
    expect(names(ended)[1]?.[1]).not.toBe('completed');
    const { text } = await rig.send({ path: `/api/executions/${id}/logs` });
    expect(text.match(/broken|reloaded|screenshot taken/g)).toEqual([
      'broken',
      'reloaded',
      'broken',
      'screenshot taken',
    ]);
  });
});

describe('a batch that a power cut interrupts', () => {
  it('goes on in the next life of the app, with its actions', async () => {
    const first = await startApiRig();
    const onlySecond =
      'if [ -e again ]; then cat made-by-retry; else touch again; echo waiting; sleep 60; fi';
    const id = await startWork(first, {
      type: 'testcase',
      batch: [{ type: 'command', config: { cmd: ['sh', '-c', onlySecond] } }],
      retryActions: [{ type: 'command', config: { cmd: ['touch', 'made-by-retry'] } }],
    });
    await first.events(`/api/executions/${id}/events`, (events) =>
      events.some(({ event }) => event === 'StepOutput'),
    );
    await first.api.close();
    await first.engine.dispose();

    const { engine, send } = await startApiRig({ home: first.home });
    const path = `/api/executions/${id}/status`;
    expect((await send({ path })).json()).toMatchObject({ status: 'interrupted' });
    await engine.revive(id);
    expect((await engine.whenEnded(id)).status).toBe('completed');
  });
});

describe('starting the work of a plugin', () => {
  it('is left to the app, with who asked for it', async () => {
    const asked: unknown[] = [];
    const rig = await startApiRig({
      startPlugin: (request, actor: Actor) => {
        asked.push(request, actor);
        return Promise.resolve(ok({ executionId: 'p-1' }));
      },
    });
    const body = { type: 'plugin', plugin: 'settings', answers: { name: 'Nova' }, from: 'apply' };
    const answer = await rig.post('/api/executions', body);
    expect([answer.status, answer.json()]).toEqual([202, { executionId: 'p-1' }]);
    const { type: _type, ...request } = body;
    expect(asked).toEqual([request, { who: 'api', from: '127.0.0.1' }]);
  });
});
