import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { ErrorCode, Failure } from '#shared';
import { createNodeReaderLauncher } from './file-reader-launcher.ts';
import { READER_MARK, type ReaderLauncher } from './file-reader.ts';
import { createFileSource } from './file-source.ts';
import { BodyError, type Attempt, type OpenAnswer, type OpenRequest } from './object-source.ts';
import type { FilePlace } from './place.ts';

const WATCHED = fileURLToPath(
  new URL('../testing/watched-reader.test-support.ts', import.meta.url),
);
const HANGING = fileURLToPath(
  new URL('../testing/hanging-reader.test-support.ts', import.meta.url),
);
const MAX_BYTES = 2_000_000;
/** More than all pipes and buffers on the way hold together. */
const LONG = 1_500_000;

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-source-'));
  file = path.join(folder, 'plans/kiosk/1.0/execution_plan.toml');
  await mkdir(path.dirname(file), { recursive: true });
});

afterEach(() => rm(folder, { recursive: true }));

type Ask = Partial<OpenRequest<FilePlace>> & { readonly root?: string };

function open(ask: Ask = {}, launcher?: ReaderLauncher): Promise<Attempt<OpenAnswer>> {
  const { root = path.join(folder, 'plans'), ...rest } = ask;
  return createFileSource({ launcher: launcher ?? createNodeReaderLauncher() }).open({
    place: { kind: 'file', path: file, root },
    maxBytes: MAX_BYTES,
    signal: new AbortController().signal,
    ...rest,
  });
}

type Body = Extract<OpenAnswer, { kind: 'body' }>;

async function openBody(ask: Ask = {}, launcher?: ReaderLauncher): Promise<Body> {
  const opened = await open(ask, launcher);
  if (!opened.ok || opened.value.kind !== 'body') throw new Error(JSON.stringify(opened));
  return opened.value;
}

async function bytesOf({ body }: Pick<Body, 'body'>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces);
}

/** How reading ends, before or after the head. */
async function failureOf(
  ask: Ask = {},
  launcher?: ReaderLauncher,
): Promise<{ readonly failure: Failure; readonly mayPass: boolean } | undefined> {
  const opened = await open(ask, launcher);
  if (!opened.ok) return { failure: opened.failure, mayPass: opened.mayPass };
  if (opened.value.kind !== 'body') return undefined;
  const broken: unknown = await bytesOf(opened.value).catch((thrown: unknown) => thrown);
  return broken instanceof BodyError ? broken : undefined;
}

/** The real reading process, and whether it has lived and is gone. */
async function watchedReader() {
  const server = await listenAt(path.join(folder, 'alive'));
  const connection = once(server, 'connection') as Promise<[Socket]>;
  return {
    launcher: createNodeReaderLauncher({ entry: WATCHED }),
    gone: async () => {
      const [alive] = await connection;
      if (alive.closed) return;
      alive.resume();
      await once(alive, 'close');
    },
  };
}

/** A program in the place of the reading process. */
async function readerOf(lines: readonly string[]): Promise<ReaderLauncher> {
  const entry = path.join(folder, 'reader.mjs');
  const say = `const say = (word) => writeSync(2, '${READER_MARK}' + JSON.stringify(word) + '\\n');`;
  await writeFile(entry, [`import { writeSync } from 'node:fs';`, say, ...lines].join('\n'));
  return createNodeReaderLauncher({ entry });
}

