import { fail, type PluginEntry, type Result, type WorkProgress } from '#shared';
import { nodeFiles } from '../../state/node-files.ts';
import type { FilesPort } from '../../state/files-port.ts';
import type { Fetcher } from '../../update/sources/fetcher-port.ts';
import type { Place } from '../../update/sources/place.ts';
import type { UnpackFiles } from '../archive/unpack-files.ts';
import { createNameLock } from '../name-lock.ts';
import { createFetchPackage } from './fetch-package.ts';
import type { PluginSupply } from './plugin-supply.ts';
import { calledOff, notVouchedFor, ofPlugin, onlyLocal } from './supply-failures.ts';
import { wantedArchive, type WantedArchive } from './wanted-archive.ts';

export interface PluginSupplyOptions {
  readonly fetcher: Fetcher;
  /** Where the archive of an entry lies. */
  readonly placeOf: (entry: PluginEntry) => Result<Place>;
  /** There is a root of trust: an entry without a digest is `plugin/untrusted`. */
  readonly needsPin: boolean;
  /** Unpacked packages, by digest. */
  readonly cacheFolder: string;
  /** What is on its way, and what is known of unpinned addresses. Made when needed. */
  readonly downloadsFolder: string;
  /** How many archives are fetched ahead of their need at a time. */
  readonly parallel: number;
  readonly files?: FilesPort;
  /** Where packages are unpacked through. */
  readonly unpackFiles?: UnpackFiles | undefined;
}

interface Wanted extends WantedArchive {
  readonly entry: PluginEntry;
}

/** One archive on its way, for whoever waits for it. */
interface Transfer extends WantedArchive {
  readonly controller: AbortController;
  readonly listeners: Set<(work: WorkProgress) => void>;
  latest: WorkProgress | undefined;
  readonly result: Promise<Result<string>>;
}

/**
 * A supply over a fetcher. An archive is fetched once, whoever wants it; `get` starts at once, beyond
 * `parallel` if need be, and while it lasts nothing new is fetched ahead. Failures are not
 * remembered: the next `get` tries again.
 */
