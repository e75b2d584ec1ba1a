import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../clock.ts';
import { functionPerformer } from '../../executors/testing/function-performer.test-support.ts';
import { aStep } from '../graph/step.test-support.ts';
import { openExecutionJournal } from '../journal/open-journal.ts';
import {
  hookedJournalFiles,
  systemError,
} from '../journal/testing/hooked-journal-files.test-support.ts';
import type { InProcessJournal } from '../journal/testing/in-process-journal.test-support.ts';
import { unsyncedJournalFiles } from '../journal/testing/unsynced-journal-files.test-support.ts';
import type { StepSpec } from '../step-spec.ts';
import type { OpenEngine } from './create-engine.ts';
import {
  begin,
  chain,
  door,
  EngineRig,
  PERSON,
  requestOf,
  standing,
  valueOf,
} from './testing/engine-rig.test-support.ts';
import { journalOver } from './testing/memory-journal.test-support.ts';

let rig: EngineRig;
let engine: OpenEngine;

beforeEach(async () => {
  rig = await EngineRig.make();
  engine = await rig.open();
});

afterEach(() => rig.remove());

const NOTHING = functionPerformer({});

/** Steps with nothing between them. */
function wide(count: number, fields: Partial<StepSpec> = {}): readonly StepSpec[] {
  return Array.from({ length: count }, (_, index) => aStep(`s${index}`, fields));
}

/** How many syncs an execution takes, from its start to its end. */
async function syncsOf(steps: readonly StepSpec[], concurrency: number): Promise<number> {
  const before = engine.syncs;
  const started = await begin(engine, requestOf(steps, NOTHING, { concurrency }));
  expect((await started.ended()).status).toBe('completed');
  return engine.syncs - before;
}

describe('syncs', () => {
  it('are one a step in a chain: its end shares one with the next start', async () => {
    const names = Array.from({ length: 50 }, (_, index) => `s${index}`);
    // One more: the start itself.
    expect(await syncsOf(chain(...names), 1)).toBe(51);
  });

  it('are about two for every eight steps at a concurrency of 8', async () => {
    const syncs = await syncsOf(wide(80), 8);
    expect(syncs).toBeGreaterThanOrEqual(80 / 8);
    expect(syncs).toBeLessThanOrEqual((2 * 80) / 8 + 1);
  });

  it('are at most two a layer where nothing is limited', async () => {
    const layer = (name: string, before: readonly string[]) =>
      Array.from({ length: 30 }, (_, index) => aStep(`${name}${index}`, { dependsOn: before }));
    const first = layer('a', []);
    const second = layer(
      'b',
      first.map(({ name }) => name),
    );
    const third = layer(
      'c',
      second.map(({ name }) => name),
    );
    expect(await syncsOf([...first, ...second, ...third], 1000)).toBeLessThanOrEqual(2 * 3 + 1);
  });
});

it('shows and begins nothing before its record is on the disk', async () => {
  const disk = door();
  let appends = 0;
  engine = await rig.open({
    openJournal: async (options) => {
      const opened = await openExecutionJournal(options);
      if (!opened.ok) return opened;
      const journal = opened.value;
      return {
        ok: true,
        value: {
          recovery: journal.recovery,
          get syncs() {
            return journal.syncs;
          },
          append: async (entries) => {
            appends += 1;
            await disk.opened;
            return journal.append(entries);
          },
          close: () => journal.close(),
        },
      };
    },
  });
  const changes: string[] = [];
  engine.onChange((id) => void changes.push(id));
  const begun: string[] = [];
  const performer = functionPerformer({}, { run: ({ step }) => void begun.push(step.name) });
  let isStarted = false;
  const starting = engine.start({ ...requestOf(chain('a'), performer), name: 'held back' });
  void starting.then(() => (isStarted = true));
  // Whatever could go on without the disk has done so by then.
  for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
  expect({ isStarted, begun, changes, shown: engine.list() }).toEqual({
    isStarted: false,
    begun: [],
    changes: [],
    shown: [],
  });
  expect(appends).toBe(1);
  disk.open();
  const { executionId } = valueOf(await starting);
  expect((await engine.whenEnded(executionId)).status).toBe('completed');
  expect(begun).toEqual(['a']);
});

it('gives the mutexes of an abandoned execution to whoever waits for them', async () => {
  const begun = door();
  const hanging = functionPerformer(
    {},
    {
      run: () => {
        begun.open();
        return door().opened;
      },
    },
  );
  const steps = [aStep('a', { mutexes: ['apt'] })];
  const first = await begin(engine, requestOf(steps, hanging));
  await begun.opened;
  const second = await begin(engine, requestOf(steps, NOTHING));
  engine.abandon(first.id, 'setup-over');
  expect(await first.ended()).toMatchObject({ status: 'cancelled', reason: 'setup-over' });
  expect((await second.ended()).status).toBe('completed');
});

