import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { functionPerformer } from '../../executors/testing/function-performer.test-support.ts';
import {
  hookedJournalFiles,
  systemError,
} from '../journal/testing/hooked-journal-files.test-support.ts';
import type { InProcessJournal } from '../journal/testing/in-process-journal.test-support.ts';
import { unsyncedJournalFiles } from '../journal/testing/unsynced-journal-files.test-support.ts';
import type { OpenEngine } from './create-engine.ts';
import {
  begin,
  chain,
  door,
  EngineRig,
  PERSON,
  requestOf,
  standing,
  type Started,
} from './testing/engine-rig.test-support.ts';
import { journalOver } from './testing/memory-journal.test-support.ts';

const REFUSED = { ok: false, failure: { code: 'shell/read-only' } };
const QUESTION = { class: 'c', text: 't', actions: [{ id: 'yes', label: 'Yes' }], default: 'yes' };

let rig: EngineRig;
let engine: OpenEngine;
let isFull: boolean;
let journal: InProcessJournal | undefined;
/** Steps whose work was begun. */
let begun: string[];

beforeEach(async () => {
  isFull = false;
  begun = [];
  const files = hookedJournalFiles(unsyncedJournalFiles(), ({ call }) => {
    if (isFull && call === 'write') throw systemError('ENOSPC');
  });
  rig = await EngineRig.make();
  engine = await rig.open({ openJournal: journalOver(files, (opened) => (journal = opened)) });
});

afterEach(() => rig.remove());

/** Step `a` waits at its door, `ask` asks a person. */
function performer(work = door()) {
  return functionPerformer(
    {
      a: { run: () => work.opened },
      ask: { run: async ({ askPerson }) => ({ chosen: await askPerson(QUESTION) }) },
    },
    { run: ({ step }) => void begun.push(step.name) },
  );
}

async function freeSpace(): Promise<void> {
  isFull = false;
  await journal?.pass(60_000);
}

/** One execution that runs, and a disk that is known to be full. */
async function inTrouble(): Promise<Started> {
  const started = await begin(engine, requestOf(chain('ask', 'b'), performer()));
  await started.until(({ questions }) => questions.length > 0);
  const second = await begin(engine, requestOf(chain('a'), performer()));
  await second.until(({ steps: [a] }) => a?.status === 'running');
  isFull = true;
  expect(await engine.control(second.id, { type: 'pause' }, PERSON)).toMatchObject(REFUSED);
  return started;
}

describe('while the disk is full', () => {
  it('nothing is started: whoever asks hears why at once, and it is not begun later either', async () => {
    await inTrouble();
    const before = engine.list().length;
    expect(await engine.start(requestOf(chain('x'), performer()))).toMatchObject(REFUSED);
    await freeSpace();
    expect(engine.list()).toHaveLength(before);
    expect(begun).toEqual([]);
  });

  it('no control and no answer is taken: they are not done later either', async () => {
    const started = await inTrouble();
    const [question] = started.view().questions;
    expect(await engine.control(started.id, { type: 'stop' }, PERSON)).toMatchObject(REFUSED);
    expect(await engine.answer(started.id, question?.id ?? '', 'yes', PERSON)).toMatchObject(
      REFUSED,
    );
    await freeSpace();
    expect(started.view()).toMatchObject({ status: 'running', questions: [question] });
    await engine.answer(started.id, question?.id ?? '', 'yes', PERSON);
    expect(await started.ended()).toMatchObject({ status: 'completed' });
  });

  it('the work of the setup waits, since nobody would ask for it again', async () => {
    await inTrouble();
    const request = requestOf(chain('x'), performer(), { owner: 'flow' });
    const starting = begin(engine, request);
    await journal?.settle();
    expect(begun).toEqual([]);
    await freeSpace();
    expect(await (await starting).ended()).toMatchObject({ status: 'completed' });
  });
});

it('refuses the start that finds the disk full, and begins nothing of it when there is room', async () => {
  isFull = true;
  expect(await engine.start(requestOf(chain('x'), performer()))).toMatchObject(REFUSED);
  await freeSpace();
  const [left] = engine.list();
  const view = await engine.whenEnded(left?.executionId ?? '');
  expect(view).toMatchObject({ status: 'cancelled', reason: 'disk-full' });
  expect(standing(view)).toEqual(['x cancelled']);
  expect(begun).toEqual([]);
});
