import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FilesPort } from '../state/files-port.ts';
import { nodeFiles } from '../state/node-files.ts';
import { initKeys } from './init-keys.ts';
import { ROLES, type Role } from './roles.ts';
import { rotateKeys } from './rotate-keys.ts';
import {
  createPublishRig,
  planOf,
  pluginTable,
  valueOf,
  type PublishRig,
} from './testing/publish-rig.test-support.ts';
import { createTufDevice, servePlan, type TufDevice } from './testing/tuf-device.test-support.ts';

let rig: PublishRig;
const cleanups: (() => Promise<void>)[] = [];
beforeEach(async () => {
  rig = await createPublishRig();
  valueOf(await initKeys({ folder: rig.keys, threshold: 2, keys: 3 }));
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
  await rig.dispose();
});

async function serve(beforeEach?: () => Promise<void>) {
  const server = await servePlan(rig.planFolder, beforeEach);
  cleanups.push(() => server.close());
  return server;
}

/** A device that was built with a root of these keys. */
async function device(rootVersion = 1): Promise<TufDevice> {
  const made = await createTufDevice(path.join(rig.keys, `${rootVersion}.root.json`));
  cleanups.push(() => made.dispose());
  return made;
}

/** Writes a plan with one plugin whose code is `code`, and gives what a device should find. */
async function publish(revision: number, files: FilesPort = nodeFiles) {
  await rig.plugin('one', { 'index.js': `export default { revision: ${revision} };\n` });
  await rig.plan(planOf({ revision, plugins: [pluginTable('one')] }));
  const { digest, plugins } = valueOf(await rig.publish({ files }));
  return { 'execution_plan.toml': digest, 'plugins/one.tgz': plugins[0]?.sha256 };
}

describe('a device with the root of the keys', () => {
  it('takes a published plan and its plugins', async () => {
    const published = await publish(1);
    expect(await (await device()).update(await serve())).toEqual(published);
  });

  it.each<readonly [string, readonly Role[]]>([
    ...ROLES.map((role) => [role, [role]] as const),
    ['all', ROLES],
  ])('follows a rotation of %s', async (_, roles) => {
    await publish(1);
    const server = await serve();
    const old = await device();
    await old.update(server);
    valueOf(await rotateKeys({ folder: rig.keys, roles }));
    const published = await publish(2);
    expect(await old.update(server)).toEqual(published);
    expect(await (await device(2)).update(server)).toEqual(published);
  });

  it('follows several rotations at once, from the very first root', async () => {
    const boxed = await device();
    for (let n = 0; n < 3; n += 1) {
      valueOf(await rotateKeys({ folder: rig.keys, roles: ['root', 'timestamp'] }));
    }
    const published = await publish(1);
    expect(await boxed.update(await serve())).toEqual(published);
  });

  it('refuses a plan past its date, and takes it again once it is signed anew', async () => {
    await rig.plan(planOf());
    const dayBefore = Date.now() - 2 * 24 * 60 * 60 * 1000;
    valueOf(await rig.publish({ now: () => dayBefore, expiresDays: 1 }));
    const server = await serve();
    const someDevice = await device();
    await expect(someDevice.update(server)).rejects.toThrow(/expired/);
    const { isRenewal, digest } = valueOf(await rig.publish());
    expect(isRenewal).toBe(true);
    expect(await someDevice.update(server)).toEqual({ 'execution_plan.toml': digest });
  });

  it('refuses what other keys signed', async () => {
    const others = path.join(rig.folder, 'others');
    valueOf(await initKeys({ folder: others }));
    await rig.plan(planOf());
    valueOf(await rig.publish({ keys: others }));
    await expect((await device()).update(await serve())).rejects.toThrow(/signed by 0\/1 keys/);
  });
});

describe.each<readonly [string, readonly Role[]]>([
  ['', []],
  [' with new keys for every role', ROLES],
])('while a newer plan is published%s', (_, roles) => {
  it('a device finds all of the old or all of the new after each single write', async () => {
    const old = await publish(1);
    await rotateKeysOf(roles);
    const server = await serve();
    const seen: object[] = [];
    const look = async (): Promise<void> => {
      seen.push(await (await device()).update(server));
    };
    const published = await publish(2, { ...nodeFiles, rename: renameThen(look) });
    expect(seen.length).toBeGreaterThan(5);
    const firstNew = seen.findIndex((targets) => JSON.stringify(targets) !== JSON.stringify(old));
    expect(seen).toEqual(seen.map((_, at) => (at < firstNew ? old : published)));
    expect(firstNew).toBeGreaterThan(0);
  });

  it('a device that was asking already finds one of them too, whatever it asks next', async () => {
    const old = await publish(1);
    // A device asks for a root, the three others, and two targets; with new keys for a second root.
    for (let request = 1; request <= 6; request += 1) {
      await rotateKeysOf(roles);
      let asked = 0;
      let published: object = old;
      const server = await serve(async () => {
        asked += 1;
        if (asked === request) published = await publish(request + 1);
      });
      const before = await latest();
      const targets = await (await device()).update(server);
      expect(asked).toBeGreaterThanOrEqual(request);
      expect([before, published]).toContainEqual(targets);
    }
  });
});

async function rotateKeysOf(roles: readonly Role[]): Promise<void> {
  if (roles.length > 0) valueOf(await rotateKeys({ folder: rig.keys, roles }));
}

/** What a device finds that asks when nothing is going on. */
async function latest(): Promise<object> {
  return (await device()).update(await serve());
}

function renameThen(look: () => Promise<void>): FilesPort['rename'] {
  return async (from, to) => {
    await nodeFiles.rename(from, to);
    await look();
  };
}
