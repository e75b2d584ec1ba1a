import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, rename, stat, statfs } from 'node:fs/promises';
import path from 'node:path';
import tls from 'node:tls';
import { placesOf, removeAll, syncFolder } from './places.js';

const MB = 1_000_000;
/** No runtime is larger; a server that never ends must not fill the disk. */
const MOST_BYTES = 1000 * MB;
/** The archive, and what is in it, packed about three to one. */
const ROOM_PER_BYTE = 4;

/**
 * Fetches the archive, goes on where an earlier attempt ended, and gives it its name only when its
 * digest is right. The part file is never synced: a power cut that spoils it spoils the digest too.
 *
 * @param {import('../../src/sdk/index.ts').StepContext} ctx
 * @param {(done: number, total: number) => string} inWords in MB
 * @returns {import('../../src/sdk/index.ts').StepGenerator}
 */
export async function* download(ctx, inWords) {
  const { url, sha256 } = ctx.inputs;
  const { archive, part, folder } = placesOf(ctx);
  let hash = createHash('sha256');
  const file = await open(part, 'a');
  try {
    let done = await addToHash(hash, part);
    const { body, length, isWhole } = await request(url, done, ctx.signal);
    if (isWhole) {
      // This server does not go on where we were.
      await file.truncate();
      hash = createHash('sha256');
      done = 0;
    }
    const total = length === undefined ? undefined : done + length;
    await refuseWithoutRoom(folder, (length ?? 0) * ROOM_PER_BYTE);
    for await (const bytes of body) {
      hash.update(bytes);
      await file.write(bytes);
      done += bytes.length;
      if (done > MOST_BYTES) throw new Error(`the archive is larger than ${MOST_BYTES / MB} MB`);
      yield progressOf(done, total, inWords);
    }
    await file.sync();
    yield { type: 'metric', name: 'bytes', value: done };
  } finally {
    await file.close();
  }
  const digest = hash.digest('hex');
  if (digest !== sha256) {
    await removeAll(part);
    throw new Error(`the archive has the digest ${digest}, which is not the one that was pinned`);
  }
  await rename(part, archive);
  await syncFolder(path.dirname(archive));
}

/** Is the whole archive there? Its bytes say so, not its name. */
export async function isDownloaded(ctx) {
  const { archive } = placesOf(ctx);
  const hash = createHash('sha256');
  await addToHash(hash, archive);
  return hash.digest('hex') === ctx.inputs.sha256;
}

/** Adds what is in a file; gives the number of its bytes. */
async function addToHash(hash, file) {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  if (size === 0) return 0;
  for await (const bytes of createReadStream(file)) hash.update(bytes);
  return size;
}

/** Asks for what is missing. `length` is that of `body`, where the server says. */
async function request(url, from, signal) {
  const headers = {
    // The digest is that of the archive as it is, not of what a proxy makes of it.
    'accept-encoding': 'identity',
    ...(from > 0 ? { range: `bytes=${from}-` } : {}),
  };
  if (url.startsWith('https:')) trustWhomTheDeviceTrusts();
  const response = await fetch(url, { signal, headers }).catch((error) => {
    // "fetch failed" helps nobody; why it did stands in its cause.
    const why = error.cause?.code ?? error.cause?.message ?? error.message;
    throw new Error(`${new URL(url).host} cannot be reached (${why})`, { cause: error });
  });
  const { status, statusText, body } = response;
  const isRest = status === 206 && startOf(response) === from;
  if (status === 200 || isRest) return { body, length: lengthOf(response), isWhole: !isRest };
  await body?.cancel();
  // Nothing is left to send: the digest will say whether what we have is right.
  if (status === 416 && from > 0) return { body: [], length: 0, isWhole: false };
  throw new Error(`the server answered ${status} ${statusText}`);
}

/** A company may have authorities of its own, which Node does not come with. Older ones cannot do this. */
function trustWhomTheDeviceTrusts() {
  if (tls.setDefaultCACertificates === undefined) return;
  const [own, system] = ['default', 'system'].map((type) => tls.getCACertificates(type));
  tls.setDefaultCACertificates([...new Set([...own, ...system])]);
}

function startOf({ headers }) {
  const [, start] = /^bytes (\d+)-/.exec(headers.get('content-range') ?? '') ?? [];
  return Number(start);
}

/** Of what is sent; `undefined` where the server does not say. */
function lengthOf({ headers }) {
  const length = headers.get('content-length');
  return length === null ? undefined : Number(length);
}

function progressOf(done, total, inWords) {
  if (total === undefined) return { type: 'progress', message: `${Math.round(done / MB)} MB` };
  const message = inWords(Math.round(done / MB), Math.round(total / MB));
  return { type: 'progress', percent: (100 * done) / total, message };
}

async function refuseWithoutRoom(folder, bytes) {
  const { bavail, bsize } = await statfs(folder);
  if (bavail * bsize >= bytes) return;
  throw new Error(`there is no room for it: ${Math.ceil(bytes / MB)} MB are needed`);
}
