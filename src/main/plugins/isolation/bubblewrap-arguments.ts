import path from 'node:path';
import { isWithin } from '../is-within.ts';
import type { LaunchProfile } from './launch-profile.ts';
import { NETWORK_FILES, type SystemPath } from './system-paths.ts';

/** Bounds what a plugin can put into its private temporary folder, which is memory. */
const TEMPORARY_BYTES = 256 * 1024 * 1024;

/** Namespaces of its own for everything; no more of them inside; it ends with whoever started it. */
const ALONE = [
  '--die-with-parent',
  '--unshare-user',
  '--disable-userns',
  '--unshare-ipc',
  '--unshare-pid',
  '--unshare-uts',
  '--unshare-cgroup-try',
] as const;

/** The private temporary folder, seen from inside; also the home folder there. */
export const SANDBOX_TEMPORARY = '/tmp';

interface Mount {
  readonly at: string;
  readonly arguments: readonly string[];
}

/**
 * The arguments of `bwrap` up to the command: a file system that is empty but for what the profile
 * and the system's programs need. An allow list, because what a deny list forgets is open.
 */
export function bubblewrapArguments(request: {
  readonly profile: LaunchProfile;
  readonly system: readonly SystemPath[];
  /** The node binary and what of the app its program consists of. */
  readonly program: readonly string[];
}): readonly string[] {
  const { profile, system, program } = request;
  const shown = [...program, ...profile.packages];
  const mounts: readonly Mount[] = [
    ...system.map(({ path: at, link }) =>
      link === undefined ? readOnly(at) : { at, arguments: ['--symlink', link, at] },
    ),
    { at: '/proc', arguments: ['--proc', '/proc'] },
    { at: '/dev', arguments: ['--dev', '/dev'] },
    {
      at: SANDBOX_TEMPORARY,
      arguments: ['--size', `${TEMPORARY_BYTES}`, '--tmpfs', SANDBOX_TEMPORARY],
    },
    ...(profile.network ? NETWORK_FILES.map(readOnly) : []),
    ...profile.hidden
      .filter((folder) => shown.some((other) => other !== folder && isWithin(folder, other)))
      .map((folder) => ({ at: folder, arguments: ['--tmpfs', folder] })),
    ...shown.map(readOnly),
    ...profile.files.map(({ path: at, real }) => ({
      at,
      arguments: [isWithin(real, '/dev') ? '--dev-bind-try' : '--bind-try', real, at],
    })),
  ];
  return [
    ...ALONE,
    ...(profile.network ? [] : ['--unshare-net']),
    // A folder before what is in it, else the first would cover the second. The sort is stable.
    ...[...mounts].sort((a, b) => depth(a.at) - depth(b.at)).flatMap((mount) => mount.arguments),
    '--chdir',
    '/',
    '--',
  ];
}

function readOnly(at: string): Mount {
  return { at, arguments: ['--ro-bind-try', at, at] };
}

function depth(at: string): number {
  return at.split(path.sep).length;
}
