import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import type { FilePlace } from './place.ts';

/** A `\\server\share\path`, taken apart. Case is kept; servers and shares have none. */
export interface UncPath {
  readonly server: string;
  readonly share: string;
  /** Below the share; none of them `.` or `..`, none empty. */
  readonly segments: readonly string[];
}

/** What Windows forbids in names, which a share's names are, whatever system looks at them. */
const FORBIDDEN = /[\u0000-\u001f<>:"|?*]/;
/** Windows drops dots and spaces at the end of a name, so that `.. ` climbs too. */
const ONLY_DOTS = /^[. ]+$/;

/**
 * Reads a UNC name as Windows does (MS-DTYP 2.2.57): slashes for backslashes, `\\?\UNC\` before it,
 * administrative shares such as `C$`. Refuses names that could leave the share, and names of devices
 * (`\\.\`, `\\?\C:\`). Failure: `update/invalid`.
 */
export function parseUnc(text: string): Result<UncPath> {
  const slashed = text.replaceAll('/', '\\');
  if (!slashed.startsWith('\\\\')) return bad(text, 'it does not begin with two backslashes');
  const body = slashed.slice(2).replace(/^\?\\UNC\\/i, '');
  const [server = '', share = '', ...rest] = body.split('\\');
  if (server === '?' || server === '.') return bad(text, 'it names a device');
  if (server === '' || share === '') return bad(text, 'it names no server and share');
  // Doubled backslashes and one at the end mean nothing, nor does a lone dot.
  const segments = rest.filter((segment) => segment !== '' && segment !== '.');
  const names = [server, share, ...segments];
  if (names.some((name) => ONLY_DOTS.test(name))) return bad(text, 'it climbs out of its folder');
  if (names.some((name) => FORBIDDEN.test(name)))
    return bad(text, 'it holds a character that no share allows in names');
  return ok({ server, share, segments });
}

function bad(text: string, why: string): Result<never> {
  return fail({
    code: 'update/invalid',
    message: `${JSON.stringify(text)} is no place on a share: ${why}.`,
    hint: String.raw`Write it as \\server\share\folder.`,
  });
}

/**
 * Where a UNC name lies on this device. Windows reads it as it is; elsewhere the longest fitting name
 * in `[unc] mounts` says where the share is mounted. Whether anything is mounted there is seen by who
 * reads: asking here could hang. Failures: `update/invalid`, and `update/unreachable` for a share
 * that no mount is named for.
 */
export function resolveUnc(
  text: string,
  options: {
    readonly mounts: { readonly [share: string]: string };
    readonly platform: NodeJS.Platform;
  },
): Result<FilePlace> {
  const parsed = parseUnc(text);
  if (!parsed.ok) return parsed;
  const { server, share, segments } = parsed.value;
  const name = `\\\\${server}\\${share}`;
  if (options.platform === 'win32') {
    const root = `${name}\\`;
    return ok({ kind: 'file', path: path.win32.join(root, ...segments), root, share: name });
  }
  const mount = longestMount(parsed.value, options.mounts);
  if (mount === undefined) return fail(notMounted(name, share));
  return ok({
    kind: 'file',
    path: path.posix.join(mount.folder, ...segments.slice(mount.depth)),
    root: mount.folder,
    share: mount.name,
  });
}

interface Mount {
  readonly name: string;
  readonly folder: string;
  /** Segments below the share that the mount stands for. */
  readonly depth: number;
}

function longestMount(
  wanted: UncPath,
  mounts: { readonly [share: string]: string },
): Mount | undefined {
  let best: Mount | undefined;
  for (const [name, folder] of Object.entries(mounts)) {
    const parsed = parseUnc(name);
    if (!parsed.ok || !holds(parsed.value, wanted)) continue;
    const depth = parsed.value.segments.length;
    if (best === undefined || depth > best.depth) best = { name, folder, depth };
  }
  return best;
}

/** Is `inner` the same place as `outer`, or below it? SMB looks names up without case. */
function holds(outer: UncPath, inner: UncPath): boolean {
  const prefix = namesOf(outer);
  const names = namesOf(inner);
  return prefix.every((name, at) => name.toLowerCase() === names[at]?.toLowerCase());
}

function namesOf({ server, share, segments }: UncPath): readonly string[] {
  return [server, share, ...segments];
}

function notMounted(name: string, share: string) {
  const folder = `/mnt/${share.replaceAll(/[^A-Za-z0-9._-]+/g, '')}`;
  // A literal TOML text cannot hold its own quotation mark.
  const key = name.includes("'") ? JSON.stringify(name) : `'${name}'`;
  return {
    code: 'update/unreachable',
    message: `${name} is not mounted on this device.`,
    hint: `Mount the share, and say where in device.toml:\n[unc.mounts]\n${key} = "${folder}"`,
  } as const;
}
