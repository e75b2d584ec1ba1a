import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ErrorCode, Result } from '#shared';
import { createLocalSource } from './local-source.ts';
import type { FetchedPlan } from './plan-source-port.ts';
import { createProcessReader } from './read-in-process.ts';
import { loadedPlan } from './testing/plans.test-support.ts';

const HANG = fileURLToPath(new URL('testing/hang.test-support.ts', import.meta.url));
const MAX_BYTES = 200_000;

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-source-'));
  file = path.join(folder, 'plans/kiosk/1.0/execution_plan.toml');
  await mkdir(path.dirname(file), { recursive: true });
});

afterEach(() => rm(folder, { recursive: true }));

async function fetch(root = 'plans', progress: string[] = []): Promise<Result<FetchedPlan>> {
  return createLocalSource({ baseFolder: folder, read: createProcessReader() }).fetch({
    general: (await loadedPlan({ root })).plan.general,
    maxBytes: MAX_BYTES,
    signal: new AbortController().signal,
    onProgress: (done, total) => progress.push(`${done}/${total ?? '?'}`),
  });
}

describe('local source on real files', () => {
  it('gives the bytes of the plan, and real progress', async () => {
    const bytes = Buffer.alloc(150_000, 'größe ');
    await writeFile(file, bytes);
    const progress: string[] = [];
    const fetched = await fetch('plans', progress);
    expect(fetched).toMatchObject({ ok: true, value: { file } });
    expect(fetched.ok && bytes.equals(fetched.value.bytes)).toBe(true);
    expect(progress).toEqual(['0/150000', '65536/150000', '131072/150000', '150000/150000']);
  });

  it('follows links, as published plans are often switched by one', async () => {
    await writeFile(path.join(folder, 'release-7.toml'), 'seven');
    await symlink(path.join(folder, 'release-7.toml'), file);
    const fetched = await fetch();
    expect(fetched.ok && Buffer.from(fetched.value.bytes).toString()).toBe('seven');
  });

  it('takes a plan that is exactly at the limit', async () => {
    await writeFile(file, Buffer.alloc(MAX_BYTES));
    expect(await fetch()).toMatchObject({ ok: true });
  });

  it.each<[string, () => unknown, ErrorCode, string]>([
    ['no plan', () => undefined, 'update/not-found', 'plans'],
    ['a folder of that name', () => mkdir(file), 'update/not-found', 'plans'],
    ['a pipe nobody writes to', () => execFileSync('mkfifo', [file]), 'update/not-found', 'plans'],
    ['a link in a circle', () => symlink(file, file), 'update/not-found', 'plans'],
    ['an empty place', () => undefined, 'update/unreachable', 'nowhere'],
    ['a file as the root', () => writeFile(path.join(folder, 'x'), ''), 'update/unreachable', 'x'],
    [
      'one byte too many',
      () => writeFile(file, Buffer.alloc(MAX_BYTES + 1)),
      'update/too-large',
      'plans',
    ],
    ['a file without end', () => symlink('/dev/zero', file), 'update/not-found', 'plans'],
  ])('fails with %s', async (_what, prepare, code, root) => {
    await prepare();
    expect(await fetch(root)).toMatchObject({ ok: false, failure: { code } });
  });

  it('does not even begin to read what is too large', async () => {
    await writeFile(file, Buffer.alloc(MAX_BYTES + 1));
    const progress: string[] = [];
    await fetch('plans', progress);
    expect(progress).toEqual([]);
  });

  // Files of /proc say that they are empty, which makes them stand in for files that grow.
  it.runIf(process.platform === 'linux').each([
    ['that grows', '/proc/version', 'update/invalid'],
    ['that grows over the limit', '/proc/kallsyms', 'update/too-large'],
  ])('fails with a file %s while it is read', async (_what, growing, code) => {
    await symlink(growing, file);
    expect(await fetch()).toMatchObject({ ok: false, failure: { code } });
  });

  it('calls a source unreachable whose reading process cannot start', async () => {
    const read = createProcessReader({ entry: path.join(folder, 'no-such-entry.js') });
    const { general } = (await loadedPlan()).plan;
    const signal = new AbortController().signal;
    const request = { general, maxBytes: MAX_BYTES, signal, onProgress: () => undefined };
    expect(await createLocalSource({ baseFolder: folder, read }).fetch(request)).toMatchObject({
      ok: false,
      failure: { code: 'update/unreachable' },
    });
  });

  it('leaves a share that hangs, and nothing of the read stays behind', async () => {
    // A socket that the reading process holds open shows that it lived, and that it is gone.
    const socket = path.join(folder, 'alive');
    const server = createServer().listen(socket);
    await once(server, 'listening');
    const abort = new AbortController();
    const reading = createProcessReader({ entry: HANG })({
      root: folder,
      file: socket,
      maxBytes: MAX_BYTES,
      signal: abort.signal,
      onProgress: () => undefined,
    });
    const [alive] = (await once(server, 'connection')) as [Socket];
    abort.abort();
    expect(await reading).toEqual({ kind: 'aborted' });
    alive.resume();
    await once(alive, 'close');
    server.close();
  });
});
