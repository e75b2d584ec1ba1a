import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExecutionControl, ExecutionView } from '#shared';
import { SimulatedClock } from '../../clock.ts';
import { functionPerformer } from '../../executors/testing/function-performer.test-support.ts';
import { aStep } from '../graph/step.test-support.ts';
import type { OpenEngine } from './create-engine.ts';
import type { AskedQuestion } from './questions.ts';
import {
  begin,
  chain,
  door,
  EngineRig,
  PERSON,
  requestOf,
  standing,
  valueOf,
  type Started,
} from './testing/engine-rig.test-support.ts';

let rig: EngineRig;
let engine: OpenEngine;

beforeEach(async () => {
  rig = await EngineRig.make();
  engine = await rig.open();
});

afterEach(() => rig.remove());

/** Step `a` waits at its door; all others do nothing. */
function waiting() {
  const work = door();
  return { work, performer: functionPerformer({ a: { run: () => work.opened } }) };
}

async function control(started: Started, what: ExecutionControl): Promise<ExecutionView> {
  return valueOf(await engine.control(started.id, what, PERSON));
}

async function refusal(started: Started, what: ExecutionControl): Promise<string> {
  const done = await engine.control(started.id, what, PERSON);
  if (done.ok) throw new Error('it was not refused');
  return `${done.failure.code}: ${done.failure.message}`;
}

describe('pause and resume', () => {
  it('let running steps end, start no more, and go on', async () => {
    const { work, performer } = waiting();
    const started = await begin(engine, requestOf(chain('a', 'b'), performer));
    expect(await control(started, { type: 'pause' })).toMatchObject({ status: 'paused' });
    work.open();
    const paused = await started.until(({ steps }) => steps[0]?.status === 'completed');
    expect(standing(paused)).toEqual(['a completed', 'b pending']);
    await control(started, { type: 'resume' });
    expect((await started.ended()).status).toBe('completed');
  });

  it('that make no sense are refused with the state', async () => {
    const { work, performer } = waiting();
    const started = await begin(engine, requestOf(chain('a'), performer));
    expect(await refusal(started, { type: 'resume' })).toMatch(/^execution\/not-now: .*running/);
    work.open();
    await started.ended();
    for (const type of ['pause', 'resume', 'stop'] as const) {
      expect(await refusal(started, { type })).toMatch(/^execution\/not-now: .*completed/);
    }
  });
});

describe('stop', () => {
  it('aborts what runs and cancels the rest', async () => {
    const signals: AbortSignal[] = [];
    const performer = functionPerformer({
      a: {
        run: ({ signal }) => {
          signals.push(signal);
          return door().opened;
        },
      },
    });
    const started = await begin(engine, requestOf(chain('a', 'b'), performer));
    await control(started, { type: 'stop' });
    const view = await started.ended();
    expect(view).toMatchObject({ status: 'cancelled', reason: 'cancelled' });
    expect(standing(view)).toEqual(['a cancelled', 'b cancelled']);
    expect(signals[0]?.aborted).toBe(true);
  });

  it('undoes what was done, newest first, and runs the clean-up', async () => {
    const order: string[] = [];
    const performer = functionPerformer(
      { c: { run: () => door().opened, undo: () => void order.push('undo c') } },
      {
        run: ({ step }) => void order.push(step.name),
        undo: ({ step }) => void order.push(`undo ${step.name}`),
      },
    );
    const has = { check: false, forEach: false, undo: true, verify: false, when: false };
    const steps = [
      ...chain('a', 'b', 'c').map((step) => ({ ...step, has })),
      aStep('clean', { always: true }),
    ];
    const started = await begin(engine, requestOf(steps, performer));
    await started.until(({ steps: [, , c] }) => c?.status === 'running');
    await control(started, { type: 'stop' });
    expect((await started.ended()).status).toBe('cancelled');
    expect(order).toEqual(['a', 'b', 'undo c', 'undo b', 'undo a', 'clean']);
  });
});

