import { execFileSync } from 'node:child_process';
import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createPublishRig,
  planOf,
  pluginTable,
  valueOf,
  type PublishRig,
} from './testing/publish-rig.test-support.ts';

let rig: PublishRig;
beforeEach(async () => {
  rig = await createPublishRig();
  await rig.plan(planOf({ plugins: [pluginTable('one')] }));
});
afterEach(() => rig.dispose());

async function warnings(): Promise<readonly string[]> {
  return valueOf(await rig.publish({ unsigned: true })).warnings;
}

describe('publishing warns', () => {
  it.skipIf(process.platform === 'win32')('of links and pipes, which are left out', async () => {
    const folder = await rig.plugin('one', { 'web/app.js': '' });
    await symlink('index.js', path.join(folder, 'web/link.js'));
    await symlink('web', path.join(folder, 'site'));
    execFileSync('mkfifo', [path.join(folder, 'pipe')]);
    expect(await warnings()).toEqual([
      'Plugin "one": pipe, site, web/link.js cannot be in an archive (links, pipes and the like); a device will not have them.',
    ]);
  });

  it('of files that look like secrets and are packed', async () => {
    await rig.plugin('one', {
      '.env': '',
      '.env.example': '',
      id_rsa: '',
      'id_map.js': '',
      'certs/device.pem': '',
      'left-out/other.pem': '',
      '.npmignore': 'left-out\n',
    });
    expect(await warnings()).toEqual([
      'Plugin "one" publishes .env, certs/device.pem, id_rsa: keep secrets out of its archive, with "files" in its package.json.',
    ]);
  });

  it('of nothing where there is nothing', async () => {
    await rig.plugin('one');
    expect(await warnings()).toEqual([]);
  });
});