describe('file source', () => {
  it('gives the bytes of a file, its size and a tag', async () => {
    const bytes = Buffer.alloc(LONG, 'größe ');
    await writeFile(file, bytes);
    const opened = await openBody();
    expect(opened).toMatchObject({ offset: 0, total: LONG });
    expect(opened.tag).toMatch(/^1500000-\d{19}-\d+$/);
    expect(bytes.equals(await bytesOf(opened))).toBe(true);
  });

  it('gives an empty file', async () => {
    await writeFile(file, '');
    const opened = await openBody();
    expect(opened.total).toBe(0);
    expect(await bytesOf(opened)).toHaveLength(0);
  });

  it('sends nothing of a file that still has its tag', async () => {
    await writeFile(file, 'seven');
    const { tag = '', body } = await openBody();
    await bytesOf({ body });
    expect(await open({ unlessTag: tag })).toEqual({ ok: true, value: { kind: 'unchanged' } });
  });

  it('sends a file that was replaced by another of the same size', async () => {
    await writeFile(file, 'seven');
    const before = await openBody();
    await bytesOf(before);
    await writeFile(`${file}.new`, 'eight');
    await rename(`${file}.new`, file);
    const after = await openBody({ unlessTag: before.tag ?? '' });
    expect((await bytesOf(after)).toString()).toBe('eight');
  });

  it('goes on where an interrupted read has ended', async () => {
    await writeFile(file, 'one two three');
    const { tag = '', body } = await openBody();
    await bytesOf({ body });
    const rest = await openBody({ from: { bytes: 4, tag } });
    expect(rest).toMatchObject({ offset: 4, total: 13, tag });
    expect((await bytesOf(rest)).toString()).toBe('two three');
  });

  it('has nothing left to send of a file that had come whole', async () => {
    await writeFile(file, 'one');
    const { tag = '', body } = await openBody();
    await bytesOf({ body });
    const rest = await openBody({ from: { bytes: 3, tag } });
    expect(rest.offset).toBe(3);
    expect(await bytesOf(rest)).toHaveLength(0);
  });

  it('begins anew with a file that is another by now', async () => {
    await writeFile(file, 'one two three');
    const again = await openBody({ from: { bytes: 4, tag: '13-1-1' } });
    expect(again.offset).toBe(0);
    expect((await bytesOf(again)).toString()).toBe('one two three');
  });

  it('follows links, as published plans are often switched by one', async () => {
    await writeFile(path.join(folder, 'release-7.toml'), 'seven');
    await symlink(path.join(folder, 'release-7.toml'), file);
    expect((await bytesOf(await openBody())).toString()).toBe('seven');
  });

  it('reads a single file that is a place of its own', async () => {
    await writeFile(file, 'seven');
    expect((await bytesOf(await openBody({ root: file }))).toString()).toBe('seven');
  });

  it('takes a file that is exactly at the limit', async () => {
    await writeFile(file, Buffer.alloc(MAX_BYTES));
    expect(await bytesOf(await openBody())).toHaveLength(MAX_BYTES);
  });

  it.each<[string, () => unknown, ErrorCode, string]>([
    ['no file', () => undefined, 'update/not-found', 'plans'],
    ['a folder of that name', () => mkdir(file), 'update/not-found', 'plans'],
    ['a pipe nobody writes to', () => execFileSync('mkfifo', [file]), 'update/not-found', 'plans'],
    ['a socket', () => listenAt(file), 'update/not-found', 'plans'],
    ['a link in a circle', () => symlink(file, file), 'update/not-found', 'plans'],
    ['a device without end', () => symlink('/dev/zero', file), 'update/not-found', 'plans'],
    ['an empty place', () => undefined, 'update/unreachable', 'nowhere'],
    ['a file as the root', () => writeFile(path.join(folder, 'x'), ''), 'update/unreachable', 'x'],
  ])('fails for good with %s', async (_what, prepare, code, root) => {
    await prepare();
    expect(await open({ root: path.join(folder, root) })).toMatchObject({
      ok: false,
      failure: { code },
      mayPass: false,
    });
  });

  it('does not even begin to send what is too large', async () => {
    await writeFile(file, Buffer.alloc(MAX_BYTES + 1));
    expect(await open()).toMatchObject({
      ok: false,
      failure: {
        code: 'update/too-large',
        message: `${file} is over the limit of 2000000 bytes.`,
      },
      mayPass: false,
    });
  });

  it('tells a file that was written to while it was read, and that this may pass', async () => {
    await writeFile(file, Buffer.alloc(LONG));
    // The reading process waits for us: not all of the file fits the pipe.
    const { body } = await openBody();
    await appendFile(file, 'more');
    await expect(bytesOf({ body })).rejects.toMatchObject({
      failure: {
        code: 'update/invalid',
        message: `${file} was written to while it was read.`,
        hint: 'Publish a file by renaming it into place.',
      },
      mayPass: true,
    });
  });

  it('tells a file that was cut short while it was read', async () => {
    await writeFile(file, Buffer.alloc(LONG));
    const { body } = await openBody();
    await writeFile(file, '');
    await expect(bytesOf({ body })).rejects.toMatchObject({
      failure: { code: 'update/invalid' },
    });
  });

  it('reads the old file to its end when a new one is renamed into its place', async () => {
    await writeFile(file, Buffer.alloc(LONG, 'old '));
    const opened = await openBody();
    await writeFile(`${file}.new`, Buffer.alloc(LONG, 'new '));
    await rename(`${file}.new`, file);
    expect((await bytesOf(opened)).equals(Buffer.alloc(LONG, 'old '))).toBe(true);
  });

  // Files of /proc say that they are empty, which makes them stand in for files that grow.
  it.runIf(process.platform === 'linux').each([
    ['that grows', '/proc/version', 'update/invalid', true],
    ['that grows over the limit', '/proc/kallsyms', 'update/too-large', false],
  ])('fails with a file %s while it is read', async (_what, growing, code, mayPass) => {
    await symlink(growing, file);
    expect(await failureOf()).toMatchObject({ failure: { code }, mayPass });
  });

  it('says that nothing is mounted where a share should be, and what to mount there', async () => {
    const root = path.join(folder, 'mnt');
    await mkdir(root);
    const place: FilePlace = {
      kind: 'file',
      path: path.join(root, 'kiosk/x.toml'),
      root,
      share: '\\\\files\\setup',
    };
    expect(await failureOf({ place })).toEqual({
      failure: {
        code: 'update/unreachable',
        message: `Nothing is mounted at ${root}, so ${place.path} is not there.`,
        hint: `Mount \\\\files\\setup at ${root}.`,
      },
      mayPass: true,
    });
  });

  it('takes a plain folder with something in it for a mounted share', async () => {
    const root = path.join(folder, 'plans');
    const place: FilePlace = { kind: 'file', path: file, root, share: '\\\\files\\setup' };
    expect(await failureOf({ place })).toMatchObject({ failure: { code: 'update/not-found' } });
    await writeFile(file, 'seven');
    expect((await bytesOf(await openBody({ place }))).toString()).toBe('seven');
  });
});

