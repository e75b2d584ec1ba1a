import { execFile } from 'node:child_process';
import {
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rename,
  rm,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ExecutionEvent, ExecutionView, JsonObject } from '#shared';
import {
  makeRelease,
  serveArchives,
  type ArchiveServer,
  type Release,
} from './testing/archive-server.test-support.ts';
import {
  dataFolderOf,
  openLife,
  SAMPLES,
  type PluginLife,
} from './testing/plugin-life.test-support.ts';

const run = promisify(execFile);

let folder: string;
let home: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-samples-'));
  home = path.join(folder, 'home');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function statuses(view: ExecutionView): Record<string, string> {
  return Object.fromEntries(view.steps.map(({ name, status }) => [name, status]));
}

describe('runtime-install', () => {
  let scratch: string;
  let first: Release;
  let second: Release;
  let server: ArchiveServer;
  beforeAll(async () => {
    scratch = await mkdtemp(path.join(tmpdir(), 'firstlight-releases-'));
    [first, second] = await Promise.all([
      makeRelease(scratch, '1.0.0'),
      makeRelease(scratch, '2.0.0'),
    ]);
  });
  afterAll(() => rm(scratch, { recursive: true, force: true }));
  beforeEach(async () => (server = await serveArchives([first, second])));
  afterEach(() => server[Symbol.asyncDispose]());

  const data = (): string => dataFolderOf(home, 'runtime-install');
  const current = async (): Promise<string> => {
    const { stdout } = await run(path.join(data(), 'current', 'bin', 'rt'));
    return stdout.trim();
  };

  /** Begins it, and gives its id as soon as something has happened. */
  function until(
    life: PluginLife,
    { answers }: { readonly answers: JsonObject },
    happened: (event: ExecutionEvent) => boolean,
  ): Promise<string> {
    return new Promise((resolve, reject) => {
      const onEvent = (event: ExecutionEvent): void => {
        if (happened(event)) resolve(event.executionId);
      };
      life.begin('runtime-install', { answers, onEvent }).catch(reject);
    });
  }

  it('downloads, unpacks and installs an archive, and makes it the current version', async () => {
    await using life = await openLife({ home });
    const messages: string[] = [];
    const view = await life.run('runtime-install', {
      answers: server.answersFor(first),
      onEvent: (event) => event.type === 'StepProgress' && messages.push(event.message ?? ''),
    });
    expect(view.error).toBeUndefined();
    expect(statuses(view)).toEqual({
      check: 'completed',
      download: 'completed',
      extract: 'completed',
      install: 'completed',
      symlink: 'completed',
      tidy: 'completed',
    });
    expect(view).toMatchObject({ status: 'completed', progress: 100 });
    expect(view.results['download']?.metrics).toEqual({ bytes: first.archive.length });
    expect(messages).toContain('0 of 0 MB');
    expect(await current()).toBe('rt 1.0.0');
    for (const [file, bytes] of first.files) {
      expect(await readFile(path.join(data(), 'current', file))).toEqual(bytes);
    }
    expect(await readdir(path.join(data(), 'downloads'))).toEqual([]);
    expect(await readdir(path.join(data(), 'unpacked'))).toEqual([]);
  });

  it('does nothing for a version that is there', async () => {
    const answers = server.answersFor(first);
    await using life = await openLife({ home });
    await life.run('runtime-install', { answers });
    const view = await life.run('runtime-install', { answers });
    expect(statuses(view)).toEqual({
      check: 'completed',
      download: 'skipped',
      extract: 'skipped',
      install: 'skipped',
      symlink: 'skipped',
      tidy: 'skipped',
    });
    expect(server.ranges).toEqual(['']);
  });

  it('puts a newer version beside the old one', async () => {
    await using life = await openLife({ home });
    await life.run('runtime-install', { answers: server.answersFor(first) });
    await life.run('runtime-install', { answers: server.answersFor(second) });
    expect(await current()).toBe('rt 2.0.0');
    expect(await readdir(path.join(data(), 'versions'))).toHaveLength(2);
  });

  it('goes on with a download where the connection broke', async () => {
    // Slow enough for what was sent before the break to arrive.
    Object.assign(server.manners, { cutAfter: 100_000, paceMs: 10 });
    await using life = await openLife({ home });
    const view = await life.run('runtime-install', { answers: server.answersFor(first) });
    expect(view.status).toBe('completed');
    expect(view.results['download']).toMatchObject({ attempts: 2 });
    expect(server.ranges).toEqual(['', expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
    expect(await current()).toBe('rt 1.0.0');
  });

  it('takes the whole archive from a server that knows no ranges', async () => {
    Object.assign(server.manners, { cutAfter: 100_000, paceMs: 10, ignoresRanges: true });
    await using life = await openLife({ home });
    const view = await life.run('runtime-install', { answers: server.answersFor(first) });
    expect(view.status).toBe('completed');
    expect(await current()).toBe('rt 1.0.0');
  });

  it('installs nothing that has another digest than the one that was pinned', async () => {
    const answers = { ...server.answersFor(first), sha256: '0'.repeat(64) };
    await using life = await openLife({ home });
    let refusal = '';
    const id = await until(life, { answers }, (event) => {
      if (event.type === 'StepRetry') refusal = event.errorMessage;
      return refusal !== '';
    });
    expect(refusal).toContain('not the one that was pinned');
    await life.engine.control(id, { type: 'stop' }, { who: 'cli' });
    await life.engine.whenEnded(id);
    expect(await readdir(path.join(data(), 'versions'))).toEqual([]);
    expect(await readdir(path.join(data(), 'downloads'))).toEqual([]);
  });

  it('installs nothing in which the program is missing, and unpacks it anew when it is tried again', async () => {
    const answers = { ...server.answersFor(first), program: 'bin/other' };
    await using life = await openLife({ home });
    const view = await life.run('runtime-install', { answers });
    expect(statuses(view)).toMatchObject({ extract: 'failed', install: 'blocked' });
    const again = await life.run('runtime-install', { answers, from: 'extract' });
    expect(statuses(again)).toMatchObject({ extract: 'failed', install: 'blocked' });
    expect(await readdir(path.join(data(), 'versions'))).toEqual([]);
  });

  it('refuses answers that would lead out of its folder', async () => {
    const answers = { ...server.answersFor(first), version: '../../elsewhere' };
    await using life = await openLife({ home });
    const view = await life.run('runtime-install', { answers });
    expect(view.error?.message).toContain('"../../elsewhere" is no version');
    expect(statuses(view)).toMatchObject({ check: 'failed', tidy: 'skipped' });
  });

  it('takes back what it did when a person stops it', async () => {
    await using life = await openLife({ home });
    await life.run('runtime-install', { answers: server.answersFor(first) });
    const answers = server.answersFor(second);
    // Everything is done but tidying up.
    const id = await until(life, { answers }, (event) => {
      return event.type === 'StepEnd' && event.stepName === 'symlink';
    });
    await life.engine.control(id, { type: 'stop' }, { who: 'cli' });
    expect(await life.engine.whenEnded(id)).toMatchObject({ status: 'cancelled' });
    expect(await current()).toBe('rt 1.0.0');
    expect(await readdir(path.join(data(), 'versions'))).toHaveLength(1);
  });

  it('runs again from a step, with what the others came to', async () => {
    const answers = server.answersFor(first);
    await using life = await openLife({ home });
    await life.run('runtime-install', { answers });
    await rm(path.join(data(), 'current'));
    const view = await life.run('runtime-install', { answers, from: 'symlink' });
    expect(view.status).toBe('completed');
    expect(await current()).toBe('rt 1.0.0');
    expect(server.ranges).toEqual(['']);
  });
});

describe('packages', () => {
  const history = async (): Promise<readonly string[]> => {
    const text = await readFile(path.join(dataFolderOf(home, 'packages'), 'history.log'), 'utf8');
    return text.trim().split('\n');
  };

  /** A copy whose package is the test's to change. */
  async function copied(): Promise<string> {
    const plugins = path.join(folder, 'plugins');
    await mkdir(plugins);
    await cp(path.join(SAMPLES, 'packages'), path.join(plugins, 'packages'), { recursive: true });
    return plugins;
  }

  it('runs two commands, one after the other', async () => {
    await using life = await openLife({ home });
    const view = await life.run('packages');
    expect(statuses(view)).toEqual({ refresh: 'completed', upgrade: 'completed' });
    expect(view.results['upgrade']?.output).toContain('5 upgraded');
    expect(await history()).toHaveLength(2 + 5);
  });

  it('takes nothing to do for a success, because a pattern says so', async () => {
    await using life = await openLife({ home });
    await life.run('packages');
    const view = await life.run('packages');
    expect(view.status).toBe('completed');
    expect(view.results['upgrade']?.output).toContain('Nothing to do.');
  });

  it('upgrades what is new in the index', async () => {
    const pluginsFolder = await copied();
    await using life = await openLife({ home, pluginsFolder });
    await life.run('packages');
    const index = path.join(pluginsFolder, 'packages', 'index.txt');
    await writeFile(index, (await readFile(index, 'utf8')).replace('curl 8.14.1', 'curl 9.0.0'));
    await life.run('packages');
    expect((await history()).at(-1)).toBe('set up curl 9.0.0');
  });

  it('goes on with the same steps where its package has been unpacked elsewhere', async () => {
    const pluginsFolder = await copied();
    const packages = path.join(pluginsFolder, 'packages');
    const index = await readFile(path.join(packages, 'index.txt'));
    await rm(path.join(packages, 'index.txt'));
    let failed: ExecutionView;
    {
      await using life = await openLife({ home, pluginsFolder });
      failed = await life.run('packages');
    }
    expect(failed.status).toBe('failed');
    const elsewhere = path.join(folder, 'elsewhere');
    await rename(pluginsFolder, elsewhere);
    await writeFile(path.join(elsewhere, 'packages', 'index.txt'), index);
    await using life = await openLife({ home, pluginsFolder: elsewhere });
    expect(await life.run('packages')).toMatchObject({
      executionId: failed.executionId,
      status: 'completed',
    });
  });

  it('fails at an error in the output, and does not begin the second command', async () => {
    const pluginsFolder = await copied();
    await rm(path.join(pluginsFolder, 'packages', 'index.txt'));
    await using life = await openLife({ home, pluginsFolder });
    const view = await life.run('packages');
    expect(statuses(view)).toEqual({ refresh: 'failed', upgrade: 'blocked' });
    expect(view.error?.message).toContain('E: there is no index');
    await expect(lstat(path.join(dataFolderOf(home, 'packages'), 'installed.txt'))).rejects.toThrow(
      'ENOENT',
    );
  });
});
