import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ExecutionView, JsonObject } from '#shared';
import { pluginFiles } from './plugins/plugin-rig.test-support.ts';
import { openLife, type PluginLife } from './plugins/testing/plugin-life.test-support.ts';
import { reviveLeft } from './revive-left.ts';

const PERSON = { who: 'person' };

let folder: string;
let life: PluginLife;
/** What the log of the app says. */
let logged: string[];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-left-'));
  logged = [];
});
afterEach(async () => {
  await life[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

async function addPlugin(body: string): Promise<void> {
  const target = path.join(folder, 'plugins', 'work');
  await mkdir(target, { recursive: true });
  for (const [file, text] of Object.entries(pluginFiles(body))) {
    await writeFile(path.join(target, file), text);
  }
}

async function open(): Promise<void> {
  const pluginsFolder = path.join(folder, 'plugins');
  life = await openLife({ home: path.join(folder, 'home'), pluginsFolder, owner: 'api' });
}

/** Resolves as soon as the view is so. */
function until(id: string, holds: (view: ExecutionView) => boolean): Promise<ExecutionView> {
  return new Promise((resolve) => {
    const look = (): void => {
      const view = life.engine.get(id);
      if (view !== undefined && holds(view)) resolve(view);
    };
    life.engine.onChange(look);
    look();
  });
}

const step = (name: string, run: string): string =>
  `{ name: '${name}', description: 'A', run(ctx) { ${run} } }`;
const HANGS = step(
  'a',
  `return new Promise((done) => ctx.signal.addEventListener('abort', done));`,
);

/** What a run without answers has. */
const OWN = `secrets: ['password'], defaultAnswers: { password: 'hunter2-of-all-hunters' }`;

/** The app ends in the middle of the work, and its plugin has other steps when the app is back. */
async function leftWithOtherSteps(answers?: JsonObject): Promise<string> {
  await addPlugin(`${OWN}, steps: [${HANGS}]`);
  await open();
  const id = await life.begin('work', answers === undefined ? {} : { answers });
  await until(id, ({ steps }) => steps[0]?.status === 'running');
  await life[Symbol.asyncDispose]();
  const gives = `return { region: ctx.inputs.region ?? '', letters: (ctx.inputs.password ?? '').length };`;
  await addPlugin(`${OWN}, steps: [${step('b', gives)}]`);
  await open();
  const { engine, runner } = life;
  reviveLeft({ engine, runner, log: (_level, text) => logged.push(text) });
  return id;
}

async function answered(id: string, action: string): Promise<ExecutionView> {
  const { questions } = await until(id, (view) => view.questions.length > 0);
  expect(questions).toMatchObject([{ class: 'steps-changed', stepName: '' }]);
  await life.engine.answer(id, questions[0]?.id ?? '', action, PERSON);
  return life.engine.whenEnded(id);
}

/** The id of an execution that was begun after this one. */
function newerThan(id: string): Promise<string> {
  return new Promise((resolve) => {
    const look = (): void => {
      const [newest] = life.engine.list();
      if (newest !== undefined && newest.executionId !== id) resolve(newest.executionId);
    };
    life.engine.onChange(look);
    look();
  });
}

describe('an execution of the control API whose plugin has other steps after a restart', () => {
  it('asks a person, and is begun anew with its answers where that is wanted', async () => {
    const id = await leftWithOtherSteps({ region: 'eu' });
    expect(await answered(id, 'start-over')).toMatchObject({
      status: 'cancelled',
      reason: 'steps-changed',
    });
    const { status, results } = await life.engine.whenEnded(await newerThan(id));
    expect([status, results['b']?.outputs]).toEqual(['completed', { region: 'eu', letters: 0 }]);
  });

  it('is begun anew with the secret answers that are the own ones of the plugin', async () => {
    const id = await leftWithOtherSteps();
    await answered(id, 'start-over');
    const { results } = await life.engine.whenEnded(await newerThan(id));
    expect(results['b']?.outputs).toEqual({ region: '', letters: 22 });
  });

  it('is given up where a person leaves it', async () => {
    const id = await leftWithOtherSteps();
    expect((await answered(id, 'leave')).status).toBe('cancelled');
    expect(life.engine.list()).toHaveLength(1);
  });

  it('asks no longer when somebody has stopped it', async () => {
    const id = await leftWithOtherSteps();
    await until(id, (view) => view.questions.length > 0);
    await life.engine.control(id, { type: 'stop' }, PERSON);
    const { status } = await until(id, (view) => view.questions.length === 0);
    expect(status).toBe('cancelled');
  });
});

describe('an execution of the control API', () => {
  it('that cannot go on stays interrupted, and the log says why', async () => {
    await addPlugin(`steps: [${HANGS}]`);
    await open();
    const id = await life.begin('work');
    await until(id, ({ steps }) => steps[0]?.status === 'running');
    await life[Symbol.asyncDispose]();
    await rm(path.join(folder, 'plugins', 'work'), { recursive: true });
    await open();
    const { engine, runner } = life;
    const said = new Promise<string>((resolve) =>
      reviveLeft({ engine, runner, log: (_level, text) => resolve(text) }),
    );
    expect(await said).toMatch(/^work does not go on: Plugin "work"/);
    expect(engine.get(id)?.status).toBe('interrupted');
  });
});
