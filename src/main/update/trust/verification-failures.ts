import type { Failure } from '#shared';
import type { Tuf } from './tuf-library.ts';

/** A metadata file that did not verify. */
export interface Refused {
  readonly tuf: Tuf;
  /** Where it lies, in words. */
  readonly where: string;
  /** What the store threw. Whatever it is, it was brought about by what the source sent. */
  readonly thrown: unknown;
  /** Is a wrong version an older one, or just not the one that was announced? */
  readonly isOlder: boolean;
}

/** Says in own words what is wrong with metadata. Expired metadata has `expired`. */
export function refusal({ tuf, where, thrown, isOlder }: Refused): Failure {
  if (thrown instanceof tuf.BadVersionError && isOlder) {
    return {
      code: 'update/rollback',
      message: `${where} is older than what this device has verified before.`,
      hint: 'If the repository was restored from a backup, publish again until its versions are ahead.',
    };
  }
  return {
    code: 'update/untrusted',
    message: `${where} ${problemOf(tuf, thrown)}`,
    hint: 'Compare the root of trust of the device with that of the repository: "firstlight trust show".',
  };
}

function problemOf(tuf: Tuf, thrown: unknown): string {
  if (thrown instanceof tuf.UnsignedMetadataError)
    return 'is not signed by enough of the keys that this device trusts.';
  if (thrown instanceof tuf.LengthOrHashMismatchError || thrown instanceof tuf.BadVersionError)
    return 'is not the version that the signed metadata before it names.';
  return 'is no valid TUF metadata.';
}

/** Past its date, judged by the device's clock or by the time floor. */
export function expired(where: string, expires: string, time: number): Failure {
  return {
    code: 'update/expired',
    message: `${where} was valid until ${expires}, and it is ${new Date(time).toISOString()}.`,
    hint: 'Sign the repository anew ("firstlight publish"), or set the clock of the device right.',
  };
}

/** A root whose threshold one key can meet alone. */
export function countsTwice(where: string, role: string): Failure {
  return {
    code: 'update/untrusted',
    message: `${where} counts one key twice for ${role}.`,
    hint: 'Sign a next root in which each key stands once: "firstlight trust rotate".',
  };
}
