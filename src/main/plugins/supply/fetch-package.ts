import { utimes } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Failure, type PluginEntry, type Result, type WorkProgress } from '#shared';
import { isSystemError, type FilesPort } from '../../state/files-port.ts';
import type { Fetched, Fetcher } from '../../update/sources/fetcher-port.ts';
import type { Place } from '../../update/sources/place.ts';
import { describePlace } from '../../update/sources/resolve-place.ts';
import { ARCHIVE_LIMITS } from '../archive-rules.ts';
import type { UnpackFiles } from '../archive/unpack-files.ts';
import { unpackedPlugin, unpackPlugin } from '../unpack.ts';
import { createKnownArchives } from './known-archives.ts';
import { openPartFile, type PartFile } from './part-file.ts';
import { asPluginFailure, calledOff, noPlace, notStored } from './supply-failures.ts';
import type { WantedArchive } from './wanted-archive.ts';

export interface FetchPackageOptions {
  readonly fetcher: Fetcher;
  readonly placeOf: (entry: PluginEntry) => Result<Place>;
  readonly cacheFolder: string;
  readonly downloadsFolder: string;
  readonly files: FilesPort;
  readonly unpackFiles?: UnpackFiles | undefined;
}

export interface PackageRequest extends WantedArchive {
  readonly entry: PluginEntry;
  readonly signal: AbortSignal;
  /** There is no network: what is not kept cannot be had. */
  readonly isOffline: boolean;
  /** Called while bytes come, and only then. */
  readonly onProgress: (work: WorkProgress) => void;
}

/**
 * Gets one package at a time under one key: out of the cache, else fetched, checked and unpacked.
 * The messages of its failures do not name the plugin.
 */
export type FetchPackage = (request: PackageRequest) => Promise<Result<string>>;

interface Arrived {
  readonly kind: 'arrived';
  readonly folder: string;
  readonly tag?: string;
}
type Transferred = Arrived | { readonly kind: 'unchanged' };

export function createFetchPackage(options: FetchPackageOptions): FetchPackage {
  const { cacheFolder, downloadsFolder, files } = options;
  const known = createKnownArchives(files, downloadsFolder);
  /** Unpinned addresses that were asked in this session. */
  const asked = new Set<string>();

  async function getUnpinned(request: PackageRequest): Promise<Result<string>> {
    const { address } = request;
    const before = await known.find(address);
    const folder = before && (await unpackedPlugin({ cacheFolder, sha256: before.digest }));
    if (folder !== undefined && asked.has(address)) return ok(folder);
    const tag = folder === undefined ? undefined : before?.tag;
    const transferred = await transfer(options, request, tag);
    if (!transferred.ok) {
      // Offline, a device goes on with what it had.
      const { failure } = transferred;
      return folder !== undefined && mayBeOutage(failure)
        ? ok(folder)
        : fail(asPluginFailure(failure));
    }
    asked.add(address);
    if (transferred.value.kind === 'arrived') {
      const { folder: arrived, tag: newTag } = transferred.value;
      const digest = path.basename(arrived);
      await known.remember({ address, digest, ...(newTag === undefined ? {} : { tag: newTag }) });
      return ok(arrived);
    }
    // Said to be unchanged without having been asked whether it is: a bug of the source.
    return folder === undefined ? fail(notSent(request)) : ok(folder);
  }

  async function getPinned(request: PackageRequest, sha256: string): Promise<Result<string>> {
    const folder = await unpackedPlugin({ cacheFolder, sha256 });
    if (folder !== undefined) return ok(folder);
    const transferred = await transfer(options, request);
    if (!transferred.ok) return fail(asPluginFailure(transferred.failure));
    return transferred.value.kind === 'arrived'
      ? ok(transferred.value.folder)
      : fail(notSent(request));
  }

  return async (request) => {
    const { signal, sha256 } = request;
    try {
      const got = await (sha256 === undefined ? getUnpinned(request) : getPinned(request, sha256));
      if (got.ok) await noteUse(got.value);
      return !got.ok && signal.aborted ? fail(calledOff()) : got;
    } catch (thrown) {
      if (!isSystemError(thrown)) throw thrown;
      return fail(notStored(downloadsFolder, thrown));
    }
  };
}

