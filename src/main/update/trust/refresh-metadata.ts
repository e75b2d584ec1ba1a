import { fail, ok, type Result } from '#shared';
import type { MetadataFolder } from './metadata-folder.ts';
import { readSigned, signedTimeOf, textOf } from './metadata-text.ts';
import { refreshRoles } from './refresh-roles.ts';
import { onlineKeysOf, openRootChain, roleWithDoubledKey } from './root-chain.ts';
import { withRepository, type TrustBundle } from './trust-bundle.ts';
import type { TrustedTargets } from './trust-port.ts';
import { trustedTargets } from './trusted-targets.ts';
import type { Tuf, TufStore } from './tuf-library.ts';
import { countsTwice, refusal } from './verification-failures.ts';

/** Bytes of a root, against endless data: room for some hundred keys. */
const MAX_ROOT_BYTES = 256 << 10;

/** As many new roots as one refresh follows; the next one goes on from there. */
const MAX_ROOTS = 256;

export interface RefreshedMetadata {
  readonly result: Result<TrustedTargets>;
  /** What is to be kept: also after a failure, since what was verified before it stays verified. */
  readonly bundle: TrustBundle;
}

/**
 * The client workflow of TUF 1.0 (sections 5.3 to 5.6). `tuf-js` verifies; here are the order, what
 * is kept, and the time. Writes nothing.
 */
export async function refreshMetadata(request: {
  readonly tuf: Tuf;
  /** The shipped `root.json`. */
  readonly root: Uint8Array;
  readonly bundle: TrustBundle;
  /** Unix milliseconds by the device's clock, or the build time if that is later. */
  readonly now: number;
  readonly folder: MetadataFolder;
}): Promise<RefreshedMetadata> {
  const { tuf, now, folder } = request;
  const name = folder.repository;
  const { store, links } = openRootChain(tuf, request.root, request.bundle.roots);
  const followed = await followRoots(tuf, store, folder);
  let bundle: TrustBundle = { ...request.bundle, roots: [...links, ...followed.links] };
  if (!followed.result.ok) return { result: followed.result, bundle };
  const doubled = roleWithDoubledKey(store);
  if (doubled !== undefined) {
    const where = folder.describe(`${store.root.signed.version}.root.json`);
    return { result: fail(countsTwice(where, doubled)), bundle };
  }

  const onlineKeys = onlineKeysOf(store);
  // With the metadata of rotated keys goes the time that they signed: a thief may have set either
  // so far ahead that nothing honest could follow (TUF 1.0, 5.3.11).
  if (onlineKeys !== bundle.onlineKeys)
    bundle = { roots: bundle.roots, onlineKeys, repositories: [] };

  const before = bundle.repositories.find((one) => one.name === name) ?? { name };
  const floor = bundle.signedAt === undefined ? 0 : Date.parse(bundle.signedAt);
  const roles = await refreshRoles(before, { tuf, store, folder, now: Math.max(now, floor) });
  if (roles.kept.timestamp !== undefined) bundle = withRepository(bundle, roles.kept);
  if (!roles.result.ok) return { result: roles.result, bundle };

  // Not before the whole set holds at that time: then a thief of the online keys cannot push the floor
  // past the date up to which the keys kept offline have signed root and targets.
  const signedAt = signedTimeOf(store) ?? 0;
  if (signedAt > floor) bundle = { ...bundle, signedAt: new Date(signedAt).toISOString() };
  return { result: ok(trustedTargets(store)), bundle };
}

/** TUF 1.0, 5.3: takes every next root that the last one vouches for. */
async function followRoots(
  tuf: Tuf,
  store: TufStore,
  folder: MetadataFolder,
): Promise<{ readonly result: Result<void>; readonly links: readonly string[] }> {
  const links: string[] = [];
  while (links.length < MAX_ROOTS) {
    const next = store.root.signed.version + 1;
    const file = `${next}.root.json`;
    const fetched = await folder.fetch(file, MAX_ROOT_BYTES);
    if (!fetched.ok) {
      // S3 says 403 for a missing object to those who may not list. If all is denied, so is the
      // timestamp, which comes next. Any other failure says nothing about whether there is one.
      const isEnd = ['update/not-found', 'update/denied'].includes(fetched.failure.code);
      return { result: isEnd ? ok(undefined) : fetched, links };
    }
    try {
      store.updateRoot(Buffer.from(fetched.value));
    } catch (thrown) {
      const isOlder = (readSigned(fetched.value)?.version ?? next) < next;
      const where = folder.describe(file);
      return { result: fail(refusal({ tuf, where, thrown, isOlder })), links };
    }
    links.push(textOf(fetched.value));
  }
  return { result: ok(undefined), links };
}
