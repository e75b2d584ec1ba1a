import { execFileSync } from 'node:child_process';
import {
  chmod,
  copyFile,
  mkdir,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initKeys } from './init-keys.ts';
import { readRoots } from './root-chain.ts';
import { rotateKeys } from './rotate-keys.ts';
import {
  createPublishRig,
  failureOf,
  planOf,
  valueOf,
  type PublishRig,
} from './testing/publish-rig.test-support.ts';

const NOW = Date.UTC(2026, 0, 1);
const now = () => NOW;

let rig: PublishRig;
beforeEach(async () => {
  rig = await createPublishRig();
});
afterEach(() => rig.dispose());

async function modeOf(file: string): Promise<number> {
  return (await stat(path.join(rig.keys, file))).mode & 0o777;
}

describe('initKeys', () => {
  it('makes keys for each role and a root that a threshold of its own keys signed', async () => {
    expect(valueOf(await initKeys({ folder: rig.keys, threshold: 2, keys: 3, now }))).toEqual({
      folder: rig.keys,
      rootVersion: 1,
      expires: '2030-12-31T00:00:00Z',
      files: {
        root: ['root-1.pem', 'root-2.pem', 'root-3.pem'],
        targets: ['targets-1.pem'],
        snapshot: ['snapshot-1.pem'],
        timestamp: ['timestamp-1.pem'],
      },
    });
    const [root] = valueOf(await readRoots(rig.keys));
    expect(root?.metadata.signed).toMatchObject({
      version: 1,
      consistentSnapshot: true,
      roles: { root: { threshold: 2 }, targets: { threshold: 1 } },
    });
    expect(await readFile(path.join(rig.keys, 'root.json'))).toEqual(
      await readFile(path.join(rig.keys, '1.root.json')),
    );
  });

  it('lets nobody but their owner read private keys', async () => {
    await initKeys({ folder: rig.keys });
    expect(await modeOf('root-1.pem')).toBe(0o600);
    expect(await modeOf('.')).toBe(0o700);
  });

  it('keeps private keys out of git, and the root in', async () => {
    await initKeys({ folder: rig.keys });
    const git = (...args: readonly string[]) =>
      execFileSync('git', args, { cwd: rig.keys, encoding: 'utf8' });
    git('init', '--quiet');
    git('add', '--all');
    expect(git('ls-files').trim().split('\n')).toEqual(['.gitignore', '1.root.json', 'root.json']);
  });

  it('leaves a .gitignore that is there as it is', async () => {
    await mkdir(rig.keys);
    await writeFile(path.join(rig.keys, '.gitignore'), '*\n');
    valueOf(await initKeys({ folder: rig.keys }));
    expect(await readFile(path.join(rig.keys, '.gitignore'), 'utf8')).toBe('*\n');
  });

  it('never writes over keys', async () => {
    await initKeys({ folder: rig.keys });
    const before = await readFile(path.join(rig.keys, 'root-1.pem'));
    expect(failureOf(await initKeys({ folder: rig.keys }))).toBe(
      `publish/keys-exist: ${rig.keys} holds keys already (1.root.json); nothing was written.`,
    );
    expect(await readFile(path.join(rig.keys, 'root-1.pem'))).toEqual(before);
  });

  it('refuses a threshold that its keys cannot meet', async () => {
    expect(failureOf(await initKeys({ folder: rig.keys, threshold: 3, keys: 2 }))).toBe(
      'publish/bad-keys: A threshold of 3 cannot be met with 2 root keys.',
    );
    expect(await readdir(rig.folder)).not.toContain('keys');
  });
});

