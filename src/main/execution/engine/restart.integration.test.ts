import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { functionPerformer } from '../../executors/testing/function-performer.test-support.ts';
import { aStep } from '../graph/step.test-support.ts';
import type { StepSpec } from '../step-spec.ts';
import type { OpenEngine } from './create-engine.ts';
import { readExecutions } from './read-executions.ts';
import {
  begin,
  chain,
  door,
  EngineRig,
  listen,
  PERSON,
  requestOf,
  standing,
  valueOf,
} from './testing/engine-rig.test-support.ts';

let rig: EngineRig;
let engine: OpenEngine;

beforeEach(async () => {
  rig = await EngineRig.make();
  engine = await rig.open();
});

afterEach(() => rig.remove());

const NOTHING = functionPerformer({});

describe('a restart', () => {
  /** Begins a graph, ends the engine while `b` works, and opens it again. */
  async function cutInB(steps: readonly StepSpec[], headless = false): Promise<string> {
    const begun = door();
    const performer = functionPerformer({
      b: {
        run: () => {
          begun.open();
          return door().opened;
        },
      },
    });
    const started = await begin(engine, requestOf(steps, performer, { headless }));
    await begun.opened;
    engine = await rig.open();
    return started.id;
  }

  const noting = (order: string[]) =>
    functionPerformer({}, { run: ({ step }) => void order.push(step.name) });

  it('runs no completed step again, and an interrupted one once more', async () => {
    const id = await cutInB(chain('a', 'b', 'c'));
    expect(engine.get(id)).toMatchObject({
      status: 'interrupted',
      reason: 'restarted',
      message: 'It was interrupted: resume or stop it.',
    });
    const order: string[] = [];
    valueOf(await engine.adopt(id, { performer: noting(order), inputs: {} }));
    const view = await engine.whenEnded(id);
    expect(view).toMatchObject({ status: 'completed', progress: 100 });
    expect(order).toEqual(['b', 'c']);
    expect(view.results['b']?.attempts).toBe(1);
  });

  it('asks the check of an interrupted step first', async () => {
    const has = { check: true, forEach: false, undo: false, verify: false, when: false };
    const steps = chain('a', 'b').map((step) => ({ ...step, has }));
    const id = await cutInB(steps);
    const order: string[] = [];
    const performer = functionPerformer({
      b: { check: () => true, run: () => void order.push('b') },
    });
    valueOf(await engine.adopt(id, { performer, inputs: {} }));
    expect(standing(await engine.whenEnded(id))).toEqual(['a completed', 'b skipped']);
    expect(order).toEqual([]);
  });

  const once = (steps: readonly StepSpec[]) =>
    steps.map((step) => ({ ...step, idempotent: step.name !== 'b' }));

  it('has a person decide about a step that must not run twice', async () => {
    const id = await cutInB(once(chain('a', 'b', 'c')));
    const order: string[] = [];
    valueOf(await engine.adopt(id, { performer: noting(order), inputs: {} }));
    const waiting = listen(engine, id).view();
    expect(waiting.status).toBe('interrupted');
    expect(waiting.message).toBe('The step "b" was interrupted: retry or skip it.');
    expect(waiting.steps[1]).toMatchObject({ status: 'pending', interrupted: true });
    const refused = await engine.control(id, { type: 'resume' }, PERSON);
    expect(refused).toMatchObject({ ok: false, failure: { code: 'execution/not-now' } });
    valueOf(await engine.control(id, { type: 'retry', step: 'b' }, PERSON));
    expect((await engine.whenEnded(id)).status).toBe('completed');
    expect(order).toEqual(['b', 'c']);
  });

  it('skips such a step where nobody is there', async () => {
    const id = await cutInB(once(chain('a', 'b', 'c')), true);
    const order: string[] = [];
    valueOf(await engine.adopt(id, { performer: noting(order), inputs: {}, headless: true }));
    const view = await engine.whenEnded(id);
    expect(standing(view)).toEqual(['a completed', 'b skipped', 'c completed']);
    expect(view.steps[1]?.reason).toBe('interrupted');
    expect(order).toEqual(['c']);
  });

  it('skips such a step where nobody is there any more', async () => {
    const id = await cutInB(once(chain('a', 'b', 'c')));
    valueOf(await engine.adopt(id, { performer: NOTHING, inputs: {}, headless: true }));
    const view = await engine.whenEnded(id);
    expect(standing(view)).toEqual(['a completed', 'b skipped', 'c completed']);
  });

  it('leaves what was paused paused', async () => {
    const work = door();
    const performer = functionPerformer({ a: { run: () => work.opened } });
    const started = await begin(engine, requestOf(chain('a', 'b'), performer));
    valueOf(await engine.control(started.id, { type: 'pause' }, PERSON));
    engine = await rig.open();
    valueOf(await engine.adopt(started.id, { performer: NOTHING, inputs: {} }));
    expect(engine.get(started.id)?.status).toBe('paused');
    valueOf(await engine.control(started.id, { type: 'resume' }, PERSON));
    expect((await engine.whenEnded(started.id)).status).toBe('completed');
  });

  it('finds what has ended as it was, and can open it again', async () => {
    let isBroken = true;
    const performer = functionPerformer({
      b: {
        run: () => {
          if (isBroken) throw new Error('no');
        },
      },
    });
    const started = await begin(engine, requestOf(chain('a', 'b'), performer));
    const before = await started.ended();
    engine = await rig.open({
      revive: () => Promise.resolve({ ok: true, value: { performer, inputs: {} } }),
    });
    expect(engine.get(started.id)).toEqual(before);
    isBroken = false;
    valueOf(await engine.control(started.id, { type: 'retry', step: 'b' }, PERSON));
    expect((await engine.whenEnded(started.id)).status).toBe('completed');
  });

  it('goes on when a person resumes what was left', async () => {
    const id = await cutInB(chain('a', 'b'));
    engine = await rig.open({
      revive: () => Promise.resolve({ ok: true, value: { performer: NOTHING, inputs: {} } }),
    });
    valueOf(await engine.control(id, { type: 'resume' }, PERSON));
    expect((await engine.whenEnded(id)).status).toBe('completed');
    expect(engine.audit(id)?.map(({ action }) => action)).toEqual(['start', 'resume']);
  });

  it('stops what nobody can go on with', async () => {
    const id = await cutInB(chain('a', 'b'));
    const refused = await engine.control(id, { type: 'resume' }, PERSON);
    expect(refused).toMatchObject({ ok: false, failure: { code: 'execution/not-now' } });
    valueOf(await engine.control(id, { type: 'stop' }, PERSON));
    expect(await engine.whenEnded(id)).toMatchObject({ status: 'cancelled', reason: 'cancelled' });
  });

  it('from a snapshot knows as much as from all records', async () => {
    engine = await rig.open({ segmentBytes: 2000 });
    const ids: string[] = [];
    for (const name of ['one', 'two', 'three']) {
      const each = await begin(engine, requestOf(chain('a', 'b', 'c'), NOTHING, { name }));
      await each.ended();
      ids.push(each.id);
    }
    const before = ids.map((id) => ({ view: engine.get(id), audit: engine.audit(id) }));
    const journal = await rig.allBytes();
    expect(journal).toContain('"kept"');
    engine = await rig.open({ segmentBytes: 2000 });
    expect(ids.map((id) => ({ view: engine.get(id), audit: engine.audit(id) }))).toEqual(before);
  });

  it('is not needed to read what stands there', async () => {
    const id = await cutInB(chain('a', 'b'));
    const views = valueOf(await readExecutions(rig.journalFolder));
    expect(views).toMatchObject([{ executionId: id, status: 'interrupted' }]);
  });
});

