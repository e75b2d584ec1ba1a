import { describe, expect, it } from 'vitest';
import { fileSystemOf, mountsTopics } from './mounts-topics.ts';

const MOUNTS = String.raw`22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
40 22 0:35 / /mnt/plans rw,relatime shared:9 - cifs //srv/plans rw,vers=3.1.1
41 22 0:36 / /mnt/my\040tools rw master:3 - fuse.rclone tools: rw
42 22 0:37 / /mnt/later rw - tmpfs tmpfs rw
43 42 0:38 / /mnt/later rw - nfs4 srv:/export rw
`;

describe('what a folder lies on', () => {
  it.each([
    ['/mnt/plans', 'cifs'],
    ['/mnt/plans/kiosk/1.0', 'cifs'],
    ['/mnt/plans-old', 'ext4'],
    ['/mnt/my tools', 'fuse.rclone'],
    ['/mnt/later', 'nfs4'],
    ['/mnt', 'ext4'],
  ])('%s: %s', (folder, kind) => {
    expect(fileSystemOf(folder, MOUNTS)).toBe(kind);
  });
});

describe('shares', () => {
  it('need no mount on Windows', () => {
    expect(mountsTopics({ '\\\\srv\\plans': 'C:\\x' }, 'win32')).toEqual([]);
  });
});
