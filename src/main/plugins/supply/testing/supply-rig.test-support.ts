import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { PluginEntry, Result, WorkProgress } from '#shared';
import { systemClock } from '../../../clock.ts';
import { createFetcher } from '../../../update/sources/fetcher.ts';
import type { Fetcher } from '../../../update/sources/fetcher-port.ts';
import { createHttpsSource } from '../../../update/sources/https-source.ts';
import { resolvePlace } from '../../../update/sources/resolve-place.ts';
import { MANIFEST, rawArchive } from '../../archive/testing/raw-tar.test-support.ts';
import { planEntry } from '../../plugin-rig.test-support.ts';
import { createPluginSupply, type PluginSupplyOptions } from '../create-plugin-supply.ts';
import type { PluginSupply } from '../plugin-supply.ts';

/** An archive of a plugin, and its digest. */
export interface Packed {
  readonly bytes: Buffer;
  readonly sha256: string;
}

/** Each name makes another archive; `noise` bytes of it cannot be packed any smaller. */
export function packed(name: string, noise: Uint8Array = Buffer.alloc(0)): Packed {
  const bytes = rawArchive([
    MANIFEST,
    { name: 'package/name', content: name },
    { name: 'package/noise', content: noise },
  ]);
  return { bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

/** An entry whose archive comes from `https://plugins.test/<name>`, or from elsewhere. */
export function remoteEntry(name: string, sha256?: string, from?: string): PluginEntry {
  return planEntry(name, {
    plugin_location_type: 'https',
    plugin_base_path: from ?? `https://plugins.test/${name}`,
    ...(sha256 === undefined ? {} : { sha256 }),
  });
}

export interface SupplyFolders {
  readonly cacheFolder: string;
  readonly downloadsFolder: string;
}

export interface SupplyRig extends SupplyFolders, AsyncDisposable {
  /** As a started app has it. All are disposed of with the rig. */
  supply(fetcher: Fetcher, more?: Partial<PluginSupplyOptions>): PluginSupply;
  /** Names in the folder, sorted; none where there is no folder. */
  downloads(): Promise<readonly string[]>;
  cached(): Promise<readonly string[]>;
}

export async function supplyRig(): Promise<SupplyRig> {
  const root = await mkdtemp(path.join(tmpdir(), 'firstlight-supply-'));
  const cacheFolder = path.join(root, 'cache');
  const downloadsFolder = path.join(root, 'downloads');
  const supplies: PluginSupply[] = [];
  return {
    cacheFolder,
    downloadsFolder,
    supply: (fetcher, more) => {
      const supply = supplyOver(fetcher, { cacheFolder, downloadsFolder, ...more });
      supplies.push(supply);
      return supply;
    },
    downloads: () => names(downloadsFolder),
    cached: () => names(cacheFolder),
    async [Symbol.asyncDispose]() {
      await Promise.all(supplies.map((supply) => supply.dispose()));
      await rm(root, { recursive: true, force: true });
    },
  };
}

/** A supply of https plugins, four at a time. */
export function supplyOver(
  fetcher: Fetcher,
  more: SupplyFolders & Partial<PluginSupplyOptions>,
): PluginSupply {
  return createPluginSupply({
    fetcher,
    placeOf: (entry) =>
      resolvePlace(entry.plugin_location_type, entry.plugin_base_path, {
        baseFolder: '/nowhere',
        mounts: {},
        platform: process.platform,
        parseS3: () => ({ ok: false, failure: { code: 'update/invalid', message: 'no S3 here' } }),
      }),
    needsPin: false,
    parallel: 4,
    ...more,
  });
}

/** A real fetcher of https objects, for the impatient. */
export function httpsFetcher(ca: string): Fetcher {
  return createFetcher({
    sources: { https: createHttpsSource({ ca }) },
    limits: { connectMs: 2_000, stallMs: 2_000, totalMs: 10_000, retries: 0 },
    clock: systemClock,
    random: () => 0,
  });
}

/** Gets a plugin as the host does, and notes the progress. */
export function getOf(supply: PluginSupply, entry: PluginEntry) {
  const controller = new AbortController();
  const progress: WorkProgress[] = [];
  const result: Promise<Result<string>> = supply.get(entry, {
    signal: controller.signal,
    onProgress: (work) => progress.push(work),
  });
  return { result, progress, abort: () => controller.abort() };
}

async function names(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(() => [])).sort();
}
