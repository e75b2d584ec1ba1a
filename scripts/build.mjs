// @ts-check
// Builds the app into `out/`. `--if-stale` does nothing when the sources have not changed since.
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isFresh, sourceDigest } from './lib/build-stamp.mjs';
import { ROOT } from './lib/project.mjs';

/**
 * Builds what is stale.
 * @param {{ force?: boolean, log?: (line: string) => void }} [options]
 * @returns {Promise<boolean>} whether a build was made; rejects with the compiler's message
 */
export async function buildIfStale({ force = false, log = () => undefined } = {}) {
  const digest = sourceDigest();
  if (!force && isFresh(digest)) return false;
  log('Building Firstlight...');
  const started = performance.now();
  const stamp = join(ROOT, 'out/.stamp');
  // Taken away first: a build that is cut short must not pass for a whole one.
  rmSync(stamp, { force: true });
  process.chdir(ROOT);
  const { build } = await import('electron-vite');
  await build({ logLevel: 'error' });
  writeFileSync(stamp, digest);
  log(`Built in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return true;
}

/** Started as a program, not imported? */
const isMain =
  process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href;
if (isMain) {
  try {
    await buildIfStale({ force: !process.argv.includes('--if-stale'), log: console.log });
  } catch (error) {
    console.error(`The build failed: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 1;
  }
}
