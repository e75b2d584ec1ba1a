// @ts-check
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';
import { runFor } from './run-for.mjs';

/** How long the binary may take to come. It is some 100 MB, and somebody is waiting for a screen. */
const FETCH_MS = 20_000;

/**
 * Electron's binary, if it is there.
 * @param {{ env?: NodeJS.ProcessEnv, root?: string }} [around]
 * @returns {string | undefined}
 */
export function findElectron({ env = process.env, root = ROOT } = {}) {
  const folder = join(root, 'node_modules/electron');
  const named = join(folder, 'path.txt');
  // Written by Electron's own installer: the program inside `dist`, by system.
  const program = existsSync(named) ? readFileSync(named, 'utf8') : 'electron';
  const dist = env.ELECTRON_OVERRIDE_DIST_PATH ?? join(folder, 'dist');
  const candidates = [env.ELECTRON_EXEC_PATH, join(dist, program)];
  return candidates.find((path) => path !== undefined && path !== '' && existsSync(path));
}

/**
 * Fetches Electron's binary with its own install script, once per clone: a machine without a way to
 * it should not wait at each start. The mark lies in node_modules, so a new install tries anew.
 * @param {{ log?: (line: string) => void, root?: string, limitMs?: number }} [options]
 * @returns {Promise<string | undefined>} the binary
 */
export async function fetchElectronOnce({
  log = () => undefined,
  root = ROOT,
  limitMs = FETCH_MS,
} = {}) {
  const script = join(root, 'node_modules/electron/install.js');
  const folder = join(root, 'node_modules/.cache/firstlight');
  const mark = join(folder, 'electron-tried');
  if (existsSync(mark) || !existsSync(script)) return undefined;
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(mark, `${new Date().toISOString()}\n`);
  } catch {
    // What cannot be written here could not be unpacked here either.
    return undefined;
  }
  log("Fetching Electron's binary (once, at most 20 s)...");
  await runFor([process.execPath, script], limitMs);
  return findElectron({ root });
}
