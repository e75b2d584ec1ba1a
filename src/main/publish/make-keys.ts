import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import path from 'node:path';
import { Root, type Key, type Metadata } from '@tufjs/models';
import { nodeFiles } from '../state/node-files.ts';
import type { KeyRing } from './key-ring.ts';
import type { Role } from './roles.ts';
import { createFileSigner, type Signer } from './signer.ts';
import { SPEC_VERSION, tufBytes } from './tuf-json.ts';
import { tufKeyOf } from './tuf-key.ts';
import { putFile } from './write-file.ts';

/** A key that was just made and is in no file yet. */
export interface NewKey {
  readonly signer: Signer;
  /** Its file's name within the folder of keys. */
  readonly file: string;
  readonly pem: string;
}

/** Makes Ed25519 keys for a role; `isTaken` says which names are in use. */
export function makeKeys(request: {
  readonly role: Role;
  readonly count: number;
  readonly isTaken: (name: string) => boolean;
}): readonly NewKey[] {
  const { role, count, isTaken } = request;
  const keys: NewKey[] = [];
  for (let n = 1; keys.length < count; n += 1) {
    const name = `${role}-${n}`;
    if (isTaken(name)) continue;
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const key = tufKeyOf(createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })));
    if (key === undefined) throw new Error('an Ed25519 key was made that is none');
    keys.push({ signer: createFileSigner({ name, key, privateKey }), file: `${name}.pem`, pem });
  }
  return keys;
}

/** Which keys sign for a role, and how many of them must. */
export interface RoleKeys {
  readonly keys: readonly Key[];
  readonly threshold: number;
}

/** Root metadata, unsigned. */
export function makeRoot(request: {
  readonly version: number;
  readonly expires: string;
  readonly roles: { readonly [role in Role]: RoleKeys };
}): Root {
  const { version, expires, roles } = request;
  const keys = Object.values(roles).flatMap((role) => role.keys);
  return Root.fromJSON({
    _type: 'root',
    spec_version: SPEC_VERSION,
    version,
    expires,
    consistent_snapshot: true,
    keys: Object.fromEntries(keys.map((key) => [key.keyID, key.toJSON()])),
    roles: Object.fromEntries(
      Object.entries(roles).map(([role, { keys, threshold }]) => [
        role,
        { keyids: keys.map(({ keyID }) => keyID), threshold },
      ]),
    ),
  });
}

/** The keys of a role as a root has them. */
export function roleKeysOf({ signed }: Metadata<Root>, role: Role): RoleKeys {
  const { keyIDs = [], threshold = 1 } = signed.roles[role] ?? {};
  const keys = keyIDs.map((id) => signed.keys[id]).filter((key) => key !== undefined);
  return { keys, threshold };
}

/** Writes new keys, then the root that names them: a root never stands there without its keys. */
export async function writeKeys(request: {
  readonly folder: string;
  readonly keys: readonly NewKey[];
  readonly root: Metadata<Root>;
}): Promise<void> {
  const { folder, keys, root } = request;
  for (const { file, pem } of keys) {
    await put(path.join(folder, file), Buffer.from(pem), PRIVATE);
  }
  const bytes = tufBytes(root);
  await put(path.join(folder, `${root.signed.version}.root.json`), bytes, PUBLIC);
  // The newest, under the name that a device build takes it by.
  await put(path.join(folder, 'root.json'), bytes, PUBLIC);
}

/**
 * What git shall leave alone in a folder of keys: private keys, and half-written ones. Roots and
 * `signers.toml` are public and stay in sight.
 */
const GIT_IGNORE = `# Private keys belong in no version control.
*.pem
*.key
.*.tmp
`;

/** Adds a `.gitignore` before there is any key to be committed. One that is there is left as it is. */
export async function keepKeysOutOfGit(folder: string): Promise<void> {
  const file = path.join(folder, '.gitignore');
  if ((await nodeFiles.list(folder)).includes('.gitignore')) return;
  await put(file, Buffer.from(GIT_IGNORE), PUBLIC);
}

function put(file: string, bytes: Uint8Array, permissions: number): Promise<void> {
  return putFile({ files: nodeFiles, file, bytes, permissions });
}

const PRIVATE = 0o600;
const PUBLIC = 0o644;

/** All that can sign once `keys` are written. */
export function withNewKeys(
  signers: KeyRing['signers'],
  keys: readonly NewKey[],
): KeyRing['signers'] {
  return new Map([...signers, ...keys.map(({ signer }) => [signer.key.keyID, signer] as const)]);
}
