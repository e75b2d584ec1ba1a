import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Result } from '#shared';
import { openHome, type Home } from './home.ts';
import { nodeFiles } from './node-files.ts';

const HOLDER = fileURLToPath(new URL('testing/hold-home.test-support.ts', import.meta.url));

let folder: string;
let children: ChildProcess[] = [];

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), 'firstlight-home-')), 'home');
});

afterEach(async () => {
  for (const child of children) child.kill('SIGKILL');
  children = [];
  await rm(path.dirname(folder), { recursive: true });
});

/** Another process that opens the home and keeps it. Gives what came of it. */
async function holdElsewhere(): Promise<{ readonly child: ChildProcess; readonly answer: string }> {
  const child = fork(HOLDER, [folder]);
  children.push(child);
  const [answer] = (await once(child, 'message')) as [string];
  return { child, answer };
}

function open(): Promise<Result<Home>> {
  return openHome(nodeFiles, folder);
}

async function opened(): Promise<Home> {
  const home = await open();
  if (!home.ok) throw new Error(home.failure.message);
  return home.value;
}

describe('openHome', () => {
  it('makes folders that only their owner may enter', async () => {
    const { paths, release } = await opened();
    for (const made of [paths.folder, paths.plans, paths.pluginCache, paths.pluginStorage]) {
      expect((await stat(made)).mode & 0o777).toBe(0o700);
    }
    release();
  });

  it('refuses a home that a living process has, and says which', async () => {
    const { child, answer } = await holdElsewhere();
    expect(answer).toBe('opened');
    expect(await open()).toEqual({
      ok: false,
      failure: {
        code: 'session/locked',
        message: `Another Firstlight (process ${child.pid ?? 0}) uses the home folder ${folder}.`,
        hint: 'End it, or choose another folder with --home DIR.',
      },
    });
  });

  it('takes a home that was refused, once the other process has left it', async () => {
    const { child } = await holdElsewhere();
    expect(await open()).toMatchObject({ ok: false, failure: { code: 'session/locked' } });
    child.send('end');
    await once(child, 'exit');
    (await opened()).release();
  });

  it('refuses a second use in the same process', async () => {
    const { release } = await opened();
    expect(await open()).toMatchObject({ ok: false, failure: { code: 'session/locked' } });
    release();
  });

  it('takes over from a process that was killed', async () => {
    const { child } = await holdElsewhere();
    child.kill('SIGKILL');
    await once(child, 'exit');
    (await opened()).release();
  });

  it('gives the home back when the process ends by itself', async () => {
    const { child } = await holdElsewhere();
    child.send('end');
    await once(child, 'exit');
    expect(await readdir(path.join(folder, 'locks'))).toEqual([]);
  });

  it.runIf(process.platform === 'linux')(
    'takes over from a dead process whose number another one has now',
    async () => {
      (await opened()).release();
      // Process 1 always lives, but it did not start at tick 7 of another boot.
      await writeFile(path.join(folder, 'locks', 'pid-1-7-deadbeef'), '');
      (await opened()).release();
    },
  );

  it('never lets two of several have it that start at the same time', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => holdElsewhere()));
    const winners = answers.filter(({ answer }) => answer === 'opened');
    expect(winners.length).toBeLessThanOrEqual(1);
    expect(new Set(answers.map(({ answer }) => answer))).toContain('session/locked');
  });

  it('names the folder when a file stands in its place', async () => {
    await writeFile(folder, '');
    expect(await open()).toEqual({
      ok: false,
      failure: {
        code: 'shell/read-only',
        message: `The state folder ${folder} cannot be written to (EEXIST).`,
        hint: 'A file stands where a folder should be: choose another folder with --home DIR.',
      },
    });
  });
});
