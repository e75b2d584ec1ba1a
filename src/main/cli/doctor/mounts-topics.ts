import { readFileSync } from 'node:fs';
import type { Topic } from './topic.ts';

/** File systems that a server is behind; `fuse` stands for rclone and the like. */
const REMOTE = /^(?:cifs|smb3?|smbfs|nfs4?|9p|afs|ceph|fuse(?:\..+)?)$/;

/**
 * Are shares mounted where the configuration says? Asks the system's list of mounts, never the share: that
 * could hang for a minute when its server is gone.
 */
export function mountsTopics(
  mounts: { readonly [share: string]: string },
  platform: NodeJS.Platform = process.platform,
): readonly Topic[] {
  if (platform === 'win32') return [];
  const list = platform === 'linux' ? readFileSync('/proc/self/mountinfo', 'utf8') : undefined;
  return Object.entries(mounts).map(([share, folder]) => {
    const topic = 'share';
    const where = `${share} at ${folder}`;
    if (list === undefined)
      return {
        topic,
        status: 'ok',
        message: `${where}; this system does not say if it is mounted`,
      };
    const kind = fileSystemOf(folder, list);
    if (kind !== undefined && REMOTE.test(kind))
      return { topic, status: 'ok', message: `${where} is mounted (${kind})` };
    return {
      topic,
      status: 'warn',
      message: `${where}: nothing is mounted there`,
      hint: 'Mount the share there, or correct [unc.mounts] in device.toml.',
    };
  });
}

/**
 * The kind of file system that a folder lies on. `mountinfo` is that of proc(5): an octal escape for each
 * character that would end a field, and after a lone `-` the kind.
 */
export function fileSystemOf(folder: string, mountinfo: string): string | undefined {
  let best = '';
  let kind: string | undefined;
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = unescaped(before.split(' ')[4] ?? '');
    const isAbove =
      folder === point || folder.startsWith(point.endsWith('/') ? point : `${point}/`);
    // Of two at one place, the later covers the earlier.
    if (point === '' || !isAbove || point.length < best.length) continue;
    best = point;
    kind = after.split(' ')[0];
  }
  return kind;
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8)),
  );
}