describe('one step', () => {
  it('that runs is skipped: its dependents go on', async () => {
    const { performer } = waiting();
    const started = await begin(engine, requestOf(chain('a', 'b'), performer));
    await control(started, { type: 'skip', step: 'a' });
    const view = await started.ended();
    expect(view.status).toBe('completed');
    expect(standing(view)).toEqual(['a skipped', 'b completed']);
    expect(view.steps[0]?.reason).toBe('person');
  });

  it('that failed is tried again, and the execution goes on', async () => {
    let isBroken = true;
    const performer = functionPerformer({
      a: {
        run: () => {
          if (isBroken) throw new Error('no');
        },
      },
    });
    const started = await begin(engine, requestOf(chain('a', 'b'), performer));
    expect((await started.ended()).status).toBe('failed');
    isBroken = false;
    await control(started, { type: 'retry', step: 'a' });
    const view = await started.ended();
    expect(view.status).toBe('completed');
    expect(view).not.toHaveProperty('error');
    expect(standing(view)).toEqual(['a completed', 'b completed']);
  });

  it('runs alone while the execution is paused', async () => {
    const { work, performer } = waiting();
    const steps = [...chain('a', 'b'), aStep('c')];
    const started = await begin(engine, requestOf(steps, performer, { concurrency: 1 }));
    await control(started, { type: 'pause' });
    work.open();
    await started.until(({ steps: [a] }) => a?.status === 'completed');
    await control(started, { type: 'run', step: 'c' });
    const view = await started.until(({ steps: [, , c] }) => c?.status === 'completed');
    expect(view.status).toBe('paused');
    expect(standing(view)).toEqual(['a completed', 'b pending', 'c completed']);
  });

  it('that is not there is not found', async () => {
    const started = await begin(engine, requestOf(chain('a'), functionPerformer({})));
    await started.ended();
    expect(await refusal(started, { type: 'skip', step: 'x' })).toMatch(/^execution\/not-found: /);
  });

  it('that is done is not skipped or tried again', async () => {
    const started = await begin(engine, requestOf(chain('a'), functionPerformer({})));
    await started.ended();
    for (const type of ['skip', 'retry'] as const) {
      expect(await refusal(started, { type, step: 'a' })).toMatch(/not-now: .*completed/);
    }
  });
});

it('writes down who did what, when, from where', async () => {
  const { work, performer } = waiting();
  const started = await begin(engine, requestOf(chain('a'), performer));
  await control(started, { type: 'pause' });
  await engine.control(started.id, { type: 'resume' }, { who: 'api', from: '127.0.0.1' });
  work.open();
  await started.ended();
  const time = expect.stringMatching(/^\d{4}-.*Z$/) as string;
  const trail = [
    { time, actor: { who: 'api', from: '127.0.0.1' }, action: 'start' },
    { time, actor: PERSON, action: 'pause' },
    { time, actor: { who: 'api', from: '127.0.0.1' }, action: 'resume' },
  ];
  expect(engine.audit(started.id)).toEqual(trail);
  engine = await rig.open();
  expect(engine.audit(started.id)).toEqual(trail);
});

it('writes down who stopped an execution that nobody can go on with', async () => {
  const { performer } = waiting();
  const { id } = await begin(engine, requestOf(chain('a'), performer));
  engine = await rig.open();
  const stopped = valueOf(await engine.control(id, { type: 'stop' }, PERSON));
  expect(stopped).toMatchObject({ status: 'cancelled', reason: 'cancelled' });
  const stop = { time: expect.any(String) as string, actor: PERSON, action: 'stop' };
  expect(engine.audit(id)?.at(-1)).toEqual(stop);
  engine = await rig.open();
  expect(engine.audit(id)?.at(-1)).toEqual(stop);
  // And it can be gone on with by whoever performs it.
  valueOf(await engine.adopt(id, { performer: functionPerformer({}), inputs: {} }));
  valueOf(await engine.control(id, { type: 'resume' }, PERSON));
  expect((await engine.whenEnded(id)).status).toBe('completed');
});

