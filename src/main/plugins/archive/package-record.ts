import { lstat, readFile } from 'node:fs/promises';
import path from 'node:path';
import * as v from 'valibot';
import { PACKAGE_RECORD } from '../archive-rules.ts';

/** What a package is known again by: the path of each file, with `/`, and its size. */
export type PackageRecord = readonly (readonly [path: string, size: number])[];

const schema = v.array(v.tuple([v.string(), v.number()]));
/** File calls that one check has under way at a time. */
const AT_A_TIME = 32;

export function writeRecord(record: PackageRecord): Uint8Array {
  return Buffer.from(JSON.stringify(record));
}

/**
 * Is the package in `folder` as it was unpacked? A disk that says "flushed" too early leaves empty
 * or short files after a power cut: sizes show that at the price of one look at each file, where
 * digests would cost as much as unpacking. A package without a record is none.
 */
export async function isWhole(folder: string): Promise<boolean> {
  const record = await readRecord(path.join(folder, PACKAGE_RECORD));
  if (record === undefined) return false;
  for (let at = 0; at < record.length; at += AT_A_TIME) {
    const part = record.slice(at, at + AT_A_TIME);
    const fits = await Promise.all(
      part.map(async ([name, size]) => {
        const stats = await lstat(path.join(folder, name)).catch(() => undefined);
        return stats?.isFile() === true && stats.size === size;
      }),
    );
    if (fits.includes(false)) return false;
  }
  return true;
}

/** How much the files of a package are; `undefined` for a folder that lost its record. */
export async function packageBytes(folder: string): Promise<number | undefined> {
  const record = await readRecord(path.join(folder, PACKAGE_RECORD));
  return record?.reduce((sum, [, size]) => sum + size, 0);
}

async function readRecord(file: string): Promise<PackageRecord | undefined> {
  try {
    const parsed = v.safeParse(schema, JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
