import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import type { PlanCheck } from '../plan/check.ts';
import type { FilesPort } from '../state/files-port.ts';
import { nodeFiles } from '../state/node-files.ts';
import { readKeyRing, type KeyRing } from './key-ring.ts';
import { nextMetadata, type NextMetadata, type Target } from './next-metadata.ts';
import { preparePlan, type PreparedPlan, type PublishFailure } from './prepare-plan.ts';
import { whileLocked } from './publish-lock.ts';
import { PLAN_NAME, readPublished, targetFile, type Published } from './published.ts';
import { DEFAULT_DAYS } from './roles.ts';
import { checkSuccession } from './succession.ts';
import { writing } from './write-file.ts';
import { writeRepository } from './write-repository.ts';

/** What to publish, where to, and how. */
export interface PublishOptions {
  /** Never written to: what devices read is a copy with the plugins' digests in it. */
  readonly planFile: string;
  /** The folder that `update_path_root` names, or one that is copied there. */
  readonly to: string;
  /** The folder of keys; without one nothing is signed. */
  readonly keys?: string;
  /** Where the plan's `local` plugins are. */
  readonly pluginsFolder: string;
  /** Replace digests that the plan pins and that no longer fit. */
  readonly repin?: boolean;
  /** Days until devices take the signatures for stale: 90 unless said otherwise. */
  readonly expiresDays?: number;
  /** Do all but sign and write. */
  readonly dryRun?: boolean;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly signerTimeoutMs?: number;
  /** Where the repository is written through; for tests. */
  readonly files?: FilesPort;
}

/** What was published. */
export interface PublishedPlan {
  /** The plan's own folder, below `to`. */
  readonly folder: string;
  readonly revision: number;
  /** SHA-256 of the plan as published, hex. */
  readonly digest: string;
  readonly plugins: readonly { readonly name: string; readonly sha256: string }[];
  /** Was the same plan there already, so that only its signatures are new? */
  readonly isRenewal: boolean;
  /** When its signatures expire (RFC 3339); absent if there are none. */
  readonly expires?: string;
  /** Files that were written, below `folder`, in that order; none for a dry run. */
  readonly written: readonly string[];
  readonly warnings: readonly string[];
  /** What the checker said of the plan: warnings at most. */
  readonly check: PlanCheck;
}

/**
 * Publishes a plan with its `local` plugins: checked, packed, pinned, signed, and written so that a device
 * that reads meanwhile finds all of the old or all of the new (see `writeRepository`). The failure
 * is `publish/invalid-plan`, `publish/not-pinned`, `publish/not-packed`, `publish/old-revision`,
 * `publish/bad-repository`, `publish/locked`, `publish/not-written`, those of `readKeyRing` and
 * `signMetadata`, and those of `plugin/` that say what is wrong with a plugin.
 */
export async function publishPlan(
  options: PublishOptions,
): Promise<Result<PublishedPlan, PublishFailure>> {
  const ring = options.keys === undefined ? undefined : await readRing(options.keys, options);
  if (ring?.ok === false) return ring;
  const workFolder = await mkdtemp(path.join(tmpdir(), 'firstlight-publish-'));
  try {
    const prepared = await preparePlan({
      ...options,
      workFolder,
      repin: options.repin ?? false,
    });
    if (!prepared.ok) return prepared;
    const warnings = [...(ring?.value.warnings ?? []), ...prepared.value.warnings];
    return await publish({ ...prepared.value, warnings }, ring?.value, options);
  } finally {
    await rm(workFolder, { recursive: true, force: true });
  }
}

function readRing(keys: string, options: PublishOptions): Promise<Result<KeyRing>> {
  return writing(keys, () => readKeyRing(keys, options));
}

function publish(
  checked: PreparedPlan,
  ring: KeyRing | undefined,
  options: PublishOptions,
): Promise<Result<PublishedPlan>> {
  const { product_family, execution_plan_version } = checked.plan.general;
  const folder = path.join(options.to, product_family, execution_plan_version);
  const run = async (warnings: readonly string[]): Promise<Result<PublishedPlan>> => {
    const prepared = { ...checked, warnings: [...warnings, ...checked.warnings] };
    const published = await readPublished(folder);
    if (!published.ok) return published;
    const problem = checkSuccession({ folder, prepared, published: published.value, ring });
    if (problem !== undefined) return fail(problem);
    const isRenewal = published.value.plan?.digest === prepared.digest;
    if (options.dryRun === true) return ok(summary({ folder, prepared, isRenewal, written: [] }));
    return write({ folder, prepared, isRenewal, published: published.value, ring, options });
  };
  return writing(folder, async () => {
    if (options.dryRun === true) return run([]);
    await mkdir(folder, { recursive: true });
    return whileLocked(folder, run);
  });
}

async function write(what: {
  readonly folder: string;
  readonly prepared: PreparedPlan;
  readonly isRenewal: boolean;
  readonly published: Published;
  readonly ring: KeyRing | undefined;
  readonly options: PublishOptions;
}): Promise<Result<PublishedPlan>> {
  const { folder, prepared, isRenewal, published, ring, options } = what;
  const { now = Date.now, expiresDays = DEFAULT_DAYS.timestamp, files = nodeFiles } = options;
  let metadata: NextMetadata | undefined;
  if (ring !== undefined) {
    const targets = targetsOf(prepared);
    const next = await nextMetadata({ ring, published, targets, now: now(), expiresDays });
    if (!next.ok) return next;
    metadata = next.value;
  }
  const written = await writeRepository({
    files,
    folder,
    archives: prepared.plugins.map(({ name, sha256, archive }) => ({
      name: targetFile(pluginTarget(name), sha256),
      sha256,
      read: () => readFile(archive),
    })),
    plan: prepared,
    ...(ring === undefined || metadata === undefined
      ? {}
      : { signed: { metadata: metadata.files, roots: ring.roots } }),
  });
  return ok({
    ...summary({ folder, prepared, isRenewal, written }),
    ...(metadata === undefined ? {} : { expires: metadata.expires }),
  });
}

function summary(what: {
  readonly folder: string;
  readonly prepared: PreparedPlan;
  readonly isRenewal: boolean;
  readonly written: readonly string[];
}): PublishedPlan {
  const { folder, prepared, isRenewal, written } = what;
  const { plan, digest, plugins, warnings, check } = prepared;
  return {
    folder,
    revision: plan.general.revision,
    digest,
    plugins: plugins.map(({ name, sha256 }) => ({ name, sha256 })),
    isRenewal,
    written,
    warnings,
    check,
  };
}

function targetsOf({ bytes, digest, plugins }: PreparedPlan): readonly Target[] {
  return [
    { path: PLAN_NAME, length: bytes.length, sha256: digest },
    ...plugins.map(({ name, length, sha256 }) => ({ path: pluginTarget(name), length, sha256 })),
  ];
}

function pluginTarget(name: string): string {
  return `plugins/${name}.tgz`;
}
