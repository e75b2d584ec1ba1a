import { isDeepStrictEqual } from 'node:util';
import type { Metadata } from '@tufjs/models';
import { MetaFile, Snapshot, TargetFile, Targets, Timestamp, type Root } from '@tufjs/models';
import { ok, type Result } from '#shared';
import type { KeyRing } from './key-ring.ts';
import type { Published, SignedSet } from './published.ts';
import { DEFAULT_DAYS } from './roles.ts';
import { isVouchedFor, signMetadata } from './sign-metadata.ts';
import { expiryAfter, fingerprint, SPEC_VERSION, tufBytes, tufDate } from './tuf-json.ts';

/** A file that TUF vouches for. */
export interface Target {
  /** Such as `plugins/howto.tgz`. */
  readonly path: string;
  readonly length: number;
  readonly sha256: string;
}

/** The metadata of a publication: what to write, in this order. */
export interface NextMetadata {
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
  /** When devices stop taking it unless it is signed anew. */
  readonly expires: string;
}

/** The field of a timestamp that a device takes its time floor from (RFC 3339, UTC). */
const SIGNED_AT = 'x-firstlight-signed-at';

/**
 * Makes and signs the metadata of the next publication. Targets that stay the same are not signed again
 * while they outlive the timestamp, so that a renewal by a machine needs no key but those of snapshot
 * and timestamp. Signs for the root that devices know so far too, where its keys are at hand: then
 * each order in which a device may meet old and new files verifies. Fails as `signMetadata` does.
 */
export async function nextMetadata(request: {
  readonly ring: KeyRing;
  readonly published: Published;
  readonly targets: readonly Target[];
  readonly now: number;
  /** Days until snapshot and timestamp expire. */
  readonly expiresDays: number;
}): Promise<Result<NextMetadata>> {
  const { ring, published, now, expiresDays } = request;
  const root = ring.newest.metadata;
  const known = published.roots.at(-1)?.metadata;
  const by = {
    roots: [root],
    alsoFor: known === undefined ? [] : [known],
    signers: ring.signers,
  };
  const { signed } = published;
  const expires = expiryAfter(now, expiresDays);

  const wanted = makeTargets(request);
  const isKept = signed !== undefined && outlives({ signed, wanted, root, until: expires });
  const targets = isKept
    ? ok(signed.targets)
    : await signMetadata({ signed: wanted, role: 'targets', ...by });
  if (!targets.ok) return targets;
  const targetsBytes = isKept ? signed.targetsBytes : tufBytes(targets.value);

  const snapshot = await signMetadata({
    signed: new Snapshot({
      version: published.highest.snapshot + 1,
      specVersion: SPEC_VERSION,
      expires,
      meta: { 'targets.json': metaFile(targets.value.signed.version, targetsBytes) },
    }),
    role: 'snapshot',
    ...by,
  });
  if (!snapshot.ok) return snapshot;
  const snapshotBytes = tufBytes(snapshot.value);

  const timestamp = await signMetadata({
    signed: new Timestamp({
      version: (signed?.timestamp.signed.version ?? 0) + 1,
      specVersion: SPEC_VERSION,
      expires,
      snapshotMeta: metaFile(snapshot.value.signed.version, snapshotBytes),
      unrecognizedFields: { [SIGNED_AT]: tufDate(now) },
    }),
    role: 'timestamp',
    ...by,
  });
  if (!timestamp.ok) return timestamp;
  return ok({
    expires,
    files: [
      ...(isKept
        ? []
        : [{ name: `${targets.value.signed.version}.targets.json`, bytes: targetsBytes }]),
      { name: `${snapshot.value.signed.version}.snapshot.json`, bytes: snapshotBytes },
      { name: 'timestamp.json', bytes: tufBytes(timestamp.value) },
    ],
  });
}

function makeTargets(request: Parameters<typeof nextMetadata>[0]): Targets {
  const { published, targets, now, expiresDays } = request;
  return new Targets({
    version: published.highest.targets + 1,
    specVersion: SPEC_VERSION,
    expires: expiryAfter(now, Math.max(DEFAULT_DAYS.targets, expiresDays)),
    targets: Object.fromEntries(
      targets.map(({ path, length, sha256 }) => [
        path,
        new TargetFile({ path, length, hashes: { sha256 } }),
      ]),
    ),
  });
}

/** Do the signed targets say the same, does the root stand by them, and do they last long enough? */
function outlives(what: {
  readonly signed: SignedSet;
  readonly wanted: Targets;
  readonly root: Metadata<Root>;
  /** RFC 3339. */
  readonly until: string;
}): boolean {
  const { wanted, root, until } = what;
  const { targets } = what.signed;
  const isSame = isDeepStrictEqual(targets.signed.toJSON().targets, wanted.toJSON().targets);
  const lasts = Date.parse(targets.signed.expires) >= Date.parse(until);
  return isSame && lasts && isVouchedFor(root, 'targets', targets);
}

function metaFile(version: number, bytes: Uint8Array): MetaFile {
  return new MetaFile({ version, ...fingerprint(bytes) });
}
