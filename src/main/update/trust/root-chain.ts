import type { Tuf, TufStore } from './tuf-library.ts';

/** A store that trusts the newest root which the shipped one leads to. */
export interface RootChain {
  readonly store: TufStore;
  /** The links that hold. */
  readonly links: readonly string[];
}

/**
 * Walks from the shipped root along the kept links, verifying each one anew. The shipped root is the
 * device maker's word, so it wins: links up to its version are history, and those that it does not
 * lead to (other keys, after a new key ceremony) are dropped. Throws if `shipped` is no root.
 */
export function openRootChain(tuf: Tuf, shipped: Uint8Array, kept: readonly string[]): RootChain {
  const store = new tuf.TrustedMetadataStore(Buffer.from(shipped));
  const links: string[] = [];
  for (const link of kept) {
    try {
      store.updateRoot(Buffer.from(link));
      links.push(link);
    } catch {
      // Older than the shipped one, or not of its line.
    }
  }
  return { store, links };
}

/**
 * Says with which keys, under this root, a timestamp and a snapshot are signed. Where it changes, they
 * were rotated: what the old keys signed may have been signed by a thief (TUF 1.0, 5.3.11).
 */
export function onlineKeysOf({ root: { signed } }: TufStore): string {
  const keys = [signed.roles['timestamp'], signed.roles['snapshot']].map((role) =>
    (role?.keyIDs ?? []).map((id) => JSON.stringify(signed.keys[id]?.keyVal)).sort(),
  );
  return JSON.stringify(keys);
}

/**
 * The first role for which the root counts one key twice, under two ids. `tuf-js` counts ids; TUF 1.0
 * (4.2) asks that a threshold be met by different keys.
 */
export function roleWithDoubledKey({ root: { signed } }: TufStore): string | undefined {
  const doubled = Object.entries(signed.roles).find(([, { keyIDs }]) => {
    const values = keyIDs.flatMap((id) => signed.keys[id]?.keyVal['public']?.toLowerCase() ?? []);
    return new Set(values).size < values.length;
  });
  return doubled?.[0];
}
