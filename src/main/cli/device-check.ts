import {
  loadDeviceConfig,
  type DeviceFileCheck,
  type LoadedDeviceConfig,
} from '../config/load-device-config.ts';
import { deviceConfigFiles } from '../config/read-device-config.ts';
import { EXIT, type Output } from './output.ts';
import { showCheck } from './plan-check.ts';

/**
 * `firstlight device check [FILE...]`: says all that is wrong with each file by itself; without files, with
 * what is in force on this device, the environment included. Exit codes are those of `plan check`.
 */
export async function deviceCheck(
  files: readonly string[],
  { json, output }: { readonly json: boolean; readonly output: Output },
): Promise<number> {
  const loaded = await loadAll(files);
  const checks = loaded.flatMap((one) => one.files);
  if (json) output.out(JSON.stringify({ files: checks.map(forTools) }, undefined, 2));
  else for (const check of checks) showCheck(check, output);
  return checks.every(({ ok }) => ok) ? EXIT.ok : EXIT.problems;
}

async function loadAll(files: readonly string[]): Promise<readonly LoadedDeviceConfig[]> {
  if (files.length === 0) {
    const { env } = process;
    return [await loadDeviceConfig({ files: deviceConfigFiles({}, env), env })];
  }
  const loaded: LoadedDeviceConfig[] = [];
  for (const file of files) loaded.push(await loadDeviceConfig({ files: [file], env: {} }));
  return loaded;
}

function forTools({ file, ok, diagnostics }: DeviceFileCheck): object {
  return { file, ok, diagnostics };
}
