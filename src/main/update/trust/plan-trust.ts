import { fail, ok, type Failure, type Result } from '#shared';
import type { Clock } from '../../clock.ts';
import { readJsonFile, writeFileAtomic } from '../../state/atomic-file.ts';
import type { FilesPort } from '../../state/files-port.ts';
import type { Fetcher } from '../sources/fetcher-port.ts';
import { metadataFolder } from './metadata-folder.ts';
import { readSigned } from './metadata-text.ts';
import { refreshMetadata } from './refresh-metadata.ts';
import { onlineKeysOf, openRootChain } from './root-chain.ts';
import { decodeBundle, EMPTY_BUNDLE, encodeBundle, type TrustBundle } from './trust-bundle.ts';
import type { PlanTrust, TrustStatus } from './trust-port.ts';
import { loadTuf } from './tuf-library.ts';

export interface PlanTrustOptions {
  /** The shipped `root.json`, as `loadTrustRoot` gave it. */
  readonly root: Uint8Array;
  readonly fetcher: Fetcher;
  readonly files: FilesPort;
  /** The file in the home that keeps what was verified. */
  readonly path: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Unix milliseconds: no device lives before its app was built. */
  readonly buildTime: number;
}

/** Trust on a device: TUF over any kind of place, with a time floor and crash-safe metadata. */
export function createPlanTrust(options: PlanTrustOptions): PlanTrust {
  let setAside: string | undefined;
  let turn: Promise<unknown> = Promise.resolve();

  async function load(): Promise<Result<TrustBundle>> {
    const { files, path } = options;
    const file = await readJsonFile({ files, path, decode: decodeBundle });
    if (!file.ok) return fail(notStored(file.failure));
    if (file.value.kind === 'damaged') setAside = file.value.asideTo;
    return ok(file.value.kind === 'read' ? file.value.value : EMPTY_BUNDLE);
  }

  async function refresh(request: Parameters<PlanTrust['refresh']>[0]) {
    const loaded = await load();
    if (!loaded.ok) return loaded;
    const { result, bundle } = await refreshMetadata({
      tuf: await loadTuf(),
      root: options.root,
      bundle: loaded.value,
      now: Math.max(options.clock.now(), options.buildTime),
      folder: metadataFolder(options.fetcher, request),
    });
    const stored = await keep(options, loaded.value, bundle);
    return result.ok && !stored.ok ? stored : result;
  }

  return {
    refresh: (request) => {
      // One at a time: of two at once, the slower could put back what the faster has moved on.
      const mine = turn.then(() => refresh(request));
      turn = mine.catch(() => undefined);
      return mine;
    },
    status: async () => {
      const loaded = await load();
      const status = await statusOf(options, loaded.ok ? loaded.value : EMPTY_BUNDLE);
      return setAside === undefined ? status : { ...status, setAside };
    },
  };
}

async function keep(
  { files, path }: PlanTrustOptions,
  before: TrustBundle,
  bundle: TrustBundle,
): Promise<Result<void>> {
  const content = encodeBundle(bundle);
  if (content === encodeBundle(before)) return ok(undefined);
  const written = await writeFileAtomic({ files, path, content });
  return written.ok ? written : fail(notStored(written.failure));
}

/** Without a floor on the disk, the same metadata could be taken back tomorrow. */
function notStored({ message }: Failure): Failure {
  return { code: 'update/not-stored', message };
}

async function statusOf(options: PlanTrustOptions, bundle: TrustBundle): Promise<TrustStatus> {
  const { store } = openRootChain(await loadTuf(), options.root, bundle.roots);
  const rootVersion = store.root.signed.version;
  const last = bundle.repositories.at(-1);
  // After a change of keys, new firmware's too, the rest says nothing any more.
  if (last === undefined || bundle.onlineKeys !== onlineKeysOf(store))
    return { rootVersion, isStale: false };
  const texts = [last.timestamp, last.snapshot, last.targets].filter((one) => one !== undefined);
  const dates = [store.root.signed.expires, ...texts.map((text) => readSigned(text)?.expires)];
  const times = dates.map((date) => Date.parse(date ?? '')).filter((time) => !Number.isNaN(time));
  const expires = Math.min(...times);
  const floor = Date.parse(bundle.signedAt ?? new Date(0).toISOString());
  const now = Math.max(options.clock.now(), options.buildTime, floor);
  return { rootVersion, expires: new Date(expires).toISOString(), isStale: now >= expires };
}
