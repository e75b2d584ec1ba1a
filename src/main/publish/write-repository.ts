import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { isSystemError, type FilesPort } from '../state/files-port.ts';
import { digestOf } from '../state/plan-file.ts';
import { PLAN_NAME, targetFile } from './published.ts';
import type { RootVersion } from './root-chain.ts';
import { putFile } from './write-file.ts';

/** All that a publication writes. */
export interface Publication {
  readonly files: FilesPort;
  readonly folder: string;
  readonly archives: readonly {
    /** Below the folder, with its digest. */
    readonly name: string;
    readonly sha256: string;
    readonly read: () => Promise<Uint8Array>;
  }[];
  readonly plan: { readonly bytes: Uint8Array; readonly digest: string };
  /** Absent for an unsigned publication. */
  readonly signed?: {
    /** In the order in which they are to be written: the timestamp last. */
    readonly metadata: readonly { readonly name: string; readonly bytes: Uint8Array }[];
    readonly roots: readonly RootVersion[];
  };
}

/** Anybody may read what is published; the tool that copies it may run as somebody else. */
const READABLE = 0o644;

/**
 * Writes a publication and gives the names of the files, in that order. Nothing that a device may be
 * reading is touched before all that it leads to is there: archives and the plan under their digests,
 * metadata under new numbers, then `timestamp.json`, which makes the new set count, in one rename. New
 * roots follow, since a device that has one asks for a timestamp by its keys; the plain plan, which
 * unsigned devices read and which names archives by their digests too, comes last. Rejects with the
 * system's error.
 */
export async function writeRepository(publication: Publication): Promise<readonly string[]> {
  const { files, folder, archives, plan, signed } = publication;
  const written: string[] = [];
  const put = async (name: string, bytes: Uint8Array): Promise<void> => {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await putFile({ files, file, bytes, permissions: READABLE });
    written.push(name);
  };
  const isThere = async (name: string, sha256: string): Promise<boolean> => {
    const bytes = await readIfThere(path.join(folder, name));
    return bytes !== undefined && digestOf(bytes) === sha256;
  };

  for (const { name, sha256, read } of archives) {
    if (!(await isThere(name, sha256))) await put(name, await read());
  }
  if (signed !== undefined) {
    const name = targetFile(PLAN_NAME, plan.digest);
    if (!(await isThere(name, plan.digest))) await put(name, plan.bytes);
    for (const { name, bytes } of signed.metadata) await put(`metadata/${name}`, bytes);
    for (const { version, bytes } of signed.roots) {
      const name = `metadata/${version}.root.json`;
      if ((await readIfThere(path.join(folder, name))) === undefined) await put(name, bytes);
    }
  }
  if (!(await isThere(PLAN_NAME, plan.digest))) await put(PLAN_NAME, plan.bytes);
  return written;
}

async function readIfThere(file: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(file);
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}
