import { describeTrust } from '../publish/describe-trust.ts';
import { initKeys } from '../publish/init-keys.ts';
import { ROLES, type Role } from '../publish/roles.ts';
import { rotateKeys } from '../publish/rotate-keys.ts';
import { showTrust } from '../publish/show-trust.ts';
import { EXIT, type Output } from './output.ts';
import { showFailure } from './show-failure.ts';

/** `firstlight trust init KEYS`: makes keys and a first root. */
export async function trustInit(
  folder: string,
  options: {
    readonly threshold?: number;
    readonly keys?: number;
    readonly expiresDays?: number;
    readonly output: Output;
  },
): Promise<number> {
  const { output, ...rest } = options;
  const made = await initKeys({ folder, ...rest });
  if (!made.ok) return showFailure(made.failure, output);
  const { files, expires } = made.value;
  output.out(`Made in ${folder}:
  root       ${files.root.join(', ')}: keep offline, and a copy in another place
  targets    ${files.targets.join(', ')}: needed when a plan changes; keep where releases are made
  snapshot   ${files.snapshot.join(', ')}
  timestamp  ${files.timestamp.join(', ')}: with snapshot, signs anew before the old signatures expire
  root.json  public, for devices: copy it to resources/trust/ of the device build (expires ${expires.slice(0, 10)})

Next: firstlight publish PLAN --to FOLDER --keys ${folder}`);
  return EXIT.ok;
}

/** `firstlight trust rotate KEYS --role ROLE`: new keys in a new version of the root. */
export async function trustRotate(
  folder: string,
  options: {
    readonly role: Role | 'all';
    readonly use: readonly string[];
    readonly expiresDays?: number;
    readonly output: Output;
  },
): Promise<number> {
  const { output, role, ...rest } = options;
  const rotated = await rotateKeys({ folder, roles: role === 'all' ? ROLES : [role], ...rest });
  if (!rotated.ok) return showFailure(rotated.failure, output);
  const { rootVersion, newKeys, oldKeys, expires, isUnchanged, warnings } = rotated.value;
  for (const warning of warnings) output.err(`warning: ${warning}`);
  if (isUnchanged) {
    output.out(`Nothing to change: in root version ${rootVersion} of ${folder}, ${role} has these keys already.
It expires ${expires.slice(0, 10)}; --expires-days makes a new version with another date.`);
    return EXIT.ok;
  }
  const none = (names: readonly string[]): string => names.join(', ') || 'none';
  output.out(`Made root version ${rootVersion} in ${folder} (expires ${expires.slice(0, 10)}).
  sign from now on: ${none(newKeys)}
  sign no longer:   ${none(oldKeys)}

Next: publish again, which brings the new root to devices; destroy the old keys after that.
Devices that are built from now on should carry the new root.json in resources/trust/.`);
  return EXIT.ok;
}

/** `firstlight trust show FOLDER`: roles, keys, versions and dates; the exit code is 1 if any is past. */
export async function trustShow(
  folder: string,
  { json, output }: { readonly json: boolean; readonly output: Output },
): Promise<number> {
  const shown = await showTrust(folder);
  if (!shown.ok) return showFailure(shown.failure, output);
  if (json) output.out(JSON.stringify({ reports: shown.value }, undefined, 2));
  else output.out(shown.value.map((report) => describeTrust(report, Date.now())).join('\n\n'));
  const holds = shown.value.every(({ roles }) =>
    Object.values(roles).every(
      ({ metadata }) => metadata?.isExpired !== true && metadata?.isSigned !== false,
    ),
  );
  return holds ? EXIT.ok : EXIT.problems;
}