describe('rotateKeys', () => {
  beforeEach(async () => {
    valueOf(await initKeys({ folder: rig.keys, threshold: 2, keys: 3, now }));
  });

  it('gives a role a new key in the next root, and keeps the roots before', async () => {
    expect(valueOf(await rotateKeys({ folder: rig.keys, roles: ['timestamp'], now }))).toEqual({
      folder: rig.keys,
      rootVersion: 2,
      expires: '2030-12-31T00:00:00Z',
      newKeys: ['timestamp-2'],
      oldKeys: ['timestamp-1'],
      isUnchanged: false,
      warnings: [],
    });
    const roots = valueOf(await readRoots(rig.keys));
    expect(roots.map(({ version }) => version)).toEqual([1, 2]);
    expect(await readFile(path.join(rig.keys, 'root.json'))).toEqual(
      Buffer.from(roots[1]?.bytes ?? []),
    );
  });

  it('writes nothing where the named keys are the role’s already', async () => {
    const again = { folder: rig.keys, roles: ['targets'], use: ['targets-1'], now } as const;
    const before = await readdir(rig.keys);
    expect(valueOf(await rotateKeys(again))).toMatchObject({ rootVersion: 1, isUnchanged: true });
    expect(await readdir(rig.keys)).toEqual(before);
    // Another date is a change.
    expect(valueOf(await rotateKeys({ ...again, expiresDays: 9 }))).toMatchObject({
      rootVersion: 2,
      expires: '2026-01-10T00:00:00Z',
      isUnchanged: false,
    });
  });

  it.skipIf(process.platform === 'win32')(
    'warns of private keys that others may read',
    async () => {
      const open = path.join(rig.keys, 'targets-1.pem');
      await chmod(open, 0o640);
      const { warnings } = valueOf(await rotateKeys({ folder: rig.keys, roles: ['timestamp'] }));
      expect(warnings).toEqual([
        `${open} is a private key that others may read or change; \`chmod 600 ${open}\` ends that.`,
      ]);
      await rig.plan(planOf());
      expect(valueOf(await rig.publish()).warnings).toEqual(warnings);
    },
  );

  it('has a new root signed by old and new root keys', async () => {
    const { newKeys } = valueOf(await rotateKeys({ folder: rig.keys, roles: ['root'] }));
    expect(newKeys).toEqual(['root-4', 'root-5', 'root-6']);
    // Reading the chain verifies both.
    const roots = valueOf(await readRoots(rig.keys));
    expect(Object.keys(roots[1]?.metadata.signatures ?? {})).toHaveLength(6);
  });

  it('needs no more than the threshold of root keys', async () => {
    await rm(path.join(rig.keys, 'root-2.pem'));
    valueOf(await rotateKeys({ folder: rig.keys, roles: ['snapshot'] }));
  });

  it('says which keys are missing below the threshold, and writes nothing', async () => {
    await rm(path.join(rig.keys, 'root-2.pem'));
    await rm(path.join(rig.keys, 'root-3.pem'));
    const before = await readdir(rig.keys);
    expect(failureOf(await rotateKeys({ folder: rig.keys, roles: ['root', 'targets'] }))).toMatch(
      /^publish\/no-keys: Signing root of root version 1 needs 2 of 3 keys, but 1 are at hand; not there: [0-9a-f]{8}, [0-9a-f]{8}\.$/,
    );
    expect(await readdir(rig.keys)).toEqual(before);
  });

  it('takes a key from another place, named in signers.toml', async () => {
    const safe = path.join(rig.folder, 'safe');
    await mkdir(safe);
    await rename(path.join(rig.keys, 'root-1.pem'), path.join(safe, 'a.pem'));
    await rename(path.join(rig.keys, 'root-2.pem'), path.join(safe, 'b.pem'));
    await writeFile(
      path.join(rig.keys, 'signers.toml'),
      '[keys.first]\nfile = "../safe/a.pem"\n[keys.away]\nfile = "/media/none/b.pem"\n',
    );
    valueOf(await rotateKeys({ folder: rig.keys, roles: ['targets'] }));
  });

  it('refuses a chain of roots that does not hold', async () => {
    await copyFile(path.join(rig.keys, '1.root.json'), path.join(rig.keys, '2.root.json'));
    expect(failureOf(await rotateKeys({ folder: rig.keys, roles: ['targets'] }))).toBe(
      `publish/bad-keys: ${path.join(rig.keys, '2.root.json')} cannot be trusted: it holds version 1.`,
    );
  });

  it('refuses a root that its predecessor did not sign', async () => {
    const other = path.join(rig.folder, 'other');
    valueOf(await initKeys({ folder: other }));
    valueOf(await rotateKeys({ folder: other, roles: ['root'] }));
    await copyFile(path.join(other, '2.root.json'), path.join(rig.keys, '2.root.json'));
    expect(failureOf(await rotateKeys({ folder: rig.keys, roles: ['targets'] }))).toContain(
      'the keys of version 1 did not sign it',
    );
  });
});
