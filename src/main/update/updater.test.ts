import { describe, expect, it } from 'vitest';
import { fail, ok, type ErrorCode, type Result, type UpdateState } from '#shared';
import { manualClock } from '../device/testing/manual-clock.test-support.ts';
import { hookedFiles } from '../state/testing/hooked-files.test-support.ts';
import { unsyncedFiles } from '../state/testing/unsynced-files.test-support.ts';
import type { PlanAnswer, PlanSource } from './plan-source.ts';
import { createPlanStore } from './plan-store.ts';
import { check, loadedPlan, planText } from './testing/plans.test-support.ts';
import type { LoadedPlan } from './update-port.ts';
import { createUpdater } from './updater.ts';

const FILE = '/plans/kiosk/1.0/execution_plan.toml';
const base = await loadedPlan({ revision: 3, note: 'base' });

type Fetch = PlanSource['fetch'];

/** What nobody signed. */
function plain(bytes: Uint8Array): PlanAnswer {
  return { kind: 'fetched', bytes, address: FILE, isSigned: false };
}

/** A source that has this text, and says so in two pieces. */
function serving(text: string): Fetch {
  return ({ onProgress }) => {
    const bytes = Buffer.from(text);
    for (const share of [0, 0.5, 1]) onProgress(Math.floor(bytes.length * share), bytes.length);
    return Promise.resolve(ok(plain(bytes)));
  };
}

function failing(code: ErrorCode): Fetch {
  return () => Promise.resolve(fail({ code, message: `It is ${code}.` }));
}

/** An updater on a disk of its own, with everything that a test may want to look at. */
function setUp(fetch: Fetch, base_ = base) {
  const clock = manualClock();
  const files = unsyncedFiles();
  const paths = { plans: '/home/plans', accepted: '/home/accepted.json' };
  const store = createPlanStore({ files, paths, check });
  const updater = createUpdater({ source: { fetch }, check, store, clock });
  const states: UpdateState[] = [];
  const abort = new AbortController();
  return {
    clock,
    store,
    states,
    abort,
    update: (activeDigest = base_.digest) =>
      updater.update({
        base: base_,
        activeDigest,
        signal: abort.signal,
        onProgress: (state) => states.push(state),
      }),
    active: async (): Promise<LoadedPlan> => {
      const choice = await store.loadActive(base_);
      if (!choice.ok) throw new Error(choice.failure.message);
      return choice.value.loaded;
    },
  };
}

