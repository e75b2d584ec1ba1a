import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { Key } from '@tufjs/models';

/**
 * A public key as TUF metadata holds it; `undefined` for kinds that are not supported. Ed25519 is what we
 * make; P-256 is there because many hardware modules and key services know nothing else.
 */
export function tufKeyOf(publicKey: KeyObject): Key | undefined {
  if (publicKey.asymmetricKeyType === 'ed25519') {
    const { x = '' } = publicKey.export({ format: 'jwk' });
    const hex = Buffer.from(x, 'base64url').toString('hex');
    return keyOf({ keyType: 'ed25519', scheme: 'ed25519', value: hex });
  }
  if (publicKey.asymmetricKeyDetails?.namedCurve === 'prime256v1') {
    const value = publicKey.export({ type: 'spki', format: 'pem' }).toString();
    return keyOf({ keyType: 'ecdsa', scheme: 'ecdsa-sha2-nistp256', value });
  }
  return undefined;
}

function keyOf(kind: {
  readonly keyType: string;
  readonly scheme: string;
  readonly value: string;
}): Key {
  const { keyType, scheme, value } = kind;
  // The key's id is the digest of its canonical JSON (TUF 1.0, 4.2), which sorts the names and escapes
  // nothing but quotes and backslashes: none of them stand in a key.
  const canonical = `{"keytype":"${keyType}","keyval":{"public":"${value}"},"scheme":"${scheme}"}`;
  const keyID = createHash('sha256').update(canonical).digest('hex');
  return new Key({ keyID, keyType, scheme, keyVal: { public: value } });
}

/** DER in front of the 32 bytes of an Ed25519 key (RFC 8410). */
const ED25519_PREFIX = '302a300506032b6570032100';

/** Reads a public key: PEM, or the 64 hex digits of an Ed25519 key. `undefined` if it is neither. */
export function readPublicKey(text: string): Key | undefined {
  try {
    const key = /^[0-9a-f]{64}$/i.test(text.trim())
      ? createPublicKey({
          key: Buffer.from(ED25519_PREFIX + text.trim(), 'hex'),
          format: 'der',
          type: 'spki',
        })
      : createPublicKey(text);
    return tufKeyOf(key);
  } catch {
    return undefined;
  }
}