it('can open an abandoned execution again', async () => {
  const id = (
    await begin(
      engine,
      requestOf(chain('a', 'b'), functionPerformer({}, { run: () => door().opened })),
    )
  ).id;
  engine.abandon(id, 'setup-over');
  await engine.whenEnded(id);
  valueOf(await engine.adopt(id, { performer: NOTHING, inputs: {} }));
  valueOf(await engine.control(id, { type: 'resume' }, PERSON));
  expect((await engine.whenEnded(id)).status).toBe('completed');
});

it('keeps so many ended executions, the newest, also after a restart', async () => {
  engine = await rig.open({ keptEnded: 2 });
  const ids: string[] = [];
  for (let count = 0; count < 4; count += 1) {
    const each = await begin(engine, requestOf(chain('a'), NOTHING));
    await each.ended();
    ids.push(each.id);
  }
  const kept = () => engine.list().map(({ executionId }) => executionId);
  expect(kept()).toEqual([ids[3], ids[2]]);
  engine = await rig.open({ keptEnded: 2 });
  expect(kept()).toEqual([ids[3], ids[2]]);
});

it('learns from what steps took how much of the bar they are', async () => {
  const clock = new SimulatedClock(1_000_000);
  engine = await rig.open({ clock });
  const slow = functionPerformer({
    a: { run: () => new Promise((resolve) => void clock.after(900, () => resolve({}))) },
  });
  const first = await begin(engine, requestOf(chain('a', 'b'), slow));
  await clock.runUntil(first.ended());
  engine = await rig.open();
  const work = door();
  const performer = functionPerformer({ b: { run: () => work.opened } });
  const again = await begin(engine, requestOf(chain('a', 'b'), performer));
  const view = await again.until(({ steps: [, b] }) => b?.status === 'running');
  // 0.9 s of 1.0 s: what takes less than 0.1 s counts as that.
  expect(view.progress).toBe(90);
  work.open();
});

it('sets aside only the execution that damage has touched', async () => {
  const whole = await begin(engine, requestOf(chain('a'), NOTHING, { name: 'whole' }));
  await whole.ended();
  const hurt = await begin(
    engine,
    requestOf(chain('a', 'b'), functionPerformer({ b: { run: () => door().opened } }), {
      name: 'hurt',
    }),
  );
  await hurt.until(({ steps: [, b] }) => b?.status === 'running');
  const after = await begin(engine, requestOf(chain('a'), NOTHING, { name: 'after' }));
  await after.ended();
  await engine.dispose();
  const [segment = ''] = (await readdir(rig.journalFolder)).filter((name) =>
    name.endsWith('.jsonl'),
  );
  const file = path.join(rig.journalFolder, segment);
  const lines = (await readFile(file, 'utf8')).split('\n');
  const broken = lines.map((line) =>
    line.includes(hurt.id) && line.includes('step.ended')
      ? line.replace('"success":true', '"success":nope')
      : line,
  );
  await writeFile(file, broken.join('\n'));
  engine = await rig.open();
  expect(engine.get(whole.id)?.status).toBe('completed');
  expect(engine.get(after.id)?.status).toBe('completed');
  expect(await engine.whenEnded(hurt.id)).toMatchObject({ status: 'failed', reason: 'damaged' });
  expect(rig.logged.join('\n')).toContain('was set aside');
});

it('waits while the disk is full, says so, loses nothing, and goes on when there is room', async () => {
  let isFull = false;
  let journal: InProcessJournal | undefined;
  const files = hookedJournalFiles(unsyncedJournalFiles(), ({ call }) => {
    if (isFull && call === 'write') throw systemError('ENOSPC');
  });
  const openJournal = journalOver(files, (opened) => (journal = opened));
  engine = await rig.open({ openJournal });
  const work = door();
  const order: string[] = [];
  const performer = functionPerformer(
    { a: { run: () => work.opened } },
    { run: ({ step }) => void order.push(step.name) },
  );
  const started = await begin(engine, requestOf(chain('a', 'b'), performer));
  await started.until(({ steps: [a] }) => a?.status === 'running');
  isFull = true;
  work.open();
  const paused = await started.until(({ status }) => status === 'paused');
  expect(paused).toMatchObject({ status: 'paused', reason: 'disk-full' });
  expect(standing(paused)).toEqual(['a running', 'b pending']);
  expect(started.events.at(-1)).toMatchObject({ type: 'ExecutionStatus', reason: 'disk-full' });
  isFull = false;
  await journal?.pass(60_000);
  expect(await started.ended()).toMatchObject({ status: 'completed', progress: 100 });
  expect(order).toEqual(['b']);
});