describe('questions', () => {
  const QUESTION: AskedQuestion = {
    class: 'overwrite',
    text: 'Overwrite it?',
    actions: [
      { id: 'yes', label: 'Yes' },
      { id: 'no', label: 'No' },
    ],
    default: 'no',
  };
  const asking = functionPerformer({
    a: { run: async ({ askPerson }) => ({ chosen: await askPerson(QUESTION) }) },
  });

  it('are seen until they are answered, and the answer is the chosen action', async () => {
    const started = await begin(engine, requestOf(chain('a'), asking));
    const { questions } = await started.until((view) => view.questions.length > 0);
    expect(questions).toMatchObject([{ ...QUESTION, stepName: 'a' }]);
    const id = questions[0]?.id ?? '';
    expect(await engine.answer(started.id, id, 'maybe', PERSON)).toMatchObject({
      ok: false,
      failure: { code: 'command/bad' },
    });
    valueOf(await engine.answer(started.id, id, 'yes', PERSON));
    const view = await started.ended();
    expect(view.results['a']?.outputs).toEqual({ chosen: 'yes' });
    expect(view.questions).toEqual([]);
    expect(engine.audit(started.id)?.at(-1)).toMatchObject({ action: 'answer', detail: 'yes' });
    expect(await engine.answer(started.id, id, 'yes', PERSON)).toMatchObject({
      ok: false,
      failure: { code: 'execution/not-now' },
    });
  });

  it('are answered once, however many answers come at the same time', async () => {
    const started = await begin(engine, requestOf(chain('a'), asking));
    const { questions } = await started.until((view) => view.questions.length > 0);
    const id = questions[0]?.id ?? '';
    const answers = await Promise.all(
      ['yes', 'no'].map((action) => engine.answer(started.id, id, action, PERSON)),
    );
    expect(answers.map(({ ok }) => ok)).toEqual([true, false]);
    expect((await started.ended()).results['a']?.outputs).toEqual({ chosen: 'yes' });
  });

  it('get their default where nobody is there', async () => {
    const started = await begin(engine, requestOf(chain('a'), asking, { headless: true }));
    expect((await started.ended()).results['a']?.outputs).toEqual({ chosen: 'no' });
  });

  it('get what the answers file says for their class', async () => {
    const answers = { overwrite: 'yes' };
    const request = requestOf(chain('a'), asking, { headless: true, answers });
    const started = await begin(engine, request);
    expect((await started.ended()).results['a']?.outputs).toEqual({ chosen: 'yes' });
  });

  it('fail the step where nobody is there and the default is no answer', async () => {
    const performer = functionPerformer({
      a: {
        run: async ({ askPerson }) => {
          await askPerson({ ...QUESTION, default: 'perhaps' });
        },
      },
    });
    const started = await begin(engine, requestOf(chain('a'), performer, { headless: true }));
    const view = await started.ended();
    expect(view.results['a']?.errorMessage).toContain('not "perhaps"');
    expect(view.questions).toEqual([]);
  });

  it('are called off when the execution is stopped', async () => {
    const started = await begin(engine, requestOf(chain('a'), asking));
    await started.until((view) => view.questions.length > 0);
    await control(started, { type: 'stop' });
    const view = await started.ended();
    expect(view.questions).toEqual([]);
    expect(view.status).toBe('cancelled');
  });

  it('about an execution as a whole go when they are called off', async () => {
    const { work, performer } = waiting();
    const started = await begin(engine, requestOf(chain('a'), performer));
    const over = new AbortController();
    const answer = engine.ask(started.id, QUESTION, over.signal);
    await started.until((view) => view.questions.length > 0);
    over.abort();
    await expect(answer).rejects.toThrow('called off');
    expect(started.view().questions).toEqual([]);
    await expect(engine.ask(started.id, QUESTION, over.signal)).rejects.toThrow('called off');
    work.open();
  });
});

