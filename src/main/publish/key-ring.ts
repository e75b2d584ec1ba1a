import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { isSystemError } from '../state/files-port.ts';
import { createCommandSigner, createFileSigner, type Signer } from './signer.ts';
import { readSignersFile, type NamedSigner } from './signers-file.ts';
import { readPublicKey, tufKeyOf } from './tuf-key.ts';
import { readRoots, type RootVersion } from './root-chain.ts';

/** Time for one signature of an external signer: a person may have to touch a token. */
const SIGNER_TIMEOUT_MS = 60_000;

/** All that a folder of keys holds. Which key signs what is said by its newest root, not here. */
export interface KeyRing {
  readonly folder: string;
  /** Oldest first, at least one. */
  readonly roots: readonly RootVersion[];
  readonly newest: RootVersion;
  /** By key id: the keys that are at hand. The others are offline, as they should be. */
  readonly signers: ReadonlyMap<string, Signer>;
  /** Private keys that others than their owner may use. */
  readonly warnings: readonly string[];
}

/**
 * Reads a folder of keys: `N.root.json`, the private keys in `*.pem`, and `signers.toml` for those that
 * lie elsewhere. Fails with `publish/no-keys` where there is no root, or with `publish/bad-keys`.
 */
export async function readKeyRing(
  folder: string,
  { signerTimeoutMs = SIGNER_TIMEOUT_MS }: { readonly signerTimeoutMs?: number } = {},
): Promise<Result<KeyRing>> {
  const roots = await readRoots(folder);
  if (!roots.ok) return roots;
  const newest = roots.value.at(-1);
  if (newest === undefined) return noKeys(folder);
  const signers = new Map<string, Signer>();
  const warnings: string[] = [];
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.pem')) continue;
    const file = path.join(folder, name);
    const signer = await fileSigner(name.slice(0, -'.pem'.length), file);
    if (!signer.ok) return signer;
    if (signer.value === undefined) continue;
    signers.set(signer.value.key.keyID, signer.value);
    warnings.push(...(await openToOthers(file)));
  }
  const named = await readSignersFile(folder);
  if (!named.ok) return named;
  for (const entry of named.value) {
    const signer = await namedSigner(entry, { folder, timeoutMs: signerTimeoutMs });
    if (!signer.ok) return signer;
    if (signer.value === undefined) continue;
    signers.set(signer.value.key.keyID, signer.value);
    if (entry.file !== undefined) {
      warnings.push(...(await openToOthers(path.resolve(folder, entry.file))));
    }
  }
  return ok({ folder, roots: roots.value, newest, signers, warnings: [...new Set(warnings)] });
}

/** On Windows these bits say nothing. */
async function openToOthers(file: string): Promise<readonly string[]> {
  if (process.platform === 'win32' || ((await stat(file)).mode & 0o077) === 0) return [];
  return [
    `${file} is a private key that others may read or change; \`chmod 600 ${file}\` ends that.`,
  ];
}

/** The failure for a folder without keys; says in one line how to make some. */
function noKeys(folder: string): Result<never> {
  return fail({
    code: 'publish/no-keys',
    message: `There are no keys in ${folder}.`,
    hint: `Make some with \`firstlight trust init ${folder}\`, or publish without signatures with --unsigned.`,
  });
}

async function namedSigner(
  entry: NamedSigner,
  { folder, timeoutMs }: { readonly folder: string; readonly timeoutMs: number },
): Promise<Result<Signer | undefined>> {
  if (entry.file !== undefined) return fileSigner(entry.name, path.resolve(folder, entry.file));
  const key = readPublicKey(entry.public);
  if (key === undefined) {
    return bad(
      path.join(folder, 'signers.toml'),
      `"public" of the key "${entry.name}" is no Ed25519 or P-256 public key, as PEM or as 64 hex digits`,
    );
  }
  const [program = '', ...args] = entry.command;
  return ok(
    createCommandSigner({ name: entry.name, key, command: { program, args, folder, timeoutMs } }),
  );
}

/** A key file that is not there is no failure: a key may lie on a medium that is in a safe. */
async function fileSigner(name: string, file: string): Promise<Result<Signer | undefined>> {
  let pem: string;
  try {
    pem = await readFile(file, 'utf8');
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return ok(undefined);
    if (isSystemError(thrown)) return bad(file, `it cannot be read (${thrown.code})`);
    throw thrown;
  }
  if (pem.includes('BEGIN PUBLIC KEY')) return ok(undefined);
  try {
    const privateKey = createPrivateKey(pem);
    const key = tufKeyOf(createPublicKey(privateKey));
    if (key === undefined) return bad(file, 'it is neither an Ed25519 nor a P-256 key');
    return ok(createFileSigner({ name, key, privateKey }));
  } catch (thrown) {
    if (!(thrown instanceof Error)) throw thrown;
    return bad(
      file,
      pem.includes('ENCRYPTED')
        ? 'it is encrypted: name a command in signers.toml that asks for the passphrase and signs'
        : 'it is no private key in PEM (PKCS8)',
    );
  }
}

function bad(file: string, problem: string): Result<never> {
  return fail({ code: 'publish/bad-keys', message: `${file} cannot be used: ${problem}.` });
}
