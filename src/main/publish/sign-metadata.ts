import {
  Metadata,
  Signature,
  type Root,
  type Snapshot,
  type Targets,
  type Timestamp,
} from '@tufjs/models';
import { fail, ok, type Failure, type Result } from '#shared';
import type { Role } from './roles.ts';
import type { Signer } from './signer.ts';

/**
 * Signs metadata with all keys at hand that one of the roots names for the role. Fails with
 * `publish/no-keys` or `publish/signer-failed` unless it is then signed by a threshold for each of
 * `roots`; those of `alsoFor` are welcome, but need not be met.
 */
export async function signMetadata<T extends Root | Timestamp | Snapshot | Targets>(request: {
  readonly signed: T;
  readonly role: Role;
  readonly roots: readonly Metadata<Root>[];
  readonly alsoFor?: readonly Metadata<Root>[];
  readonly signers: ReadonlyMap<string, Signer>;
}): Promise<Result<Metadata<T>>> {
  const { signed, role, roots, alsoFor = [], signers } = request;
  const metadata = new Metadata(signed);
  const bytes = bytesToSign(signed);
  const wanted = new Set([...roots, ...alsoFor].flatMap((root) => keyIdsOf(root, role)));
  let problem: Failure | undefined;
  // One after the other: signers may ask a person, and two questions at once are none.
  for (const keyID of wanted) {
    const signer = signers.get(keyID);
    if (signer === undefined) continue;
    const signature = await signer.sign(bytes);
    if (!signature.ok) {
      problem ??= signature.failure;
      continue;
    }
    metadata.signatures[keyID] = new Signature({ keyID, sig: signature.value });
    if (!isSignedBy(metadata, signer)) {
      problem ??= doesNotVerify(signer);
      // Were it left in, a device would only count it as missing, and people would wonder.
      metadata.signatures = Object.fromEntries(
        Object.entries(metadata.signatures).filter(([id]) => id !== keyID),
      );
    }
  }
  for (const root of roots) {
    if (!isVouchedFor(root, role, metadata))
      return fail(problem ?? missingKeys(root, role, signers));
  }
  return ok(metadata);
}

/**
 * Has a signer sign metadata that is public already, which gives nobody anything new, and verifies it:
 * a signer that is dead shows before anything depends on it. Gives `publish/signer-failed`.
 */
export async function trySigner(
  signer: Signer,
  { signed }: Metadata<Root>,
): Promise<Failure | undefined> {
  const { keyID } = signer.key;
  const signature = await signer.sign(bytesToSign(signed));
  if (!signature.ok) return signature.failure;
  const probe = new Metadata(signed, { [keyID]: new Signature({ keyID, sig: signature.value }) });
  return isSignedBy(probe, signer) ? undefined : doesNotVerify(signer);
}

/** Did a threshold of the keys that `root` names for the role sign this? */
export function isVouchedFor(
  root: Metadata<Root>,
  role: Role,
  metadata: Parameters<typeof root.verifyDelegate>[1],
): boolean {
  try {
    root.verifyDelegate(role, metadata);
    return true;
  } catch {
    return false;
  }
}

function keyIdsOf(root: Metadata<Root>, role: Role): readonly string[] {
  return root.signed.roles[role]?.keyIDs ?? [];
}

/** The library hands them to a function that must sign at once; ours may take a minute. */
function bytesToSign(signed: Root | Timestamp | Snapshot | Targets): Uint8Array {
  let bytes: Uint8Array = new Uint8Array();
  new Metadata(signed).sign((data) => {
    bytes = data;
    return new Signature({ keyID: '', sig: '' });
  });
  return bytes;
}

function isSignedBy(
  metadata: Metadata<Root | Timestamp | Snapshot | Targets>,
  { key }: Signer,
): boolean {
  try {
    key.verifySignature(metadata);
    return true;
  } catch {
    return false;
  }
}

function doesNotVerify({ name, key }: Signer): Failure {
  return {
    code: 'publish/signer-failed',
    message: `The signature of the key "${name}" does not verify with its public key (${key.keyID.slice(0, 8)}, ${key.scheme}).`,
    hint: 'Does the command sign the bytes themselves, not a digest of them, and is `public` in signers.toml the key that it uses?',
  };
}

function missingKeys(
  { signed }: Metadata<Root>,
  role: Role,
  signers: ReadonlyMap<string, Signer>,
): Failure {
  const { keyIDs = [], threshold = 1 } = signed.roles[role] ?? {};
  const missing = keyIDs.filter((id) => !signers.has(id)).map((id) => id.slice(0, 8));
  return {
    code: 'publish/no-keys',
    message:
      `Signing ${role} of root version ${signed.version} needs ${threshold} of ${keyIDs.length} keys, ` +
      `but ${keyIDs.length - missing.length} are at hand; not there: ${missing.join(', ')}.`,
    hint: 'Put the PEM files into the folder of the keys, or name them in its signers.toml.',
  };
}