describe('time', () => {
  /** Goes on to the next appointments until the execution has ended. */
  async function endedIn(clock: SimulatedClock, started: Started): Promise<ExecutionView> {
    return clock.runUntil(started.ended());
  }

  it('that an attempt takes longer than its step says fails it', async () => {
    const clock = new SimulatedClock(1_000_000);
    engine = await rig.open({ clock });
    const performer = functionPerformer({ a: { run: () => door().opened } });
    const steps = [aStep('a', { timeoutSeconds: 5 })];
    const started = await begin(engine, requestOf(steps, performer));
    const view = await endedIn(clock, started);
    expect(view.error?.message).toBe('The step "a" took longer than its 5 s.');
    expect(view.results['a']?.durationSeconds).toBe(5);
  });

  it.each([
    ['action', 30],
    ['block', 30],
    ['verification', 30],
    ['navigation', 60],
    ['testcase', 600],
    ['campaign', 7200],
  ])('of an execution of the type %s is %i s', async (type, seconds) => {
    const clock = new SimulatedClock(1_000_000);
    engine = await rig.open({ clock });
    const performer = functionPerformer({ a: { run: () => door().opened } });
    const started = await begin(engine, requestOf([aStep('a')], performer, { type }));
    const view = await endedIn(clock, started);
    const message = `"sample" took longer than its ${seconds} s.`;
    const error = { message, code: 'execution/timeout' };
    expect(view).toMatchObject({ status: 'failed', reason: 'timeout', message, error });
    expect(engine.list()[0]?.message).toBe(message);
    expect(clock.now()).toBeGreaterThanOrEqual(1_000_000 + seconds * 1000);
    expect(clock.now()).toBeLessThan(1_000_000 + seconds * 1000 + 100);
  });

  it('of an execution begins anew when it is opened again', async () => {
    const clock = new SimulatedClock(1_000_000);
    engine = await rig.open({ clock });
    const performer = functionPerformer({ a: { run: () => door().opened } });
    const started = await begin(engine, requestOf([aStep('a')], performer, { type: 'action' }));
    await endedIn(clock, started);
    await control(started, { type: 'retry', step: 'a' });
    const openedAt = clock.now();
    expect(await endedIn(clock, started)).toMatchObject({ status: 'failed', reason: 'timeout' });
    expect(clock.now() - openedAt).toBeGreaterThanOrEqual(30_000);
  });

  it('without a word, longer than its heartbeat, is told as a stall until it speaks', async () => {
    const clock = new SimulatedClock(1_000_000);
    engine = await rig.open({ clock });
    const work = door();
    const performer = functionPerformer({
      a: {
        async *run() {
          await work.opened;
          yield { type: 'output', stream: 'stdout', text: 'there I am' };
          await door().opened;
        },
      },
    });
    const steps = [aStep('a', { heartbeatSeconds: 10 })];
    const started = await begin(engine, requestOf(steps, performer));
    const stalled = await clock.runUntil(started.until(({ steps: [a] }) => a?.stalled === true));
    expect(stalled.status).toBe('running');
    expect(started.events.at(-1)).toMatchObject({
      type: 'StepStalled',
      stepName: 'a',
      silentSeconds: 10,
    });
    work.open();
    const speaking = await started.until(({ steps: [a] }) => a?.stalled !== true);
    expect(speaking.steps[0]?.status).toBe('running');
  });
});

it('keeps the logs of executions apart, even when they run at once', async () => {
  const performer = functionPerformer(
    {},
    {
      async *run({ executionId }) {
        for (let i = 0; i < 20; i += 1) {
          yield { type: 'output', stream: 'stdout', text: `says ${executionId}` };
          await new Promise(setImmediate);
        }
      },
    },
  );
  const both = await Promise.all(
    [1, 2].map(() => begin(engine, requestOf(chain('a', 'b'), performer))),
  );
  for (const each of both) {
    const { id } = each;
    await each.ended();
    const lines = (await engine.logs(id))?.trimEnd().split('\n') ?? [];
    expect(lines).toHaveLength(40);
    expect(lines.every((line) => line.endsWith(`says ${id}`))).toBe(true);
  }
});
