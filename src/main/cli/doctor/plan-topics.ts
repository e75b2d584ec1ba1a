import path from 'node:path';
import type { CheckedPlan, Result } from '#shared';
import type { DeviceConfig } from '../../config/device-config.ts';
import { resourcesFolder } from '../../resources.ts';
import type { HomePaths } from '../../state/home.ts';
import { nodeFiles } from '../../state/node-files.ts';
import { planFolder, PLAN_FILE_NAME } from '../../update/plan-repository.ts';
import type { Place } from '../../update/sources/place.ts';
import { below, describePlace } from '../../update/sources/resolve-place.ts';
import { parseS3Address } from '../../update/sources/s3-address.ts';
import { loadTrustRoot } from '../../update/trust/load-trust-root.ts';
import { createPlanTrust } from '../../update/trust/plan-trust.ts';
import type { TrustStatus } from '../../update/trust/trust-port.ts';
import { loadCore, loadPlan } from '../load-plan.ts';
import { LOOKING } from './looking-files.ts';
import type { Topic } from './topic.ts';

/** The base plan, and where newer ones come from. */
export async function planTopics(config: DeviceConfig | undefined): Promise<readonly Topic[]> {
  const file = path.join(resourcesFolder(), PLAN_FILE_NAME);
  const { core, failed } = await loadCore();
  if (core === undefined) return [brokenTopic(failed.file)];
  const { plan } = await loadPlan(file, core);
  if (plan === undefined) return [brokenTopic(file)];
  const { product_family, execution_plan_version, revision } = plan.general;
  const name = `${product_family} ${execution_plan_version}, revision ${revision}`;
  const base: Topic = { topic: BASE_PLAN, status: 'ok', message: `${name} (${file})` };
  return config === undefined ? [base] : [base, sourceTopic(plan, { file, config })];
}

const BASE_PLAN = 'base plan';

function brokenTopic(file: string): Topic {
  const hint = `See: npx firstlight plan check ${file}`;
  return { topic: BASE_PLAN, status: 'problem', message: `${file} has errors`, hint };
}

function sourceTopic(
  { general }: CheckedPlan,
  { file, config }: { readonly file: string; readonly config: DeviceConfig },
): Topic {
  const topic = 'newer plans';
  const folder: Result<Place> = planFolder(general, {
    baseFolder: path.dirname(file),
    mounts: config.unc.mounts,
    platform: process.platform,
    parseS3: parseS3Address,
  });
  if (!folder.ok) {
    const { message, hint } = folder.failure;
    return { topic, status: 'problem', message, ...(hint === undefined ? {} : { hint }) };
  }
  const address = describePlace(below(folder.value, PLAN_FILE_NAME));
  return { topic, status: 'ok', message: `${general.update_from}: ${address}` };
}

const SIGNATURES = 'signatures';

/** Whose signatures plans need, and what was verified last. */
export async function trustTopic(
  folder: string | undefined,
  { paths, buildTime }: { readonly paths: HomePaths; readonly buildTime: number },
): Promise<Topic> {
  const topic = SIGNATURES;
  if (folder === undefined) {
    return {
      topic,
      status: 'warn',
      message: 'plans are unsigned: this device takes any plan from its source',
      hint: 'Name a root of trust as `root` in [trust] of device.toml; see docs/updates.md.',
    };
  }
  const root = await loadTrustRoot(nodeFiles, folder);
  if (!root.ok) {
    const { message, hint } = root.failure;
    return { topic, status: 'problem', message, ...(hint === undefined ? {} : { hint }) };
  }
  const planTrust = createPlanTrust({
    root: root.value,
    fetcher: { fetch: () => Promise.reject(new Error('doctor asks no network')) },
    files: LOOKING,
    path: paths.trustedMetadata,
    clock: { now: Date.now },
    buildTime,
  });
  return signedTopic(folder, await planTrust.status());
}

/** A root of trust that came with the app (its folder), and that the configuration says nothing of. */
export function shippedTrustTopics(
  { trust }: Pick<DeviceConfig, 'trust'>,
  shipped: string | undefined,
): readonly Topic[] {
  if (trust.root !== undefined || shipped === undefined) return [];
  return [
    {
      topic: 'root of trust',
      status: 'warn',
      message: `there is a root of trust in resources/trust that the configuration does not name (${shipped})`,
      hint: 'The app goes by it unless --trust names another. Name it as `root` in [trust] of resources/device.toml.',
    },
  ];
}

/** What a root of trust and what was verified with it come to. */
export function signedTopic(folder: string, { rootVersion, expires, isStale }: TrustStatus): Topic {
  const topic = SIGNATURES;
  const needed = `plans must be signed, root version ${rootVersion} (${folder})`;
  if (expires === undefined)
    return { topic, status: 'ok', message: `${needed}; none was verified here yet` };
  if (!isStale)
    return { topic, status: 'ok', message: `${needed}; verified, good until ${expires}` };
  return {
    topic,
    status: 'warn',
    message: `${needed}; what was verified last is past its date, ${expires}, and stays in use`,
    hint: 'Sign the plan anew: firstlight publish.',
  };
}