export function createPluginSupply(options: PluginSupplyOptions): PluginSupply {
  const { needsPin, parallel, files = nodeFiles } = options;
  const fetchPackage = createFetchPackage({ ...options, files });
  const lock = createNameLock();
  /** What the last `prefetch` still wants, running or not, in its order. */
  let wanted: readonly Wanted[] = [];
  /** By key. One that was called off and is still ending is not among them. */
  const running = new Map<string, Transfer>();
  const ending = new Set<Promise<unknown>>();
  let whenIdle: (() => void)[] = [];
  let isDisposed = false;

  /** Why this entry is not to be fetched at all. */
  const refusalOf = (entry: PluginEntry) => {
    if (entry.sha256 !== undefined) return undefined;
    if (needsPin) return notVouchedFor();
    return entry.plugin_location_type === 'local' ? onlyLocal() : undefined;
  };

  const start = (archive: Wanted, isOffline = false): Transfer => {
    const controller = new AbortController();
    const onProgress = (work: WorkProgress): void => {
      transfer.latest = work;
      for (const listener of transfer.listeners) listener(work);
    };
    const fetchIt = async (): Promise<Result<string>> => {
      let isThere = false;
      try {
        const got = await fetchPackage({
          ...archive,
          isOffline,
          signal: controller.signal,
          onProgress,
        });
        isThere = got.ok;
        return got;
      } finally {
        settle(transfer, isThere);
      }
    };
    const transfer: Transfer = {
      ...archive,
      controller,
      listeners: new Set(),
      latest: undefined,
      // One that was called off may still have the part file open.
      result: lock.run(archive.key, fetchIt),
    };
    running.set(archive.key, transfer);
    // Exceptions are for those who wait; there may be nobody.
    const end: Promise<unknown> = transfer.result
      .catch(() => undefined)
      .then(() => ending.delete(end));
    ending.add(end);
    return transfer;
  };

  /** It is there, or it failed: either way nothing more is done about it ahead of its need. */
  const settle = (transfer: Transfer, isThere: boolean): void => {
    if (running.get(transfer.key) !== transfer) return;
    running.delete(transfer.key);
    wanted = wanted.filter(
      ({ key, address }) => key !== transfer.key || (!isThere && address !== transfer.address),
    );
    fill();
  };

  const fill = (): void => {
    for (const archive of wanted) {
      if (running.size >= parallel) break;
      if (!running.has(archive.key)) start(archive);
    }
    if (wanted.length > 0) return;
    for (const resolve of whenIdle) resolve();
    whenIdle = [];
  };

  const callOff = (transfer: Transfer): void => {
    if (running.get(transfer.key) === transfer) running.delete(transfer.key);
    transfer.controller.abort();
  };

  const callOffUnwanted = (transfer: Transfer): void => {
    if (transfer.listeners.size > 0 || wanted.some(({ key }) => key === transfer.key)) return;
    if (running.get(transfer.key) !== transfer) return;
    callOff(transfer);
    fill();
  };

  /** Waits for a transfer, but not longer than the signal says. */
  const follow = async (
    transfer: Transfer,
    signal: AbortSignal,
    listener: (work: WorkProgress) => void,
  ): Promise<Result<string>> => {
    transfer.listeners.add(listener);
    if (transfer.latest !== undefined) listener(transfer.latest);
    let stop = (): void => undefined;
    const aborted = new Promise<Result<string>>((resolve) => {
      stop = () => resolve(fail(calledOff()));
      signal.addEventListener('abort', stop);
    });
    try {
      return await Promise.race([transfer.result, aborted]);
    } finally {
      signal.removeEventListener('abort', stop);
      transfer.listeners.delete(listener);
      callOffUnwanted(transfer);
    }
  };

  return {
    prefetch: (entries) => {
      if (isDisposed) return;
      wanted = distinct(entries.filter((entry) => refusalOf(entry) === undefined));
      for (const transfer of [...running.values()]) callOffUnwanted(transfer);
      fill();
    },

    get: async (entry, { signal, isOffline = false, onProgress }) => {
      const refusal = refusalOf(entry);
      if (refusal !== undefined) return fail(ofPlugin(entry.name, refusal));
      const archive = { ...wantedArchive(entry), entry };
      const listener = rising(onProgress);
      for (;;) {
        if (isDisposed || signal.aborted) return fail(ofPlugin(entry.name, calledOff()));
        const transfer = running.get(archive.key) ?? start(archive, isOffline);
        const result = await follow(transfer, signal, listener);
        if (result.ok) return result;
        // Another plugin's address of the same archive may fail where this one's does not.
        if (transfer.address === archive.address) return fail(ofPlugin(entry.name, result.failure));
      }
    },

    whenIdle: () =>
      wanted.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            whenIdle.push(resolve);
          }),

    dispose: async () => {
      isDisposed = true;
      wanted = [];
      for (const transfer of [...running.values()]) callOff(transfer);
      fill();
      await Promise.all(ending);
    },
  };
}

/** Each archive once, from each address. */
function distinct(entries: readonly PluginEntry[]): readonly Wanted[] {
  const byWords = new Map<string, Wanted>();
  for (const entry of entries) {
    const archive = { ...wantedArchive(entry), entry };
    const words = `${archive.key} ${archive.address}`;
    if (!byWords.has(words)) byWords.set(words, archive);
  }
  return [...byWords.values()];
}

/** Passes progress on while it rises: a transfer that begins anew falls back to nothing. */
function rising(onProgress: (work: WorkProgress) => void): (work: WorkProgress) => void {
  let highest = -2;
  return (work) => {
    const percent = work.percent ?? -1;
    if (percent <= highest) return;
    highest = percent;
    onProgress(work);
  };
}
