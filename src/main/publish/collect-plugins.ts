import { copyFile, mkdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type CheckedPlan, type Failure, type PluginEntry, type Result } from '#shared';
import { findPlugin } from '../plugins/find-plugin.ts';
import { readPackage } from '../plugins/manifest.ts';
import { unpackPlugin } from '../plugins/unpack.ts';
import { missingDependencies } from './missing-dependencies.ts';
import { packPlugin } from './pack-plugin.ts';
import { secretsIn } from './plugin-tree.ts';

/** The archive of a plugin as it will be published. */
export interface CollectedPlugin {
  readonly name: string;
  /** 64 hex digits. */
  readonly sha256: string;
  /** Bytes. */
  readonly length: number;
  /** A copy of our own, so that nobody changes it between digest and publication. */
  readonly archive: string;
}

/** What a plan's plugins came to. */
export interface CollectedPlugins {
  readonly plugins: readonly CollectedPlugin[];
  readonly warnings: readonly string[];
}

/**
 * Gets the archives of a plan's `local` plugins into `workFolder`: folders are packed, archives copied, and
 * both unpacked and looked through as a device will do. Plugins from elsewhere must be pinned by
 * then. All that is wrong is in the failures, not only the first.
 */
export async function collectPlugins(request: {
  readonly plan: CheckedPlan;
  readonly pluginsFolder: string;
  /** Empty, and the caller's to remove. */
  readonly workFolder: string;
  /** Digests that the plan pins may be replaced. */
  readonly repin: boolean;
}): Promise<Result<CollectedPlugins, readonly Failure[]>> {
  const plugins: CollectedPlugin[] = [];
  const warnings: string[] = [];
  const failures: Failure[] = [];
  for (const entry of request.plan.plugins) {
    if (entry.plugin_location_type !== 'local') {
      if (entry.sha256 === undefined) failures.push(notPinned(entry));
      continue;
    }
    const collected = await collect(entry, request);
    if (!collected.ok) {
      failures.push(collected.failure);
      continue;
    }
    plugins.push(collected.value.plugin);
    warnings.push(...collected.value.warnings);
  }
  return failures.length > 0 ? fail(failures) : ok({ plugins, warnings });
}

async function collect(
  entry: PluginEntry,
  request: Parameters<typeof collectPlugins>[0],
): Promise<Result<{ readonly plugin: CollectedPlugin; readonly warnings: readonly string[] }>> {
  const { pluginsFolder, workFolder, repin } = request;
  const found = await findPlugin(pluginsFolder, entry);
  if (!found.ok) return found;
  const folder = path.join(workFolder, entry.name);
  await mkdir(folder);
  // The name that the plugin has in messages about its archive.
  const archive = path.join(folder, `${entry.name}.tgz`);
  let leftOut: readonly string[] = [];
  if (found.value.kind === 'archive') {
    await copyFile(found.value.path, archive);
  } else {
    const packed = await packPlugin(found.value.path, archive);
    if (!packed.ok) return packed;
    ({ leftOut } = packed.value);
  }
  const unpacked = await unpackPlugin({ archive, cacheFolder: path.join(folder, 'unpacked') });
  if (!unpacked.ok) return unpacked;
  const manifest = await readPackage(unpacked.value);
  if (!manifest.ok) {
    return badPackage({ entry, from: found.value.path, failure: manifest.failure, leftOut });
  }
  const sha256 = path.basename(unpacked.value);
  if (!repin && entry.sha256 !== undefined && entry.sha256.toLowerCase() !== sha256) {
    return wrongDigest({ entry, from: found.value.path, sha256 });
  }
  const { size: length } = await stat(archive);
  const missing = await missingDependencies(unpacked.value);
  const secrets = await secretsIn(unpacked.value);
  return ok({
    plugin: { name: entry.name, sha256, length, archive },
    warnings: warningsOf(entry, { version: manifest.value.version, missing, leftOut, secrets }),
  });
}

function warningsOf(
  { name, version }: PluginEntry,
  found: {
    readonly version: string;
    readonly missing: readonly string[];
    readonly leftOut: readonly string[];
    readonly secrets: readonly string[];
  },
): readonly string[] {
  const { missing, leftOut, secrets } = found;
  return [
    ...(found.version === version
      ? []
      : [`Plugin "${name}": the plan says version ${version}, its package.json ${found.version}.`]),
    ...(missing.length === 0
      ? []
      : [
          `Plugin "${name}" depends on ${missing.join(', ')}, which its archive does not hold; "bundleDependencies" in its package.json packs them.`,
        ]),
    ...(leftOut.length === 0
      ? []
      : [
          `Plugin "${name}": ${inShort(leftOut)} cannot be in an archive (links, pipes and the like); a device will not have them.`,
        ]),
    ...(secrets.length === 0
      ? []
      : [
          `Plugin "${name}" publishes ${inShort(secrets)}: keep secrets out of its archive, with "files" in its package.json.`,
        ]),
  ];
}

/** A folder may hold thousands of them. */
function inShort(names: readonly string[]): string {
  const shown = names.slice(0, 5).join(', ');
  return names.length > 5 ? `${shown} and ${names.length - 5} more` : shown;
}

/** The folder may be whole and the archive not, where `files` leaves something out. */
function badPackage(what: {
  readonly entry: PluginEntry;
  readonly from: string;
  readonly failure: Failure;
  readonly leftOut: readonly string[];
}): Result<never> {
  const { entry, from, failure, leftOut } = what;
  const problem = failure.message.slice(failure.message.indexOf(': ') + 2);
  return fail({
    code: failure.code,
    message: `Plugin "${entry.name}", as its archive holds it (from ${from}): ${problem}`,
    hint:
      leftOut.length > 0
        ? `Links, pipes and the like cannot be in an archive: put plain files in the place of ${inShort(leftOut)}.`
        : 'Does "files" in its package.json name all that it needs? `npm pack --dry-run` lists what is in.',
  });
}

function wrongDigest(what: {
  readonly entry: PluginEntry;
  readonly from: string;
  readonly sha256: string;
}): Result<never> {
  const { entry, from, sha256 } = what;
  return fail({
    code: 'plugin/wrong-digest',
    message: `Plugin "${entry.name}": the archive of ${from} has the digest ${sha256}, but the plan pins ${entry.sha256 ?? ''}.`,
    hint: 'If the plugin was meant to change, publish with --repin, or leave sha256 out of the plan.',
  });
}

function notPinned(entry: PluginEntry): Failure {
  return {
    code: 'publish/not-pinned',
    message: `Plugin "${entry.name}" comes from ${entry.plugin_base_path} and has no sha256.`,
    hint: 'Fetch that archive, check that it is yours, and pin what `sha256sum FILE` prints: sha256 = "..." in its [[plugins]] table.',
  };
}
