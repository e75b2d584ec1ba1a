import { generateKeyPairSync } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refreshed, refusedWith, testDevice } from '../update/trust/testing/device.test-support.ts';
import { initKeys } from './init-keys.ts';
import { ROLES, type Role } from './roles.ts';
import { rotateKeys } from './rotate-keys.ts';
import {
  createPublishRig,
  planOf,
  pluginTable,
  valueOf,
  writeProgram,
  type PublishRig,
} from './testing/publish-rig.test-support.ts';

/** The clocks of publisher and device. */
const NOW = Date.UTC(2031, 0, 2);
const DAY = 24 * 60 * 60 * 1000;
const now = () => NOW;

let rig: PublishRig;
beforeEach(async () => {
  rig = await createPublishRig();
  valueOf(await initKeys({ folder: rig.keys, threshold: 2, keys: 3, now }));
});
afterEach(() => rig.dispose());

/** What is published, as the device asks for it. */
async function published(): Promise<Map<string, Uint8Array>> {
  const entries = await readdir(rig.planFolder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  return new Map(
    await Promise.all(
      files.map(async ({ parentPath, name }) => {
        const file = path.join(parentPath, name);
        return [
          path.relative(rig.planFolder, file).replaceAll(path.sep, '/'),
          new Uint8Array(await readFile(file)),
        ] as const;
      }),
    ),
  );
}

async function deviceWith(rootVersion = 1) {
  const root = await readFile(path.join(rig.keys, `${rootVersion}.root.json`));
  return testDevice({ root, served: await published() });
}

async function publish(revision: number, at = NOW) {
  await rig.plan(planOf({ revision }));
  return valueOf(await rig.publish({ now: () => at, expiresDays: 10 }));
}

describe('the trust of a device', () => {
  it('vouches for what was published: the plan and its archives, where they lie', async () => {
    await rig.plugin('one');
    await rig.plan(planOf({ plugins: [pluginTable('one')] }));
    const { digest, plugins } = valueOf(await rig.publish({ now }));
    const device = await deviceWith();
    const targets = await refreshed(device);
    const plan = targets.target('execution_plan.toml');
    const plugin = targets.target('plugins/one.tgz');
    expect(plan?.sha256).toBe(digest);
    expect(plugin?.sha256).toBe(plugins[0]?.sha256);
    for (const target of [plan, plugin]) {
      expect((await published()).get(target?.file ?? '')?.length).toBe(target?.length);
    }
  });

  it.each<readonly [string, readonly Role[]]>([
    ...ROLES.map((role) => [role, [role]] as const),
    ['all roles', ROLES],
  ])('follows new keys for %s', async (_, roles) => {
    await publish(1);
    const device = await deviceWith();
    await refreshed(device);
    valueOf(await rotateKeys({ folder: rig.keys, roles, now }));
    const { digest } = await publish(2);
    device.served = await published();
    expect((await refreshed(device)).target('execution_plan.toml')?.sha256).toBe(digest);
    // So does one that was built after the rotation.
    expect((await refreshed(await deviceWith(2))).target('execution_plan.toml')?.sha256).toBe(
      digest,
    );
  });

  it('takes what an external signer signed', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const pem = JSON.stringify(privateKey.export({ type: 'pkcs8', format: 'pem' }));
    await writeProgram(
      path.join(rig.keys, 'sign.mjs'),
      `import { readFileSync } from 'node:fs';
import { sign } from 'node:crypto';
console.log(sign(null, readFileSync(0), ${pem}).toString('base64'));`,
    );
    const { x = '' } = publicKey.export({ format: 'jwk' });
    await writeFile(
      path.join(rig.keys, 'signers.toml'),
      `[keys.hsm]
public = "${Buffer.from(x, 'base64url').toString('hex')}"
command = ["./sign.mjs"]
`,
    );
    for (const role of ['targets', 'timestamp'] as const) {
      valueOf(await rotateKeys({ folder: rig.keys, roles: [role], use: ['hsm'], now }));
    }
    const { digest } = await publish(1);
    const device = await deviceWith();
    expect((await refreshed(device)).target('execution_plan.toml')?.sha256).toBe(digest);
  });

  it('ends with the signatures, and goes on once they were renewed', async () => {
    await publish(1, NOW - 11 * DAY);
    const device = await deviceWith();
    expect(await refusedWith(device)).toBe('update/expired');
    expect((await publish(1)).isRenewal).toBe(true);
    device.served = await published();
    await refreshed(device);
  });

  it('does not go back to what was published before', async () => {
    await publish(1);
    const before = await published();
    await publish(2);
    const device = await deviceWith();
    await refreshed(device);
    device.served = before;
    expect(await refusedWith(device)).toBe('update/rollback');
  });

  it('sets its clock’s floor by when the plan was signed', async () => {
    await publish(1);
    const device = await deviceWith();
    await refreshed(device);
    expect(await device.kept()).toContain('2031-01-02T00:00:00');
  });
});
