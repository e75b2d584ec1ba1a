import { readdir } from 'node:fs/promises';
import { Metadata } from '@tufjs/models';
import { fail, ok, type Result } from '#shared';
import { nodeFiles } from '../state/node-files.ts';
import { keepKeysOutOfGit, makeKeys, makeRoot, withNewKeys, writeKeys } from './make-keys.ts';
import { DEFAULT_DAYS, forEachRole, ROLES, type Role } from './roles.ts';
import { signMetadata } from './sign-metadata.ts';
import { expiryAfter } from './tuf-json.ts';
import { writing } from './write-file.ts';

/** What `initKeys` is to make. */
export interface InitKeysOptions {
  /** Made if it is not there; nothing in it is ever written over. */
  readonly folder: string;
  /** Root keys that must sign a new root: 1 unless said otherwise. */
  readonly threshold?: number;
  /** Root keys to make: as many as the threshold unless said otherwise. */
  readonly keys?: number;
  /** Days until the root expires. */
  readonly expiresDays?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
}

/** The keys that were made, by role: file names within the folder. */
export interface MadeKeys {
  readonly folder: string;
  readonly rootVersion: number;
  readonly expires: string;
  readonly files: { readonly [role in Role]: readonly string[] };
}

/**
 * Makes a folder of keys: private keys for each role, each in a PEM file of its owner alone, and a first
 * self-signed `1.root.json`, also as `root.json`; a `.gitignore` keeps the private ones out. Fails with `publish/keys-exist`, `publish/bad-keys` for
 * a threshold that cannot be met, or `publish/not-written`.
 */
export function initKeys(options: InitKeysOptions): Promise<Result<MadeKeys>> {
  return writing(options.folder, () => init(options));
}

async function init(options: InitKeysOptions): Promise<Result<MadeKeys>> {
  const { folder, threshold = 1, keys: count = threshold, now = Date.now } = options;
  if (threshold < 1 || count < threshold) {
    return fail({
      code: 'publish/bad-keys',
      message: `A threshold of ${threshold} cannot be met with ${count} root keys.`,
    });
  }
  await nodeFiles.makeFolder(folder);
  const there = (await readdir(folder)).find((name) => /\.pem$|root\.json$/.test(name));
  if (there !== undefined) return keysExist(folder, there);

  const made = forEachRole((role) =>
    makeKeys({ role, count: role === 'root' ? count : 1, isTaken: () => false }),
  );
  const all = ROLES.flatMap((role) => made[role]);
  const root = makeRoot({
    version: 1,
    expires: expiryAfter(now(), options.expiresDays ?? DEFAULT_DAYS.root),
    roles: forEachRole((role) => ({
      keys: made[role].map(({ signer }) => signer.key),
      threshold: role === 'root' ? threshold : 1,
    })),
  });
  const signed = await signMetadata({
    signed: root,
    role: 'root',
    roots: [new Metadata(root)],
    signers: withNewKeys(new Map(), all),
  });
  if (!signed.ok) return signed;
  await keepKeysOutOfGit(folder);
  await writeKeys({ folder, keys: all, root: signed.value });
  return ok({
    folder,
    rootVersion: 1,
    expires: root.expires,
    files: forEachRole((role) => made[role].map(({ file }) => file)),
  });
}

function keysExist(folder: string, file: string): Result<never> {
  return fail({
    code: 'publish/keys-exist',
    message: `${folder} holds keys already (${file}); nothing was written.`,
    hint: `Look at them with \`firstlight trust show ${folder}\`, or name a new folder.`,
  });
}
