import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { Metadata, MetadataKind, type Snapshot, type Targets, type Timestamp } from '@tufjs/models';
import { fail, ok, type Result } from '#shared';
import { parsePlan } from '../plan/parse.ts';
import { isTable } from '../plan/tree.ts';
import { isSystemError } from '../state/files-port.ts';
import { digestOf } from '../state/plan-file.ts';
import { readRoots, type RootVersion } from './root-chain.ts';
import { parseTufJson } from './tuf-json.ts';

/** What stands in a plan's folder from earlier publications. */
export interface Published {
  /** Absent where nothing was signed yet. */
  readonly signed?: SignedSet;
  readonly roots: readonly RootVersion[];
  /** The highest numbers that files have: an ended publication may have left some that nothing names. */
  readonly highest: { readonly targets: number; readonly snapshot: number };
  /** Absent before the first publication. */
  readonly plan?: PublishedRevision;
}

/** The metadata that the timestamp leads to. */
export interface SignedSet {
  readonly timestamp: Metadata<Timestamp>;
  readonly snapshot: Metadata<Snapshot>;
  readonly targets: Metadata<Targets>;
  /** As they stand in the file, which another tool may have laid out. */
  readonly targetsBytes: Uint8Array;
}

/** The plan that devices take now. */
export interface PublishedRevision {
  readonly revision: number;
  /** SHA-256 of its bytes, hex. */
  readonly digest: string;
}

/** The plan's name, within its folder and as a target. */
export const PLAN_NAME = 'execution_plan.toml';

/** Where target `name` lies: with consistent snapshots its digest comes before its base name. */
export function targetFile(target: string, sha256: string): string {
  return path.posix.join(path.posix.dirname(target), `${sha256}.${path.posix.basename(target)}`);
}

/**
 * Reads what is published in a plan's folder; a folder that is not there holds nothing. Signatures are
 * not judged here. Fails with `publish/bad-repository` where something is damaged or missing, since the
 * next version cannot be told from it.
 */
export async function readPublished(folder: string): Promise<Result<Published>> {
  const metadataFolder = path.join(folder, 'metadata');
  const roots = await readRoots(metadataFolder);
  if (!roots.ok) return bad(roots.failure.message);
  const names = (await ifThere(() => readdir(metadataFolder))) ?? [];
  const signed = names.includes('timestamp.json') ? await readSigned(metadataFolder) : undefined;
  if (signed?.ok === false) return signed;
  const plan = await readRevision(folder, signed?.value);
  if (!plan.ok) return plan;
  return ok({
    roots: roots.value,
    highest: { targets: highest(names, 'targets'), snapshot: highest(names, 'snapshot') },
    ...(signed === undefined ? {} : { signed: signed.value }),
    ...(plan.value === undefined ? {} : { plan: plan.value }),
  });
}

async function readSigned(folder: string): Promise<Result<SignedSet>> {
  let file = path.join(folder, 'timestamp.json');
  const read = (name: string): Promise<Uint8Array> => readFile((file = path.join(folder, name)));
  try {
    const timestamp = Metadata.fromJSON(
      MetadataKind.Timestamp,
      parseTufJson(await read('timestamp.json')),
    );
    const { version } = timestamp.signed.snapshotMeta;
    const snapshot = Metadata.fromJSON(
      MetadataKind.Snapshot,
      parseTufJson(await read(`${version}.snapshot.json`)),
    );
    const targetsVersion = snapshot.signed.meta['targets.json']?.version ?? 0;
    const targetsBytes = await read(`${targetsVersion}.targets.json`);
    const targets = Metadata.fromJSON(MetadataKind.Targets, parseTufJson(targetsBytes));
    return ok({ timestamp, snapshot, targets, targetsBytes });
  } catch (thrown) {
    // Whatever the library or the system says of it, this file is not what it should be.
    return bad(`${file} cannot be read: ${thrown instanceof Error ? thrown.message : 'unknown'}.`);
  }
}

/** What is signed is what counts; a plain file beside it may be one publication behind. */
async function readRevision(
  folder: string,
  signed: SignedSet | undefined,
): Promise<Result<PublishedRevision | undefined>> {
  const sha256 = signed?.targets.signed.targets[PLAN_NAME]?.hashes.sha256;
  const name = sha256 === undefined ? PLAN_NAME : targetFile(PLAN_NAME, sha256);
  const file = path.join(folder, name);
  const bytes = await ifThere(() => readFile(file));
  if (bytes === undefined) {
    return sha256 === undefined ? ok(undefined) : bad(`${file} is missing.`);
  }
  const digest = digestOf(bytes);
  if (sha256 !== undefined && digest !== sha256) return bad(`${file} is not what was signed.`);
  const { tree } = parsePlan(new TextDecoder().decode(bytes));
  const general = tree?.general;
  // Not checked any further: a plan of years ago may break a rule of today, and still has its number.
  const revision = isTable(general) ? (general.revision ?? 0) : undefined;
  return typeof revision === 'number' ? ok({ revision, digest }) : bad(`${file} is no plan.`);
}

function highest(names: readonly string[], role: 'targets' | 'snapshot'): number {
  const pattern = new RegExp(`^(\\d{1,9})\\.${role}\\.json$`);
  return Math.max(0, ...names.map((name) => Number(pattern.exec(name)?.[1] ?? 0)));
}

async function ifThere<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return undefined;
    throw thrown;
  }
}

function bad(message: string): Result<never> {
  return fail({
    code: 'publish/bad-repository',
    message,
    hint: 'Copy the folder back from where it was published to, so that versions go on from there.',
  });
}