describe('the reading process', () => {
  it.each<[string, ReaderLauncher, string]>([
    ['has nothing to run', createNodeReaderLauncher({ entry: '/no-such-entry.js' }), 'exit code 1'],
    ['cannot be started', createNodeReaderLauncher({ node: '/no-such-node' }), 'ENOENT'],
    [
      'cannot even be tried',
      {
        launch: () => {
          throw new Error('spawn ENOMEM');
        },
      },
      'spawn ENOMEM',
    ],
  ])('makes a source unreachable, which may pass, when it %s', async (_what, launcher, reason) => {
    expect(await failureOf({}, launcher)).toEqual({
      failure: {
        code: 'update/unreachable',
        message: `The process that was to read ${file} has ended too early (${reason}).`,
      },
      mayPass: true,
    });
  });

  it('is waited for no longer when it is killed in the middle', async () => {
    const launcher = await readerOf([
      `say({ kind: 'head', offset: 0, total: 5, tag: 'x' });`,
      `writeSync(1, 'sev');`,
      `process.kill(process.pid, 'SIGKILL');`,
    ]);
    const { body } = await openBody({}, launcher);
    await expect(bytesOf({ body })).rejects.toMatchObject({
      failure: {
        code: 'update/unreachable',
        message: `The process that was to read ${file} has ended too early (SIGKILL).`,
      },
      mayPass: true,
    });
  });

  it('is understood whatever else is written where it speaks', async () => {
    const launcher = await readerOf([
      `writeSync(2, '(node:7) Warning: something\\n{"kind":"not-a-file"}\\n');`,
      `say({ kind: 'head', offset: 0, total: 5, tag: 'x' });`,
      `writeSync(1, 'seven');`,
      `say({ kind: 'end' });`,
    ]);
    expect((await bytesOf(await openBody({}, launcher))).toString()).toBe('seven');
  });

  it('is held back by a reader that is slow, so that memory does not grow with the file', async () => {
    await writeFile(file, Buffer.alloc(LONG));
    const readers: { readonly stdout: { readonly readableLength: number } }[] = [];
    const node = createNodeReaderLauncher();
    const { body } = await openBody(
      {},
      {
        launch: (job) => {
          const reader = node.launch(job);
          readers.push(reader);
          return reader;
        },
      },
    );
    let most = 0;
    for await (const piece of body) {
      await new Promise(setImmediate);
      most = Math.max(most, piece.length + (readers[0]?.stdout.readableLength ?? 0));
    }
    expect(most).toBeLessThanOrEqual(256 * 1024);
  });

  it('is gone when all has come', async () => {
    await writeFile(file, 'seven');
    const { launcher, gone } = await watchedReader();
    await bytesOf(await openBody({}, launcher));
    await gone();
  });

  it('is gone when there is nothing to read', async () => {
    const { launcher, gone } = await watchedReader();
    expect(await open({}, launcher)).toMatchObject({ ok: false });
    await gone();
  });

  it('is gone when the body is left early', async () => {
    await writeFile(file, Buffer.alloc(LONG));
    const { launcher, gone } = await watchedReader();
    const { body } = await openBody({}, launcher);
    for await (const piece of body) if (piece.length > 0) break;
    await gone();
  });

  it('is gone at once when the body is called off', async () => {
    await writeFile(file, Buffer.alloc(LONG));
    const { launcher, gone } = await watchedReader();
    const abort = new AbortController();
    const { body } = await openBody({ signal: abort.signal }, launcher);
    abort.abort();
    await gone();
    await expect(bytesOf({ body })).rejects.toMatchObject({
      failure: { code: 'update/timeout', message: `Reading ${file} was given up.` },
      mayPass: false,
    });
  });

  it('is not even started for who has given up already', async () => {
    const launcher: ReaderLauncher = {
      launch: () => {
        throw new Error('nobody wants it');
      },
    };
    expect(await open({ signal: AbortSignal.abort() }, launcher)).toMatchObject({
      ok: false,
      failure: { code: 'update/timeout' },
    });
  });

  it('does not outlive an app that was killed', async () => {
    await writeFile(file, 'seven');
    const { gone } = await watchedReader();
    const job = { root: path.join(folder, 'plans'), path: file, isMount: false, maxBytes: 9 };
    const app = path.join(folder, 'app.mjs');
    await writeFile(
      app,
      `import { spawn } from 'node:child_process';
      const child = spawn(process.execPath, ${JSON.stringify([WATCHED, JSON.stringify(job)])});
      child.stderr.once('data', () => process.kill(process.pid, 'SIGKILL'));`,
    );
    await once(spawn(process.execPath, [app], { stdio: 'ignore' }), 'exit');
    await gone();
  });

  it('is left when its share hangs, and nothing of it stays behind', async () => {
    // A socket that the reading process holds open shows that it lived, and that it is gone.
    const server = await listenAt(path.join(folder, 'alive'));
    const abort = new AbortController();
    const place: FilePlace = { kind: 'file', path: path.join(folder, 'alive'), root: folder };
    const opening = open(
      { place, signal: abort.signal },
      createNodeReaderLauncher({ entry: HANGING }),
    );
    const [alive] = (await once(server, 'connection')) as [Socket];
    abort.abort();
    expect(await opening).toMatchObject({ ok: false, failure: { code: 'update/timeout' } });
    alive.resume();
    await once(alive, 'close');
  });
});

async function listenAt(socket: string) {
  const server = createServer().listen(socket);
  onTestFinished(() => void server.close());
  await once(server, 'listening');
  return server;
}
