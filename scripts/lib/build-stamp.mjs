// @ts-check
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './project.mjs';

/** What the build is made from; all else may change without making it stale. */
const SOURCES = ['src', 'package.json', 'package-lock.json', 'electron.vite.config.ts'];
/** One file of each build step: a stamp without them is a lie. */
const OUTPUTS = [
  'main/index.js',
  'main/preview.js',
  'main/cli.js',
  'main/plugin-process.js',
  'main/file-reader-process.js',
  'main/shell-options.js',
  'preload/index.cjs',
  'renderer/index.html',
  'client/firstlight-client.js',
];

/**
 * Digest of all sources by name and content. By content and not by time, because a checkout, an
 * unpacked archive and a restored cache all have times that say nothing.
 * @param {string} root
 * @returns {string} SHA-256, hex
 */
export function sourceDigest(root = ROOT) {
  const hash = createHash('sha256');
  for (const name of SOURCES) add(hash, root, name);
  return hash.digest('hex');
}

/**
 * Is the build there, whole, and made from these sources?
 * @param {string} digest
 * @param {string} out
 */
export function isFresh(digest, out = join(ROOT, 'out')) {
  const stamp = join(out, '.stamp');
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) return false;
  return OUTPUTS.every((file) => existsSync(join(out, file)));
}

/** @param {import('node:crypto').Hash} hash @param {string} root @param {string} name */
function add(hash, root, name) {
  const path = join(root, name);
  if (!existsSync(path)) return;
  const entries = readEntries(path);
  if (entries === undefined) {
    // Tests are no part of the build.
    if (/\.(test|test-support)\.tsx?$/.test(name)) return;
    const content = readFileSync(path);
    hash.update(`${name}\0${content.length}\0`).update(content);
    return;
  }
  for (const entry of entries) add(hash, root, `${name}/${entry}`);
}

/** @param {string} path @returns {string[] | undefined} undefined for what is no folder */
function readEntries(path) {
  try {
    return readdirSync(path).sort();
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ENOTDIR') return undefined;
    throw error;
  }
}