describe('suspend', () => {
  it('ends what runs, and whoever adopts it goes on as after a crash', async () => {
    const begun: string[] = [];
    const first = door();
    const hanging = functionPerformer(
      {},
      {
        run: ({ step }) => {
          begun.push(step.name);
          first.open();
          return door().opened;
        },
      },
    );
    const steps = [aStep('a', { mutexes: ['apt'] })];
    const started = await begin(engine, requestOf(steps, hanging));
    await first.opened;
    engine.suspend(started.id);
    expect(engine.get(started.id)).toMatchObject({ status: 'interrupted', reason: 'restarted' });
    const performer = functionPerformer({}, { run: ({ step }) => void begun.push(step.name) });
    valueOf(await engine.adopt(started.id, { performer, inputs: {} }));
    expect((await started.ended()).status).toBe('completed');
    expect(begun).toEqual(['a', 'a']);
  });

  it('and adoption at once run a step that was just decided only once', async () => {
    const begun: string[] = [];
    const performer = functionPerformer({}, { run: ({ step }) => void begun.push(step.name) });
    const request = requestOf(chain('a', 'b'), performer);
    const { executionId: id } = valueOf(await engine.start(request));
    engine.suspend(id);
    void engine.adopt(id, { performer, inputs: {} });
    engine.suspend(id);
    valueOf(await engine.adopt(id, { performer, inputs: {} }));
    expect((await engine.whenEnded(id)).status).toBe('completed');
    expect(begun.filter((name) => name === 'b')).toHaveLength(1);
    expect(begun.filter((name) => name === 'a').length).toBeLessThanOrEqual(2);
  });
});
