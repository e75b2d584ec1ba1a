import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resourcesFolder } from '../../resources.ts';
import { isolations, pluginFiles, pluginRig, type PluginRig } from '../plugin-rig.test-support.ts';
import type { RunningPlugin } from '../running-plugin.ts';
import {
  ATTACKS,
  PROGRAMS,
  SECRET,
  inTemporary,
  mark,
  openAttacker,
  targetsFor,
  type Targets,
} from './testing/attacks.test-support.ts';

const LEVELS = await isolations();

function canRead(file: string): boolean {
  try {
    accessSync(file, constants.R_OK);
    return true;
  } catch {
    return false;
  }
}

describe.each(LEVELS)('a plugin that declares nothing, isolated by %s,', (isolation) => {
  let surroundings: Awaited<ReturnType<typeof targetsFor>>;
  let targets: Targets;
  let attacker: RunningPlugin;

  beforeAll(async () => {
    process.env[SECRET] = 'a token';
    surroundings = await targetsFor(isolation);
    ({ targets } = surroundings);
    const own = path.join(targets.rig.folders.pluginsFolder, 'attacker');
    await mkdir(own);
    await symlink(targets.secretFile, path.join(own, 'link'));
    attacker = await openAttacker(targets.rig, 'attacker');
  });
  afterAll(async () => {
    Reflect.deleteProperty(process.env, SECRET);
    await surroundings[Symbol.asyncDispose]();
    await Promise.all(['file', 'sqlite'].map((name) => rm(inTemporary(name), { force: true })));
  });

  it.each(
    ATTACKS.map((attack) => ({
      ...attack,
      outcome: attack.stoppedBy.includes(isolation) ? 'stopped' : 'not stopped',
    })),
  )('$what is $outcome', async ({ route, body, didIt, outcome }) => {
    const reply = await attacker.call(route, body(targets));
    if (didIt === undefined) expect(reply.ok ? 'not stopped' : 'stopped').toBe(outcome);
    else if (outcome === 'stopped') expect(didIt(targets)).toBe(false);
    else await expect.poll(() => didIt(targets)).toBe(true);
  });

  // An ordinary user cannot read it either way.
  it.runIf(canRead('/etc/shadow'))('reading /etc/shadow is stopped but by none', async () => {
    const reply = await attacker.call('read', '/etc/shadow');
    expect(reply.ok).toBe(isolation === 'none');
  });

  it('has a temporary folder of its own, which is its home folder too', async () => {
    const reply = await attacker.call('places', null);
    const { temporary, home } = (reply.ok ? reply.value : {}) as Record<string, string>;
    if (isolation === 'none') {
      expect(home).toBe(homedir());
      return;
    }
    expect(home).toBe(temporary);
    expect(home).not.toBe(homedir());
    // In the sandbox it is called /tmp: outside, nobody else may have one of this name there.
    const file = path.join(temporary ?? '', `note-${randomUUID()}`);
    expect((await attacker.call('write', file)).ok).toBe(true);
    expect(await attacker.call('read', file)).toEqual({ ok: true, value: 'written by a plugin' });
    expect(existsSync(file)).toBe(isolation === 'permission');
    await attacker.stop();
    expect(existsSync(file)).toBe(false);
  });
});

describe.each(LEVELS)('a plugin that may start programs, isolated by %s,', (isolation) => {
  const outcome = isolation === 'bubblewrap' ? 'stopped' : 'not stopped';
  it.each(PROGRAMS)(`$what is ${outcome}`, async ({ run }) => {
    await using surroundings = await targetsFor(isolation);
    const { targets } = surroundings;
    const plugin = await openAttacker(targets.rig, 'runner', { commands: ['sh'] });
    const reply = await plugin.call('spawn', [run(targets)]);
    expect(reply.ok ? 'not stopped' : 'stopped').toBe(outcome);
  });
});

