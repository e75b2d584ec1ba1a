import { expect } from 'vitest';
import type { ErrorCode, Failure, Result } from '#shared';
import { SimulatedClock } from '../../../clock.ts';
import type { FilesPort } from '../../../state/files-port.ts';
import { unsyncedFiles } from '../../../state/testing/unsynced-files.test-support.ts';
import { createFetcher } from '../../sources/fetcher.ts';
import type { Fetcher } from '../../sources/fetcher-port.ts';
import type { ObjectSource } from '../../sources/object-source.ts';
import type { HttpsPlace } from '../../sources/place.ts';
import { createPlanTrust } from '../plan-trust.ts';
import type { PlanTrust, TrustedTargets } from '../trust-port.ts';
import type { Files } from './repository.test-support.ts';

export const FOLDER: HttpsPlace = { kind: 'https', url: 'https://plans.example/acme/1.0' };
export const BUNDLE = '/home/trust.json';

/** What a source answers: files, a failure, or bytes without an end. */
type Answer = Uint8Array | Failure | 'endless';

/** A device before a source. Both can be changed at any time. */
export interface TestDevice {
  readonly trust: PlanTrust;
  readonly fetcher: Fetcher;
  readonly files: FilesPort;
  readonly clock: { time: number };
  /** By name below `FOLDER`. */
  served: Map<string, Answer>;
  /** The names that were asked for. */
  readonly asked: string[];
  refresh(folder?: HttpsPlace): Promise<Result<TrustedTargets>>;
  /** What the home keeps. */
  kept(): Promise<string | undefined>;
  /** The same home and source after a restart, with other firmware if `root` is given. */
  restarted(root?: Uint8Array): TestDevice;
}

/** A device whose clock says 2031 unless told otherwise, built in 2030. */
export function testDevice(options: {
  readonly root: Files | Uint8Array;
  readonly served?: Files;
  readonly now?: string;
  readonly buildTime?: string;
  readonly files?: FilesPort;
}): TestDevice {
  const { served = new Map(), files = unsyncedFiles() } = options;
  const root = options.root instanceof Uint8Array ? options.root : onlyFile(options.root);
  const clock = { time: Date.parse(options.now ?? '2031-01-02T00:00:00Z') };
  const asked: string[] = [];
  const device: TestDevice = {
    fetcher: createFetcher({
      sources: { https: source((name) => (asked.push(name), device.served.get(name))) },
      limits: { connectMs: 1_000, stallMs: 1_000, totalMs: 10_000, retries: 0 },
      clock: new SimulatedClock(0),
      random: () => 0,
    }),
    get trust() {
      return trust;
    },
    files,
    clock,
    served: new Map<string, Answer>(served),
    asked,
    refresh: (folder = FOLDER) => trust.refresh({ folder, signal: new AbortController().signal }),
    kept: async () => {
      const names = await files.list('/home');
      if (!names.includes('trust.json')) return undefined;
      return Buffer.from(await files.read(BUNDLE)).toString();
    },
    restarted: (next) => {
      const again = testDevice({ ...options, root: next ?? root, files });
      again.served = device.served;
      again.clock.time = clock.time;
      return again;
    },
  };
  const trust = createPlanTrust({
    root,
    fetcher: device.fetcher,
    files,
    path: BUNDLE,
    clock: { now: () => clock.time },
    buildTime: Date.parse(options.buildTime ?? '2030-01-01T00:00:00Z'),
  });
  return device;
}

/** The targets of a refresh that must go well. */
export async function refreshed(device: TestDevice, folder?: HttpsPlace): Promise<TrustedTargets> {
  const result = await device.refresh(folder);
  if (!result.ok) throw new Error(`${result.failure.code}: ${result.failure.message}`);
  return result.value;
}

/** The code of a refresh that must fail. */
export async function refusedWith(device: TestDevice): Promise<ErrorCode> {
  const result = await device.refresh();
  expect(result.ok).toBe(false);
  return result.ok ? 'cli/usage' : result.failure.code;
}

function onlyFile(files: Files): Uint8Array {
  const [bytes] = files.values();
  if (bytes === undefined) throw new Error('there is no root among these files');
  return bytes;
}

function source(answer: (name: string) => Answer | undefined): ObjectSource<HttpsPlace> {
  return {
    open: async ({ place, signal }) => {
      await Promise.resolve();
      const name = new URL(place.url).pathname.replace(/^.*\/acme\/[^/]+\//, '');
      const found = answer(name) ?? missing(place.url);
      if (found !== 'endless' && !(found instanceof Uint8Array))
        return { ok: false, failure: found, mayPass: false };
      const body = found === 'endless' ? endless(signal) : once(found);
      return { ok: true, value: { kind: 'body', offset: 0, body } };
    },
  };
}

function missing(url: string): Failure {
  return { code: 'update/not-found', message: `${url} is not there.` };
}

async function* once(bytes: Uint8Array): AsyncIterable<Uint8Array> {
  await Promise.resolve();
  yield bytes;
}

async function* endless(signal: AbortSignal): AsyncIterable<Uint8Array> {
  while (!signal.aborted) yield await Promise.resolve(new Uint8Array(1 << 16));
}
