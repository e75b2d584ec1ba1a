import { fail, ok, type Failure, type Result } from '#shared';
import type { MetadataFolder } from './metadata-folder.ts';
import { readSigned, signedTimeOf, textOf } from './metadata-text.ts';
import type { KeptRepository } from './trust-bundle.ts';
import { judgeDatesBy, type Tuf, type TufStore } from './tuf-library.ts';
import { expired, refusal } from './verification-failures.ts';

/** Against endless data. A plan of 3,000 plugins has targets of some 600 KiB. */
const MAX_BYTES = { timestamp: 16 << 10, snapshot: 256 << 10, targets: 2 << 20 } as const;

interface RolesRequest {
  readonly tuf: Tuf;
  /** Trusts the newest root, and nothing else yet. */
  readonly store: TufStore;
  readonly folder: MetadataFolder;
  /** Unix milliseconds. */
  readonly now: number;
}

/**
 * Brings timestamp, snapshot and targets up to date, in this order (TUF 1.0, 5.4 to 5.6). `kept` is
 * what was given, renewed role by role as far as they verify; the same object if nothing is new.
 */
export async function refreshRoles(
  before: KeptRepository,
  request: RolesRequest,
): Promise<{ readonly result: Result<void>; readonly kept: KeptRepository }> {
  let kept = before;
  const timestamp = await refreshTimestamp(before.timestamp, request);
  if (!timestamp.ok) return { result: timestamp, kept };
  if (timestamp.value.text !== undefined) kept = { ...kept, timestamp: timestamp.value.text };

  const later: RolesRequest = { ...request, now: timestamp.value.now };
  const snapshot = await refreshSnapshot(before.snapshot, later);
  if (!snapshot.ok) return { result: snapshot, kept };
  if (snapshot.value !== undefined) kept = { ...kept, snapshot: snapshot.value };

  const targets = await refreshTargets(before.targets, later);
  if (!targets.ok) return { result: targets, kept };
  if (targets.value !== undefined) kept = { ...kept, targets: targets.value };
  return { result: ok(undefined), kept };
}

/** Gives its text if it is newer than the kept one, and the time, which it may have moved on. */
async function refreshTimestamp(
  kept: string | undefined,
  { tuf, store, folder, now }: RolesRequest,
): Promise<Result<{ readonly text: string | undefined; readonly now: number }>> {
  const file = 'timestamp.json';
  judgeDatesBy(store, now);
  recall(kept, (bytes) => store.updateTimestamp(bytes));
  const fetched = await folder.fetch(file, MAX_BYTES.timestamp);
  if (!fetched.ok) return fetched;
  let text: string | undefined;
  try {
    store.updateTimestamp(Buffer.from(fetched.value));
    text = textOf(fetched.value);
  } catch (thrown) {
    // The same version: the kept one stays. Its date is judged below, like that of a new one.
    const isJudgedBelow =
      thrown instanceof tuf.EqualVersionError || thrown instanceof tuf.ExpiredMetadataError;
    if (!isJudgedBelow)
      return fail(refusal({ tuf, where: folder.describe(file), thrown, isOlder: true }));
  }
  // It cannot be earlier than when this was signed.
  const time = Math.max(now, signedTimeOf(store) ?? 0);
  judgeDatesBy(store, time);
  const late = pastDate(store, folder, time);
  return late === undefined ? ok({ text, now: time }) : fail(late);
}

/** The root's date counts for everything that it vouches for. */
function pastDate(
  { root, timestamp }: TufStore,
  folder: MetadataFolder,
  now: number,
): Failure | undefined {
  const at = new Date(now);
  if (root.signed.isExpired(at)) {
    const { version, expires } = root.signed;
    return expired(folder.describe(`${version}.root.json`), expires, now);
  }
  if (timestamp?.signed.isExpired(at) !== true) return undefined;
  return expired(folder.describe('timestamp.json'), timestamp.signed.expires, now);
}

/** Gives its text, or nothing if the kept one is the one that the timestamp names. */
async function refreshSnapshot(
  kept: string | undefined,
  { tuf, store, folder, now }: RolesRequest,
): Promise<Result<string | undefined>> {
  if (recall(kept, (bytes) => store.updateSnapshot(bytes, true))) return ok(undefined);
  const { version, length } = store.timestamp?.signed.snapshotMeta ?? { version: 1 };
  const file = `${version}.snapshot.json`;
  const fetched = await folder.fetch(file, limitOf(MAX_BYTES.snapshot, length));
  if (!fetched.ok) return fetched;
  const before = store.snapshot;
  try {
    store.updateSnapshot(Buffer.from(fetched.value));
    return ok(textOf(fetched.value));
  } catch (thrown) {
    const where = folder.describe(file);
    if (thrown instanceof tuf.ExpiredMetadataError) return past(where, fetched.value, now);
    // Targets that went back are found before the store takes it, a version that the timestamp
    // does not name only after that.
    return fail(refusal({ tuf, where, thrown, isOlder: store.snapshot === before }));
  }
}

/** Gives its text, or nothing if the kept ones are those that the snapshot names. */
async function refreshTargets(
  kept: string | undefined,
  { tuf, store, folder, now }: RolesRequest,
): Promise<Result<string | undefined>> {
  const take = (bytes: Buffer) => store.updateDelegatedTargets(bytes, 'targets', 'root');
  if (recall(kept, take)) return ok(undefined);
  // Where it names none, the store says so when it is to take them.
  const { version, length } = store.snapshot?.signed.meta['targets.json'] ?? { version: 1 };
  const file = `${version}.targets.json`;
  const fetched = await folder.fetch(file, limitOf(MAX_BYTES.targets, length));
  if (!fetched.ok) return fetched;
  try {
    take(Buffer.from(fetched.value));
    return ok(textOf(fetched.value));
  } catch (thrown) {
    const where = folder.describe(file);
    if (thrown instanceof tuf.ExpiredMetadataError) return past(where, fetched.value, now);
    return fail(refusal({ tuf, where, thrown, isOlder: false }));
  }
}

/**
 * Gives the store what was verified before. `false`: it is past its date or not the newest, and
 * then the store still compares versions with it; or it no longer verifies.
 */
function recall(kept: string | undefined, take: (bytes: Buffer) => unknown): boolean {
  if (kept === undefined) return false;
  try {
    take(Buffer.from(kept));
    return true;
  } catch {
    return false;
  }
}

function past(where: string, metadata: Uint8Array, now: number): Result<never> {
  return fail(expired(where, readSigned(metadata)?.expires ?? 'a date of the past', now));
}

function limitOf(limit: number, signed: number | undefined): number {
  return Math.min(limit, signed ?? limit);
}
