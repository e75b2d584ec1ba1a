import { constants } from 'node:fs';
import { access, open, readlink, rm } from 'node:fs/promises';
import path from 'node:path';

/**
 * Where everything is, in the plugin's data folder. What has its final name is whole: it got it by a
 * rename, after its bytes were on the disk. Only `current` and `versions` are for others to look at.
 *
 * @param {import('../../src/sdk/index.ts').StepContext} ctx
 */
export function placesOf(ctx) {
  const { name, version, sha256, program } = ctx.inputs;
  const folder = ctx.dataFolder;
  // With the digest in it, the same version that was built again is another one.
  const title = `${name}-${version}-${sha256.slice(0, 8)}`;
  const installed = path.join(folder, 'versions', title);
  return {
    folder,
    archive: path.join(folder, 'downloads', `${title}.tar.gz`),
    part: path.join(folder, 'downloads', `${title}.part`),
    unpacking: path.join(folder, 'unpacked', `${title}.part`),
    unpacked: path.join(folder, 'unpacked', title),
    installed,
    program: path.join(installed, program),
    current: path.join(folder, 'current'),
    /** What `current` is to point at: relative, so that the folder may be moved. */
    target: path.join('versions', title),
  };
}

/** Is there such a file or folder? */
export async function isThere(file) {
  return allows(file, constants.F_OK);
}

/** Is it a program that may be run? */
export async function isProgram(file) {
  return allows(file, constants.X_OK);
}

/** What a link points at; `null` where there is none. */
export async function targetOf(link) {
  return readlink(link).catch(() => null);
}

/** A rename is safe from a power cut only when the folder that it happened in is on the disk. */
export async function syncFolder(folder) {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Removes files and folders; what is not there is removed already. */
export async function removeAll(...files) {
  for (const file of files) await rm(file, { recursive: true, force: true });
}

async function allows(file, mode) {
  return access(file, mode).then(
    () => true,
    () => false,
  );
}
