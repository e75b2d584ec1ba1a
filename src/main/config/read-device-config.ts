import { existsSync } from 'node:fs';
import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { resourcesFolder } from '../resources.ts';
import type { DeviceConfig } from './device-config.ts';
import { loadDeviceConfig, SYSTEM_FILE } from './load-device-config.ts';

/** What the command line says before all files. */
export interface DeviceConfigChoice {
  /** In place of the system's file; this one must be there. */
  readonly deviceConfig?: string | undefined;
  /** Folder with the root of trust. */
  readonly trust?: string | undefined;
}

/** The files that make up a device's configuration, lowest first. */
export function deviceConfigFiles(
  choice: Pick<DeviceConfigChoice, 'deviceConfig'>,
  env: NodeJS.ProcessEnv,
): readonly string[] {
  const { FIRSTLIGHT_DEVICE_CONFIG: variable = '' } = env;
  // An empty variable counts as none, as that of the home does.
  const named = choice.deviceConfig ?? (variable === '' ? SYSTEM_FILE : variable);
  return [path.join(resourcesFolder(), 'device.toml'), path.resolve(named)];
}

/**
 * Reads the device configuration for an app that is to run with it: all of it, or `device/bad-config`
 * with the first error.
 */
export async function readDeviceConfig(
  choice: DeviceConfigChoice,
  env: NodeJS.ProcessEnv,
): Promise<Result<DeviceConfig>> {
  const read = await loadDeviceConfig({ files: deviceConfigFiles(choice, env), env });
  if (read.config === undefined) {
    return fail({ code: 'device/bad-config', message: read.problem ?? '' });
  }
  const root = choice.trust ?? read.config.trust.root ?? shippedTrust();
  return ok({ ...read.config, trust: root === undefined ? {} : { root: path.resolve(root) } });
}

/** The root of trust that a device build carries, whether or not its configuration says so. */
export function shippedTrust(): string | undefined {
  const folder = path.join(resourcesFolder(), 'trust');
  return existsSync(path.join(folder, 'root.json')) ? folder : undefined;
}