describe.each(LEVELS)('what a plugin declares it gets, isolated by %s:', (isolation) => {
  it('programs, which see no more than it does where there is a sandbox', async () => {
    await using rig = await pluginRig({ isolation });
    const secretFile = path.join(rig.folder, 'secret.txt');
    await writeFile(secretFile, 'a secret');
    const plugin = await openAttacker(rig, 'runner', { commands: ['sh'] });
    expect(await plugin.call('spawn', ['echo hello'])).toEqual({ ok: true, value: 'hello\n' });
    const spied = await plugin.call('spawn', [`cat '${secretFile}'`]);
    expect(spied.ok).toBe(isolation !== 'bubblewrap');
  });

  it('the network, to whatever host', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    await using rig = await pluginRig({ isolation });
    const plugin = await openAttacker(rig, 'talker', { network: ['example.com'] });
    expect(await plugin.call('connect', port)).toEqual({ ok: true, value: null });
    server.close();
  });

  it('files and folders, to read and to write, and nothing beside them', async () => {
    await using rig = await pluginRig({ isolation });
    await using other = await pluginRig();
    const declared = path.join(other.folder, 'declared');
    await mkdir(declared);
    await writeFile(path.join(declared, 'a.txt'), 'from the device');
    await writeFile(path.join(other.folder, 'beside.txt'), 'not declared');
    const plugin = await openAttacker(rig, 'filer', { files: [declared] });
    expect(await plugin.call('read', path.join(declared, 'a.txt'))).toEqual({
      ok: true,
      value: 'from the device',
    });
    await plugin.call('write', path.join(declared, 'b.txt'));
    expect(await readFile(path.join(declared, 'b.txt'), 'utf8')).toBe('written by a plugin');
    const beside = await plugin.call('read', path.join(other.folder, 'beside.txt'));
    expect(beside.ok).toBe(isolation === 'none');
  });

  it("never the app's own state, and it is told", async () => {
    await using rig = await pluginRig({ isolation });
    const missing = path.join(rig.folder, '..', `missing-${mark}`);
    const declared = [rig.folder, path.dirname(rig.folder), '/', 'data', '/proc/1', missing];
    await openAttacker(rig, 'greedy', { files: declared });
    expect(rig.logs).toEqual([
      `warn permissions.files: "${rig.folder}" is not granted: it would open the app's own state to the plugin`,
      `warn permissions.files: "${path.dirname(rig.folder)}" is not granted: it would open the app's own state to the plugin`,
      `warn permissions.files: "/" is not granted: it would open the app's own state to the plugin`,
      'warn permissions.files: "data" is not granted: it is no absolute path',
      'warn permissions.files: "/proc/1" is not granted: it would show the processes of others',
      `warn permissions.files: "${missing}" is not there on this device`,
    ]);
  });
});

describe('what the app relies on', () => {
  const app = path.dirname(resourcesFolder());

  /** The log of a plugin that declares these places, with a rig that lies apart from its plugins. */
  async function declare(
    places: (rig: PluginRig) => readonly string[],
  ): Promise<readonly string[]> {
    await using elsewhere = await pluginRig();
    const { pluginsFolder, cacheFolder } = elsewhere.folders;
    const trust = path.join(elsewhere.folder, 'trust');
    await using rig = await pluginRig({
      isolation: 'permission',
      pluginsFolder,
      cacheFolder,
      closedFolders: [path.join(trust, 'root')],
    });
    await mkdir(path.join(trust, 'real', 'deeper'), { recursive: true });
    await symlink('real', path.join(trust, 'root'));
    await elsewhere.addPlugin(
      'greedy',
      pluginFiles('', { permissions: { files: places(elsewhere) } }),
    );
    await rig.open('greedy');
    return rig.logs.map((line) => line.replaceAll(elsewhere.folder, 'ELSEWHERE'));
  }

  const refusal = (file: string, closed: string) =>
    `warn permissions.files: "${file}" is not granted: it would open ${closed} to the plugin, which the app relies on`;

  it.each([
    ['the app', app, app],
    ['its programs', path.join(app, 'src', 'main'), app],
    ['its base plan', path.join(app, 'resources', 'execution_plan.toml'), app],
  ])('is closed: %s', async (_what, file, closed) => {
    expect(await declare(() => [file])).toEqual([refusal(file, closed)]);
  });

  it.each([
    ['the plugins folder', 'plugins', 'plugins'],
    ['the package of a plugin', 'plugins/greedy', 'plugins'],
    ['the cache of packages', 'cache', 'cache'],
    ['the root of trust, as it is named', 'trust/root', 'trust/root'],
    ['the root of trust, where it really is', 'trust/real', 'trust/root'],
    ['a file of the root of trust', 'trust/real/deeper', 'trust/root'],
    ['where the link to the root of trust stands', 'trust', 'trust/root'],
  ])('is closed: %s', async (_what, file, closed) => {
    const logs = await declare(({ folder }) => [path.join(folder, file)]);
    expect(logs).toEqual([refusal(`ELSEWHERE/${file}`, `ELSEWHERE/${closed}`)]);
  });

  it("is closed: the system's device configuration, there or not, and what holds it", async () => {
    expect(await declare(() => ['/etc'])).toEqual([refusal('/etc', '/etc/firstlight')]);
  });

  it('leaves its neighbours open', async () => {
    expect(await declare(() => ['/etc/hosts'])).toEqual([]);
  });
});

describe('a plugins folder that is not there yet when the app starts', () => {
  it.each(LEVELS)('is seen by what is put into it later (isolated by %s)', async (isolation) => {
    await using elsewhere = await pluginRig();
    const pluginsFolder = path.join(elsewhere.folder, 'later');
    await using rig = await pluginRig({ isolation, spare: true, pluginsFolder });
    await rig.host.whenWarm();
    await elsewhere.addPlugin('late', pluginFiles(`routes: { ping: () => 'pong' }`));
    await rename(elsewhere.folders.pluginsFolder, pluginsFolder);
    const plugin = await rig.open('late');
    expect(await plugin.call('ping', null)).toEqual({ ok: true, value: 'pong' });
  });
});
