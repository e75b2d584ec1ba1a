import type { TufStore } from './tuf-library.ts';
import type { TrustedTargets } from './trust-port.ts';

/**
 * The targets of the top-level role. Delegated roles are ignored: a plan and its plugins have one
 * publisher, and a target that only a delegated role names is not named.
 */
export function trustedTargets({ targets }: TufStore): TrustedTargets {
  const named = targets?.signed.targets ?? {};
  return {
    target: (path) => {
      const file = Object.hasOwn(named, path) ? named[path] : undefined;
      const sha256 = file?.hashes['sha256'];
      if (file === undefined || sha256 === undefined || !/^[0-9a-f]{64}$/.test(sha256)) return;
      const base = path.lastIndexOf('/') + 1;
      return {
        length: file.length,
        sha256,
        file: `${path.slice(0, base)}${sha256}.${path.slice(base)}`,
      };
    },
  };
}
