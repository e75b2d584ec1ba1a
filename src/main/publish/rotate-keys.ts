import path from 'node:path';
import { Metadata } from '@tufjs/models';
import { fail, ok, type Result } from '#shared';
import { nodeFiles } from '../state/node-files.ts';
import { readKeyRing, type KeyRing } from './key-ring.ts';
import {
  makeKeys,
  makeRoot,
  roleKeysOf,
  withNewKeys,
  writeKeys,
  type NewKey,
  type RoleKeys,
} from './make-keys.ts';
import { DEFAULT_DAYS, forEachRole, ROLES, type Role } from './roles.ts';
import { signMetadata, trySigner } from './sign-metadata.ts';
import { expiryAfter } from './tuf-json.ts';
import { writing } from './write-file.ts';

/** What `rotateKeys` is to change. */
export interface RotateKeysOptions {
  readonly folder: string;
  readonly roles: readonly Role[];
  /**
   * Names of keys that are in the folder or in its `signers.toml`, to be used instead of new ones; only
   * with one role.
   */
  readonly use?: readonly string[];
  /** Days until the new root expires. */
  readonly expiresDays?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly signerTimeoutMs?: number;
}

/** What a rotation came to. */
export interface RotatedKeys {
  readonly folder: string;
  readonly rootVersion: number;
  readonly expires: string;
  /** Names of the keys that sign from now on, of the roles that were rotated. */
  readonly newKeys: readonly string[];
  /** Names of those at hand that no longer sign anything. */
  readonly oldKeys: readonly string[];
  /** Was all of it so already? Then nothing was written. */
  readonly isUnchanged: boolean;
  readonly warnings: readonly string[];
}

/**
 * Gives roles new keys, as many as before, in a new version of the root that a threshold of the old root
 * keys signs, and of the new ones. Devices follow it with the next published plan. Keys that are
 * named and are the role's already change nothing, unless `expiresDays` asks for another date. Fails as
 * `readKeyRing` and `signMetadata` do, or with `publish/not-written`.
 */
export function rotateKeys(options: RotateKeysOptions): Promise<Result<RotatedKeys>> {
  return writing(options.folder, () => rotate(options));
}

async function rotate(options: RotateKeysOptions): Promise<Result<RotatedKeys>> {
  const { folder, roles, now = Date.now } = options;
  const ring = await readKeyRing(folder, options);
  if (!ring.ok) return ring;
  const old = ring.value.newest.metadata;
  const used = await usedKeys(ring.value, options);
  if (!used.ok) return used;
  const { warnings } = ring.value;
  const [role] = roles;
  if (used.value !== undefined && role !== undefined && options.expiresDays === undefined) {
    if (isSameKeys(used.value, roleKeysOf(old, role))) {
      const { version: rootVersion, expires } = old.signed;
      const none = { newKeys: [], oldKeys: [], isUnchanged: true };
      return ok({ folder, rootVersion, expires, ...none, warnings });
    }
  }

  const names = new Set((await nodeFiles.list(folder)).map((name) => path.parse(name).name));
  for (const { name } of ring.value.signers.values()) names.add(name);
  const made = forEachRole((role) => {
    const isNew = roles.includes(role) && used.value === undefined;
    const count = roleKeysOf(old, role).keys.length;
    return isNew ? makeKeys({ role, count, isTaken: (name) => names.has(name) }) : [];
  });
  const root = makeRoot({
    version: old.signed.version + 1,
    expires: expiryAfter(now(), options.expiresDays ?? DEFAULT_DAYS.root),
    roles: forEachRole((role) => {
      if (!roles.includes(role)) return roleKeysOf(old, role);
      return used.value ?? { ...roleKeysOf(old, role), keys: keysOf(made[role]) };
    }),
  });
  const all = ROLES.flatMap((role) => made[role]);
  const signers = withNewKeys(ring.value.signers, all);
  const signed = await signMetadata({
    signed: root,
    role: 'root',
    roots: [old, new Metadata(root)],
    signers,
  });
  if (!signed.ok) return signed;
  await writeKeys({ folder, keys: all, root: signed.value });
  const nameOf = (id: string): string => signers.get(id)?.name ?? id.slice(0, 8);
  return ok({
    folder,
    rootVersion: root.version,
    expires: root.expires,
    newKeys: Object.keys(root.keys)
      .filter((id) => !(id in old.signed.keys))
      .map(nameOf),
    oldKeys: Object.keys(old.signed.keys)
      .filter((id) => !(id in root.keys))
      .map(nameOf),
    isUnchanged: false,
    warnings,
  });
}

function keysOf(made: readonly NewKey[]): RoleKeys['keys'] {
  return made.map(({ signer }) => signer.key);
}

function isSameKeys({ keys }: RoleKeys, before: RoleKeys): boolean {
  const ids = new Set(keys.map(({ keyID }) => keyID));
  return ids.size === before.keys.length && before.keys.every(({ keyID }) => ids.has(keyID));
}

/**
 * The keys that were named, with the threshold of before; `undefined` if none were. Each has signed once,
 * since a role that nobody can sign for stops all publishing.
 */
async function usedKeys(
  ring: KeyRing,
  { roles, use = [] }: RotateKeysOptions,
): Promise<Result<RoleKeys | undefined>> {
  const [role] = roles;
  if (use.length === 0 || role === undefined) return ok(undefined);
  const { threshold } = roleKeysOf(ring.newest.metadata, role);
  if (roles.length > 1 || use.length < threshold) {
    return bad(
      `${ring.folder}: ${use.length} named keys can be used for one role at a time, and for ${role} it takes ${threshold}`,
    );
  }
  const keys: RoleKeys['keys'][number][] = [];
  for (const name of use) {
    const signer = [...ring.signers.values()].find((one) => one.name === name);
    if (signer === undefined) {
      const known = [...ring.signers.values()].map((one) => one.name).join(', ');
      return bad(`${ring.folder} has no key "${name}"; it has ${known}`);
    }
    const problem = await trySigner(signer, ring.newest.metadata);
    if (problem !== undefined) return fail(problem);
    keys.push(signer.key);
  }
  return ok({ keys, threshold });
}

function bad(problem: string): Result<never> {
  return fail({
    code: 'publish/bad-keys',
    message: `${problem}.`,
    hint: 'A key is a PEM file in the folder, or a [keys.NAME] table in its signers.toml.',
  });
}
