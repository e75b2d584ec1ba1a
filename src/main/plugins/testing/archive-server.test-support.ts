import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as after } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { JsonObject } from '#shared';

/** A release of a made-up runtime: what is in its archive, and what a plugin is told of it. */
export interface Release {
  readonly version: string;
  readonly archive: Buffer;
  /** By path, without the archive's outermost folder. */
  readonly files: ReadonlyMap<string, Buffer>;
}

/** Bytes that no compression makes smaller, so that the download takes its time. */
const BLOB_BYTES = 400_000;

/** So many small ones that copying them takes its time, too. */
const MODULES = 300;

/** Packs a release with the real `tar`. Its program prints the version. */
export async function makeRelease(folder: string, version: string): Promise<Release> {
  const root = await mkdtemp(path.join(folder, 'release-'));
  const files = new Map([
    ['bin/rt', Buffer.from(`#!/bin/sh\necho "rt ${version}"\n`)],
    ['lib/core', randomBytes(BLOB_BYTES)],
    ...Array.from(
      { length: MODULES },
      (_, index) => [`lib/module-${index}`, randomBytes(100 + index)] as const,
    ),
  ]);
  const title = `rt-${version}`;
  for (const [file, bytes] of files) {
    const target = path.join(root, title, file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, bytes);
  }
  await chmod(path.join(root, title, 'bin/rt'), 0o755);
  const packed = path.join(root, 'rt.tar.gz');
  await promisify(execFile)('tar', ['-czf', packed, '-C', root, title]);
  const archive = await readFile(packed);
  await rm(root, { recursive: true });
  return { version, archive, files };
}

/** How one request is answered, beside as it should be. */
interface Manners {
  /** Ends the connection after so many bytes, once. */
  cutAfter?: number;
  /** Sends everything, whatever range was asked for. */
  ignoresRanges?: boolean;
  /** Milliseconds between two pieces: a slow line. */
  paceMs?: number;
}

/** Serves releases on loopback, and notes what it was asked for. */
export interface ArchiveServer extends AsyncDisposable {
  readonly manners: Manners;
  /** The `Range` of each request, in order; empty where there was none. */
  readonly ranges: readonly string[];
  /** What a plugin is told of a release. */
  answersFor(release: Release): JsonObject;
}

const PIECE_BYTES = 16_384;

export async function serveArchives(releases: readonly Release[]): Promise<ArchiveServer> {
  const manners: Manners = {};
  const ranges: string[] = [];
  const byPath = new Map(releases.map((release) => [`/rt-${release.version}.tar.gz`, release]));

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const release = byPath.get(request.url ?? '');
    if (release === undefined) {
      response.writeHead(404).end();
      return;
    }
    const { archive } = release;
    const range = request.headers.range ?? '';
    ranges.push(range);
    const asked = Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0);
    const from = manners.ignoresRanges === true ? 0 : asked;
    if (from > 0 && from >= archive.length) {
      response.writeHead(416).end();
      return;
    }
    response.writeHead(from === 0 ? 200 : 206, {
      'content-length': archive.length - from,
      ...(from === 0
        ? {}
        : { 'content-range': `bytes ${from}-${archive.length - 1}/${archive.length}` }),
    });
    const end = manners.cutAfter === undefined ? archive.length : from + manners.cutAfter;
    const isCut = end < archive.length;
    if (isCut) delete manners.cutAfter;
    for (let at = from; at < end && !response.destroyed; at += PIECE_BYTES) {
      const isTaken = response.write(archive.subarray(at, Math.min(end, at + PIECE_BYTES)));
      if (!isTaken) await Promise.race([once(response, 'drain'), once(response, 'close')]);
      if (manners.paceMs !== undefined) await after(manners.paceMs);
    }
    if (isCut) response.destroy();
    else response.end();
  }

  const server = createServer((request, response) => void answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    manners,
    ranges,
    answersFor: ({ version, archive }) => ({
      name: 'rt',
      version,
      url: `http://127.0.0.1:${port}/rt-${version}.tar.gz`,
      sha256: createHash('sha256').update(archive).digest('hex'),
      program: 'bin/rt',
    }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
