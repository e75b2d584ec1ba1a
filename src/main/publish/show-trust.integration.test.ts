import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { describeTrust } from './describe-trust.ts';
import { initKeys } from './init-keys.ts';
import { showTrust } from './show-trust.ts';
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

describe('showTrust', () => {
  it('says of keys which are at hand', async () => {
    valueOf(await initKeys({ folder: rig.keys, now }));
    await rm(path.join(rig.keys, 'root-1.pem'));
    const [report] = valueOf(await showTrust(rig.keys, { now }));
    const text = describeTrust(report!, NOW).replaceAll(/[0-9a-f]{8} ed/g, 'KEY ed');
    expect(text).toBe(`${rig.keys} (keys)
  root: 1 of 1 key, version 1, expires 2030-12-31 (in 1825 days)
    KEY ed25519 (not at hand)
  targets: 1 of 1 key
    KEY ed25519 targets-1
  snapshot: 1 of 1 key
    KEY ed25519 snapshot-1
  timestamp: 1 of 1 key
    KEY ed25519 timestamp-1`);
  });

  it('says of published plans what is stale, and what the keys did not sign', async () => {
    valueOf(await initKeys({ folder: rig.keys, now }));
    await rig.plan(planOf());
    valueOf(await rig.publish({ now, expiresDays: 10 }));
    const timestamp = path.join(rig.planFolder, 'metadata/timestamp.json');
    await writeFile(
      timestamp,
      (await readFile(timestamp, 'utf8')).replace('"version": 1', '"version": 2'),
    );
    const later = NOW + 11 * 24 * 60 * 60 * 1000;
    const [report] = valueOf(await showTrust(rig.to, { now: () => later }));
    const text = describeTrust(report!, later).replaceAll(/[0-9a-f]{8} ed/g, 'KEY ed');
    expect(text).toBe(`${rig.planFolder} (signed plan)
  root: 1 of 1 key, version 1, expires 2030-12-31 (in 1814 days)
    KEY ed25519
  targets: 1 of 1 key, version 1, expires 2027-01-01 (in 354 days)
    KEY ed25519
  snapshot: 1 of 1 key, version 1, EXPIRED 2026-01-11 (1 day ago)
    KEY ed25519
  timestamp: 1 of 1 key, version 2, EXPIRED 2026-01-11 (1 day ago), NOT SIGNED by these keys
    KEY ed25519`);
  });

  it('reads the root of trust of a device', async () => {
    valueOf(await initKeys({ folder: rig.keys, now }));
    const device = path.join(rig.folder, 'trust');
    await mkdir(device);
    await copyFile(path.join(rig.keys, 'root.json'), path.join(device, 'root.json'));
    expect(valueOf(await showTrust(device))).toMatchObject([{ kind: 'root', rootVersion: 1 }]);
  });

  it('says where there is nothing', async () => {
    const none = path.join(rig.folder, 'none');
    expect(failureOf(await showTrust(none))).toBe(
      `publish/no-keys: ${none} holds neither keys nor a signed plan.`,
    );
    expect(failureOf(await showTrust(rig.folder))).toBe(
      `publish/no-keys: ${rig.folder} holds neither keys nor a signed plan.`,
    );
  });
});
