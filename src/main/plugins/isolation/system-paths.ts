import { lstatSync, readlinkSync } from 'node:fs';

/**
 * What programs need of a Linux system, and nothing that is secret or tells one device from another:
 * `/etc` only by the file. All of it is read-only.
 */
const SYSTEM = [
  '/usr',
  '/bin',
  '/sbin',
  '/lib',
  '/lib32',
  '/lib64',
  '/libx32',
  // Where NixOS has its programs.
  '/nix/store',
  '/etc/alternatives',
  '/etc/group',
  '/etc/ld.so.cache',
  '/etc/localtime',
  '/etc/os-release',
  '/etc/passwd',
] as const;

/** What is needed besides to find and to trust other hosts. Not `/etc/ssl` as a whole: it has keys. */
export const NETWORK_FILES: readonly string[] = [
  '/etc/gai.conf',
  '/etc/host.conf',
  '/etc/hosts',
  '/etc/nsswitch.conf',
  '/etc/pki/ca-trust',
  '/etc/pki/tls/certs',
  '/etc/protocols',
  '/etc/resolv.conf',
  '/etc/services',
  '/etc/ssl/certs',
  '/etc/ssl/openssl.cnf',
];

/** A folder or file of the system; `link` where it is one (`/bin` to `usr/bin`). */
export interface SystemPath {
  readonly path: string;
  readonly link?: string;
}

/** What of the system is there. Links at the top are told, so that a sandbox can have the same. */
export function systemPaths(): readonly SystemPath[] {
  return SYSTEM.flatMap((path): SystemPath[] => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    const isTopLink = stat.isSymbolicLink() && !path.startsWith('/etc/');
    return [isTopLink ? { path, link: readlinkSync(path) } : { path }];
  });
}