describe('updater', () => {
  it('puts a newer plan in place and says so', async () => {
    const { update, states, active } = setUp(serving(planText({ revision: 4 })));
    const newer = await loadedPlan({ revision: 4 }, 'local');
    expect(await update()).toEqual({ ok: true, value: { kind: 'updated', loaded: newer } });
    expect(await active()).toEqual({ ...newer, source: 'cached' });
    const total = newer.text.length;
    expect(states).toEqual([
      { phase: 'checking' },
      { phase: 'fetching', done: 0, total },
      { phase: 'fetching', done: Math.floor(total / 2), total },
      { phase: 'fetching', done: total, total },
      { phase: 'installing', done: 0, total },
      { phase: 'installing', done: total, total },
      { phase: 'updated', revision: 4 },
    ]);
  });

  it('takes another plan of the same revision', async () => {
    const { update } = setUp(serving(planText({ revision: 3, note: 'another' })));
    expect(await update()).toMatchObject({ ok: true, value: { kind: 'updated' } });
  });

  it('says when there is nothing new', async () => {
    const { update, states } = setUp(serving(base.text));
    const message = `The plan at ${FILE} is the one in force.`;
    expect(await update()).toEqual({
      ok: true,
      value: { kind: 'unchanged', reason: 'up-to-date', message },
    });
    expect(states.at(-1)).toEqual({ phase: 'unchanged', reason: 'up-to-date', message });
  });

  const wrongAndBroken = planText({ family: 'totem', revision: 0 }).replace(
    '[general]',
    '[general',
  );
  it.each<[string, Fetch, ErrorCode, string]>([
    [
      'a source that is gone',
      failing('update/unreachable'),
      'update/unreachable',
      'It is update/unreachable.',
    ],
    ['no plan there', failing('update/not-found'), 'update/not-found', 'It is update/not-found.'],
    ['no right to read it', failing('update/denied'), 'update/denied', 'It is update/denied.'],
    [
      'one over the limit',
      failing('update/too-large'),
      'update/too-large',
      'It is update/too-large.',
    ],
    [
      'an empty file',
      serving(''),
      'update/invalid',
      `The candidate plan ${FILE} has an error; line 1: `,
    ],
    [
      'bytes that are no text',
      () => Promise.resolve(ok(plain(new Uint8Array([0xff, 0])))),
      'update/invalid',
      `The candidate plan ${FILE} has an error; line 1: `,
    ],
    [
      'a plan with errors',
      serving(planText({ version: '..' })),
      'update/invalid',
      `The candidate plan ${FILE} has an error; line 4: `,
    ],
    [
      'errors before product and revision',
      serving(wrongAndBroken),
      'update/invalid',
      `The candidate plan ${FILE} has an error; line 2: `,
    ],
    [
      'another product before its revision',
      serving(planText({ family: 'totem', revision: 0 })),
      'update/wrong-product',
      'The candidate plan is for the product family "totem", and this device is a "kiosk".',
    ],
    [
      'a revision below the base plan',
      serving(planText({ revision: 2 })),
      'update/rollback',
      'The candidate plan has revision 2, and the base plan has revision 3.',
    ],
  ])('keeps the plan in force with %s', async (_what, fetch, code, message) => {
    const { update, states, active } = setUp(fetch);
    const result = await update();
    expect(result).toMatchObject({ ok: false, failure: { code } });
    expect(result.ok ? '' : result.failure.message).toContain(message);
    expect(states.at(-1)).toMatchObject({ phase: 'failed', reason: code.replace('update/', '') });
    expect(await active()).toBe(base);
  });

  it('refuses a revision below one that was accepted before', async () => {
    const { update, store, active } = setUp(serving(planText({ revision: 4 })));
    await store.accept({
      loaded: await loadedPlan({ revision: 6 }, 'local'),
      base,
      isSigned: false,
    });
    expect(await update()).toEqual({
      ok: false,
      failure: {
        code: 'update/rollback',
        message: 'The candidate plan has revision 4, and this device has accepted revision 6.',
        hint: 'Publish it with a higher revision.',
      },
    });
    expect((await active()).plan.general.revision).toBe(6);
  });

  it('refuses the base plan again once a newer one was accepted', async () => {
    const { update, store } = setUp(serving(base.text));
    const newer = await loadedPlan({ revision: 6 }, 'local');
    await store.accept({ loaded: newer, base, isSigned: false });
    expect(await update(newer.digest)).toMatchObject({ failure: { code: 'update/rollback' } });
  });

  it('refuses a plan that failed its trial here, and takes the mended one', async () => {
    const failed = await loadedPlan({ revision: 4, note: 'bad' }, 'local');
    const { update, store } = setUp(serving(failed.text));
    await store.accept({ loaded: failed, base, isSigned: false });
    await store.failTrial(failed.digest, base);
    expect(await update()).toEqual({
      ok: false,
      failure: {
        code: 'update/trial-failed',
        message: 'The candidate plan, revision 4, failed its trial on this device.',
        hint: 'Mend it and publish it with a higher revision: the same file is not taken again.',
      },
    });
  });

  it('asks only for what is not the plan in force, by the tag that the source gave for it', async () => {
    const asked: unknown[] = [];
    const text = planText({ revision: 4 });
    const { update } = setUp((request) => {
      asked.push(request.inForce);
      const answer = { ...plain(Buffer.from(text)), tag: '"one"' };
      return Promise.resolve(
        ok(asked.length === 1 ? answer : { kind: 'unchanged', address: FILE }),
      );
    });
    await update();
    const { digest } = await loadedPlan({ revision: 4 }, 'local');
    expect(await update(digest)).toMatchObject({ value: { kind: 'unchanged' } });
    await update();
    expect(asked).toEqual([
      { digest: base.digest },
      { digest, seen: { address: FILE, tag: '"one"' } },
      { digest: base.digest },
    ]);
  });

  it('goes on after its budget, whatever the source does', async () => {
    const { update, clock, states } = setUp(never);
    const result = update();
    clock.advance(14_999);
    expect(states).toEqual([{ phase: 'checking' }]);
    clock.advance(1);
    expect(await result).toEqual({
      ok: false,
      failure: { code: 'update/timeout', message: 'The update was not done after 15 seconds.' },
    });
  });

  it('tells the source to stop when the budget is over, and hears nothing more from it', async () => {
    const seen: { signal?: AbortSignal; talk?: () => void } = {};
    const { update, clock, states } = setUp(({ signal, onProgress }) => {
      Object.assign(seen, { signal, talk: () => onProgress(1, 2) });
      return never();
    });
    const result = update();
    clock.advance(15_000);
    await result;
    expect(seen.signal?.aborted).toBe(true);
    const count = states.length;
    seen.talk?.();
    expect(states).toHaveLength(count);
  });

  it('does not put a plan in place that comes after the budget', async () => {
    let arrive = (_fetched: Result<PlanAnswer>): void => undefined;
    const late = new Promise<Result<PlanAnswer>>((resolve) => (arrive = resolve));
    const { update, clock, active } = setUp(() => late);
    const result = update();
    clock.advance(15_000);
    expect(await result).toMatchObject({ failure: { code: 'update/timeout' } });
    arrive(ok(plain(Buffer.from(planText({ revision: 9 })))));
    // All that follows an arrival happens in microtasks here, so it has happened after this.
    await new Promise(setImmediate);
    expect(await active()).toBe(base);
  });

  it.each(['before', 'after'])('is cancelled by a signal %s its start', async (when) => {
    const { update, abort } = setUp(never);
    if (when === 'before') abort.abort();
    const result = update();
    abort.abort();
    expect(await result).toEqual({
      ok: false,
      failure: { code: 'plugin/cancelled', message: 'The update was cancelled.' },
    });
  });

  it('leaves no timer behind', async () => {
    const { update, clock } = setUp(serving(base.text));
    await update();
    expect(clock.pending).toBe(0);
  });

  it('says that a sound plan could not be stored', async () => {
    const files = hookedFiles(unsyncedFiles(), () => {
      throw Object.assign(new Error(), { code: 'EROFS', syscall: 'open' });
    });
    const paths = { plans: '/home/plans', accepted: '/home/accepted.json' };
    const updater = createUpdater({
      source: { fetch: serving(planText({ revision: 4 })) },
      check,
      store: createPlanStore({ files, paths, check }),
      clock: manualClock(),
    });
    const request = { base, activeDigest: base.digest, signal: new AbortController().signal };
    expect(await updater.update({ ...request, onProgress: () => undefined })).toEqual({
      ok: false,
      failure: {
        code: 'update/not-stored',
        message: 'The state folder /home/plans cannot be written to (EROFS).',
        hint: 'The disk is mounted read-only: choose another folder with --home DIR.',
      },
    });
  });
});

function never(): Promise<never> {
  return new Promise(() => undefined);
}
