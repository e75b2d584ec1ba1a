import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CheckedCore } from '#shared';
import type { DeviceConfig } from '../../config/device-config.ts';
import { checkCore, checkPlan } from '../../plan/check.ts';
import { initKeys } from '../../publish/init-keys.ts';
import { publishPlan } from '../../publish/publish-plan.ts';
import { digestOf } from '../../state/plan-file.ts';
import type { LoadedPlan } from '../update-port.ts';

const SHIPPED = fileURLToPath(new URL('../../../../', import.meta.url));

/** What a device of a test needs to take a signed plan from a folder. Plain data, for other processes. */
export interface SignedRepository {
  /** The base plan's file, revision 1. */
  readonly basePlan: string;
  /** Folder with `root.json`. */
  readonly trust: string;
}

/** Publishes a signed plan, revision 5, with two of the sample plugins, into `folder`. */
export async function signedRepository(folder: string): Promise<SignedRepository> {
  const trust = path.join(folder, 'keys');
  const to = path.join(folder, 'published');
  const basePlan = path.join(folder, 'base.toml');
  await writeFile(basePlan, textOf(to, 1, []));
  const planFile = path.join(folder, 'newer.toml');
  await writeFile(planFile, textOf(to, 5, ['howto', 'tutorial']));
  const made = await initKeys({ folder: trust });
  if (!made.ok) throw new Error(made.failure.message);
  const pluginsFolder = path.join(SHIPPED, 'plugins');
  const published = await publishPlan({ planFile, to, keys: trust, pluginsFolder });
  if (!published.ok) throw new Error(published.failure.message);
  return { basePlan, trust };
}

function textOf(root: string, revision: number, plugins: readonly string[]): string {
  const entry = (name: string) => `
[[plugins]]
name = "${name}"
plugin_route = "${name}"
version = "1.0.0"
plugin_location_type = "local"
plugin_base_path = "./"
run_after_event_name = "ExecutionPlanCompleted"
`;
  return `[general]
product_family = "kiosk"
execution_plan_version = "1.0"
update_from = "local"
update_path_root = ${JSON.stringify(root)}
revision = ${revision}
${plugins.map(entry).join('')}`;
}

export async function shippedCore(): Promise<CheckedCore> {
  const bytes = await readFile(path.join(SHIPPED, 'resources/core.toml'));
  const { core } = await checkCore({ file: 'core.toml', bytes });
  if (core === undefined) throw new Error('the shipped core sequence has errors');
  return core;
}

export async function loadBase(file: string, core: CheckedCore): Promise<LoadedPlan> {
  const bytes = await readFile(file);
  const { plan, text } = await checkPlan({ file, bytes, core });
  if (plan === undefined || text === undefined) throw new Error(`${file} has errors`);
  return { plan, text, digest: digestOf(bytes), source: 'base' };
}

/** A device as it is without a configuration, but for its root of trust. */
export function trustingConfig(root: string): DeviceConfig {
  return {
    update: { budget_seconds: 60, channel: 'stable' },
    transfer: {
      connect_seconds: 20,
      stall_seconds: 20,
      total_seconds: 60,
      retries: 0,
      parallel: 4,
    },
    s3: { path_style: false, credentials: 'none' },
    https: {},
    unc: { mounts: {} },
    trust: { root },
    store: { max_mib: 1024 },
    api: { port: 0 },
  };
}
