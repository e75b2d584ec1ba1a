import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Metadata, MetadataKind, type Root } from '@tufjs/models';
import { fail, ok, type Result } from '#shared';
import { isSystemError } from '../state/files-port.ts';
import { parseTufJson } from './tuf-json.ts';

/** One root of trust, with its bytes: signatures are over these, and they are published as they are. */
export interface RootVersion {
  readonly version: number;
  readonly metadata: Metadata<Root>;
  readonly bytes: Uint8Array;
}

const NAME = /^([1-9]\d{0,8})\.root\.json$/;

/**
 * Reads all `N.root.json` of a folder, oldest first; none are no failure, nor is a missing folder.
 * Each must be signed by itself and by the one before it, without gaps, since that is how a device
 * follows them. Fails with `publish/bad-keys`.
 */
export async function readRoots(folder: string): Promise<Result<readonly RootVersion[]>> {
  const versions = (await namesIn(folder))
    .map((name) => Number(NAME.exec(name)?.[1]))
    .filter((version) => !Number.isNaN(version))
    .sort((a, b) => a - b);
  const roots: RootVersion[] = [];
  for (const version of versions) {
    const file = path.join(folder, `${version}.root.json`);
    const root = parseRoot(await readFile(file));
    if (!root.ok) return bad(file, root.failure);
    const problem = chainProblem(root.value, version, roots.at(-1));
    if (problem !== undefined) return bad(file, problem);
    roots.push(root.value);
  }
  return ok(roots);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT') || isSystemError(thrown, 'ENOTDIR')) return [];
    throw thrown;
  }
}

/** Reads one root; the failure says in words why it is none. */
export function parseRoot(bytes: Uint8Array): Result<RootVersion, string> {
  try {
    const metadata = Metadata.fromJSON(MetadataKind.Root, parseTufJson(bytes));
    return ok({ version: metadata.signed.version, metadata, bytes });
  } catch (thrown) {
    return fail(`it is no root metadata (${thrown instanceof Error ? thrown.message : 'unknown'})`);
  }
}

function chainProblem(
  { version, metadata }: RootVersion,
  named: number,
  before: RootVersion | undefined,
): string | undefined {
  if (version !== named) return `it holds version ${version}`;
  if (before !== undefined && before.version + 1 !== version) {
    return `version ${before.version + 1} is missing before it`;
  }
  if (!vouches(metadata, metadata)) return 'its own keys did not sign it';
  if (before !== undefined && !vouches(before.metadata, metadata)) {
    return `the keys of version ${before.version} did not sign it`;
  }
  return undefined;
}

/** Did a threshold of the keys that `root` names sign the other root? */
function vouches(root: Metadata<Root>, other: Metadata<Root>): boolean {
  try {
    root.verifyDelegate(MetadataKind.Root, other);
    return true;
  } catch {
    return false;
  }
}

function bad(file: string, problem: string): Result<never> {
  return fail({
    code: 'publish/bad-keys',
    message: `${file} cannot be trusted: ${problem}.`,
    hint: 'Bring it back from a backup: devices follow these files one after the other.',
  });
}
