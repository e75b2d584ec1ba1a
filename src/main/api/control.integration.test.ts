import { describe, expect, it } from 'vitest';
import type { Json } from '#shared';
import { gate, startApiRig } from './testing/api-rig.test-support.ts';

type Rig = Awaited<ReturnType<typeof startApiRig>>;

describe('controlling an execution', () => {
  /** Three steps, the second of which waits for the test and then fails if it is told to. */
  async function threeSteps(rig: Rig) {
    const middle = gate();
    const entered = gate();
    const second = { fails: false };
    const ran: string[] = [];
    const id = await rig.begin({
      first: { run: () => void ran.push('first') },
      second: {
        run: async () => {
          ran.push('second');
          entered.open();
          await middle.passed;
          if (second.fails) throw new Error('no luck');
        },
      },
      third: { run: () => void ran.push('third') },
    });
    await entered.passed;
    const control = (path: string, body?: Json) => rig.post(`/api/executions/${id}/${path}`, body);
    return { id, middle, second, ran, control };
  }

  it('pauses it, and goes on with it', async () => {
    const rig = await startApiRig();
    const { id, middle, control } = await threeSteps(rig);
    expect((await control('pause')).json()).toMatchObject({ executionId: id, status: 'paused' });
    middle.open();
    expect((await control('resume')).status).toBe(200);
    expect((await rig.engine.whenEnded(id)).status).toBe('completed');
    const audit = (await rig.send({ path: `/api/executions/${id}/audit` })).json();
    expect(audit).toMatchObject([
      { action: 'start' },
      { action: 'pause', actor: { who: 'api', from: '127.0.0.1' } },
      { action: 'resume' },
    ]);
  });

  it('stops it', async () => {
    const rig = await startApiRig();
    const { id, control } = await threeSteps(rig);
    expect((await control('stop', {})).status).toBe(200);
    expect(await rig.engine.whenEnded(id)).toMatchObject({ status: 'cancelled' });
  });

  it('retries a failed step, or goes on without it', async () => {
    const rig = await startApiRig();
    const { id, middle, second, control } = await threeSteps(rig);
    second.fails = true;
    middle.open();
    const error = { step: 'second', message: 'no luck', code: 'step/failed' };
    expect((await rig.engine.whenEnded(id)).error).toEqual(error);
    expect((await control('steps/second/retry')).status).toBe(200);
    expect((await rig.engine.whenEnded(id)).status).toBe('failed');
    expect((await control('steps/second/skip')).status).toBe(200);
    const ended = await rig.engine.whenEnded(id);
    expect(ended.steps.map(({ status }) => status)).toEqual(['completed', 'skipped', 'completed']);
  });

  it('restarts it from a step', async () => {
    const rig = await startApiRig();
    const { id, middle, ran, control } = await threeSteps(rig);
    middle.open();
    await rig.engine.whenEnded(id);
    expect((await control('resume', { from: 'second' })).status).toBe(200);
    await rig.engine.whenEnded(id);
    expect(ran).toEqual(['first', 'second', 'third', 'second', 'third']);
    expect((await rig.send({ path: `/api/executions/${id}/audit` })).json()).toMatchObject([
      {},
      { action: 'resume', step: 'second' },
    ]);
  });

  it('is a conflict where it makes no sense, with the state', async () => {
    const rig = await startApiRig();
    const { id, middle, control } = await threeSteps(rig);
    middle.open();
    await rig.engine.whenEnded(id);
    for (const path of ['pause', 'stop', 'resume', 'steps/first/retry']) {
      const answer = await control(path);
      expect(answer.json(), path).toMatchObject({
        status: 409,
        code: 'execution/not-now',
        executionStatus: 'completed',
      });
    }
  });

  it('needs an execution and a step that there are', async () => {
    const rig = await startApiRig();
    const { id, control } = await threeSteps(rig);
    expect((await control('steps/fourth/skip')).json()).toMatchObject({
      status: 404,
      code: 'execution/not-found',
    });
    expect((await control('resume', { from: 'fourth' })).status).toBe(404);
    for (const path of ['pause', 'steps/first/skip']) {
      const answer = await rig.post(`/api/executions/x${id}/${path}`);
      expect(answer.json(), path).toMatchObject({ status: 404, code: 'execution/not-found' });
    }
    const answered = await rig.post(`/api/executions/x${id}/questions/q`, { action: 'keep' });
    expect(answered.status).toBe(404);
    for (const path of ['', '/status', '/events', '/logs', '/audit']) {
      const answer = await rig.send({ path: `/api/executions/x${id}${path}` });
      expect(answer.json(), path).toMatchObject({ status: 404, code: 'execution/not-found' });
    }
  });

  it('takes nothing that it does not know', async () => {
    const rig = await startApiRig();
    const { control } = await threeSteps(rig);
    expect((await control('resume', { form: 'first' })).json()).toMatchObject({
      status: 422,
      code: 'command/bad',
      problems: [{ pointer: '/form' }],
    });
  });

  it('finds steps whose names are no words', async () => {
    const rig = await startApiRig();
    const id = await rig.begin({ 'a/b c ü %': { run: () => Promise.reject(new Error('no')) } });
    await rig.engine.whenEnded(id);
    const step = encodeURIComponent('a/b c ü %');
    expect((await rig.post(`/api/executions/${id}/steps/${step}/skip`)).status).toBe(200);
    expect((await rig.engine.whenEnded(id)).status).toBe('completed');
  });
});

describe('a question of a step', () => {
  it('is seen and answered', async () => {
    const rig = await startApiRig();
    const id = await rig.begin({
      write: {
        run: async ({ askPerson }) => ({
          answer: await askPerson({
            class: 'overwrite',
            text: 'The file is there already. Replace it?',
            actions: [
              { id: 'replace', label: 'Replace' },
              { id: 'keep', label: 'Keep' },
            ],
            default: 'keep',
          }),
        }),
      },
    });
    const [event] = await rig
      .events(`/api/executions/${id}/events`, (events) =>
        events.some((one) => one.event === 'Question'),
      )
      .then((events) => events.filter((one) => one.event === 'Question'));
    const { question } = event?.data as { readonly question: { readonly id: string } };
    expect((await rig.send({ path: `/api/executions/${id}` })).json()).toMatchObject({
      questions: [{ id: question.id, stepName: 'write', class: 'overwrite', default: 'keep' }],
    });
    const answer = (action: string) =>
      rig.post(`/api/executions/${id}/questions/${question.id}`, { action });
    expect((await answer('burn')).json()).toMatchObject({ status: 422, code: 'command/bad' });
    expect((await answer('replace')).status).toBe(200);
    const ended = await rig.engine.whenEnded(id);
    expect(ended.results.write?.outputs).toEqual({ answer: 'replace' });
    expect((await answer('replace')).json()).toMatchObject({ status: 409 });
  });
});
