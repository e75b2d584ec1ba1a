import { sign, type KeyObject } from 'node:crypto';
import type { Key } from '@tufjs/models';
import { fail, ok, type Result } from '#shared';
import { runSignerCommand, type SignerCommand } from './signer-command.ts';

/** Signs with one key, wherever that lies. */
export interface Signer {
  /** What people call the key: its file's name without the ending, or its name in `signers.toml`. */
  readonly name: string;
  readonly key: Key;
  /** The signature in hex. Not verified yet. Fails with `publish/signer-failed`. */
  sign(bytes: Uint8Array): Promise<Result<string>>;
}

/** Signs with a private key of this process. */
export function createFileSigner(options: {
  readonly name: string;
  readonly key: Key;
  readonly privateKey: KeyObject;
}): Signer {
  const { name, key, privateKey } = options;
  // Ed25519 hashes by itself; ECDSA must be told how.
  const hash = key.keyType === 'ed25519' ? undefined : 'sha256';
  return {
    name,
    key,
    sign: (bytes) => Promise.resolve(ok(sign(hash, bytes, privateKey).toString('hex'))),
  };
}

/** Signs by a command of the publisher's own: a hardware module, a key service, another machine. */
export function createCommandSigner(options: {
  readonly name: string;
  readonly key: Key;
  readonly command: SignerCommand;
}): Signer {
  const { name, key, command } = options;
  return {
    name,
    key,
    sign: async (bytes) => {
      const ran = await runSignerCommand(command, bytes);
      if (!ran.ok) return failed(name, command, ran.failure);
      const hex = signatureIn(ran.value);
      return hex === undefined
        ? failed(name, command, 'it wrote no signature: expected hex or base64 on standard output')
        : ok(hex);
    },
  };
}

function failed(name: string, { program }: SignerCommand, why: string): Result<never> {
  return fail({
    code: 'publish/signer-failed',
    message: `The signer command of the key "${name}" (${program}) failed: ${why}.`,
    hint: 'Run it by hand with any text on its standard input; see `signers.toml` in the folder of the keys.',
  });
}

/** Hex or base64, to hex. Base64 of 64 bytes ends in `==`, so one is never taken for the other. */
function signatureIn(text: string): string | undefined {
  const word = text.replaceAll(/\s/g, '');
  if (/^([0-9a-f]{2})+$/i.test(word)) return word.toLowerCase();
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(word)) return undefined;
  return Buffer.from(word, 'base64').toString('hex');
}