/** Fetches an archive and unpacks it. Failures are those of the fetcher, or of unpacking. */
async function transfer(
  options: FetchPackageOptions,
  request: PackageRequest,
  unlessTag?: string,
): Promise<Result<Transferred>> {
  const { placeOf, downloadsFolder, cacheFolder, files, unpackFiles } = options;
  const { entry, key, address, sha256, signal } = request;
  const place = placeOf(entry);
  if (!place.ok) return fail(noPlace(place.failure));
  if (request.isOffline) return fail(offline(place.value));
  await files.makeFolder(downloadsFolder);
  for (;;) {
    const part = await openPartFile({ files, folder: downloadsFolder, key, address });
    const fetched = await fetchInto(part, { options, request, place: place.value, unlessTag });
    if (!fetched.ok) return fetched;
    if (fetched.value.kind === 'unchanged') return ok({ kind: 'unchanged' });
    const unpacked = await unpackPlugin({
      archive: part.path,
      cacheFolder,
      signal,
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(unpackFiles === undefined ? {} : { files: unpackFiles }),
    });
    if (unpacked.ok) {
      await part.remove();
      const { tag } = fetched.value;
      return ok({ kind: 'arrived', folder: unpacked.value, ...(tag === undefined ? {} : { tag }) });
    }
    if (signal.aborted) return unpacked;
    await part.remove();
    if (!part.isResumed()) return fail(aboutPlace(unpacked.failure, part, place.value));
  }
}

/** Fetches into the part, on from what it holds. */
async function fetchInto(
  part: PartFile,
  context: {
    readonly options: FetchPackageOptions;
    readonly request: PackageRequest;
    readonly place: Place;
    readonly unlessTag: string | undefined;
  },
): Promise<Result<Fetched>> {
  const { options, request, place, unlessTag } = context;
  const { sink } = part;
  if (part.isComplete && request.sha256 !== undefined) {
    return ok({ kind: 'fetched', bytes: sink.held?.bytes ?? 0 });
  }
  try {
    const fetched = await options.fetcher.fetch({
      place,
      maxBytes: ARCHIVE_LIMITS.packedBytes,
      signal: request.signal,
      sink,
      ...(unlessTag === undefined ? {} : { unlessTag }),
      onProgress: (done, total) => request.onProgress(progressOf(done, total)),
    });
    await part.close();
    // What is too large stays so.
    if (!fetched.ok && fetched.failure.code === 'update/too-large') await part.remove();
    return fetched;
  } catch (thrown) {
    // On a full disk, what is there of it holds space that is wanted. Best effort.
    await part.remove().catch(() => undefined);
    throw thrown;
  }
}

function progressOf(done: number, total: number | undefined): WorkProgress {
  return total === undefined || total === 0
    ? {}
    : { percent: Math.min(100, Math.floor((100 * done) / total)) };
}

/** Might another day, or another network, give another answer? A login page of one is `invalid`. */
function mayBeOutage({ code }: Failure): boolean {
  return (
    code === 'update/unreachable' ||
    code === 'update/timeout' ||
    code === 'update/invalid' ||
    code === 'plugin/unreachable'
  );
}

/** Says where the archive is from, in place of the name that it has here for the moment. */
function aboutPlace(failure: Failure, part: PartFile, place: Place): Failure {
  const where = describePlace(place);
  const message = failure.message
    .replaceAll(part.path, () => where)
    .replaceAll(path.basename(part.path), () => where);
  return { ...failure, message };
}

function offline(place: Place): Failure {
  const message = `${describePlace(place)} cannot be reached: the device has no network.`;
  return { code: 'update/unreachable', message };
}

function notSent({ entry }: PackageRequest): Failure {
  return {
    code: 'plugin/bad-archive',
    message: `${entry.plugin_base_path} was called unchanged, but no earlier one was asked about.`,
  };
}

/** So that the least recently used package can be told. Best effort: it is used all the same. */
async function noteUse(folder: string): Promise<void> {
  const now = new Date();
  await utimes(folder, now, now).catch(() => undefined);
}
