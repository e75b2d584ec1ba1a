import { isWithin } from '../is-within.ts';
import type { LaunchProfile } from './launch-profile.ts';
import { NETWORK_FILES, type SystemPath } from './system-paths.ts';

/**
 * Node's own permission model, for the same paths as the sandbox: a seat belt. It holds for the
 * JavaScript of this process only, follows links out of allowed folders, and does not know the network
 * in this version.
 */
export function permissionFlags(request: {
  /** The flags that this version of Node knows (`process.allowedNodeEnvironmentFlags`). */
  readonly known: KnownFlags;
  readonly profile: LaunchProfile;
  readonly system: readonly SystemPath[];
  readonly program: readonly string[];
  /** The private temporary folder. */
  readonly temporary: string;
}): readonly string[] {
  const { profile, system, program, temporary, known } = request;
  const writable = [temporary, ...profile.files.flatMap(({ path, real }) => [path, real])];
  const readable = [
    ...system.map(({ path }) => path),
    ...(profile.network ? NETWORK_FILES : []),
    ...program,
    ...profile.packages,
    ...writable,
  ];
  const flag = permissionFlag(known);
  if (flag === undefined) return [];
  return [
    flag,
    // It warns of its own flags at each start, into the plugin's log.
    '--disable-warning=SecurityWarning',
    '--disable-warning=ExperimentalWarning',
    ...outermost(readable).map((path) => `--allow-fs-read=${path}`),
    ...outermost(writable).map((path) => `--allow-fs-write=${path}`),
    ...(profile.commands ? ['--allow-child-process'] : []),
    // Node is about to ask for one for connections, too.
    ...(profile.network && known.has('--allow-net') ? ['--allow-net'] : []),
  ];
}

/** Without what another one contains: Node 24 then takes that other one for files only. */
function outermost(paths: readonly string[]): readonly string[] {
  const different = [...new Set(paths)];
  return different.filter(
    (path) => !different.some((other) => other !== path && isWithin(path, other)),
  );
}

/** What of a set is used here. */
export interface KnownFlags {
  has(flag: string): boolean;
}

/** What this version of Node calls it, if it has it. */
export function permissionFlag(known: KnownFlags): string | undefined {
  return ['--permission', '--experimental-permission'].find((flag) => known.has(flag));
}
