import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import type { Json } from '#shared';
import {
  pluginFiles,
  pluginRig,
  processLives,
  type PluginRig,
} from '../../plugin-rig.test-support.ts';
import type { RunningPlugin } from '../../running-plugin.ts';
import type { Isolation } from '../isolate.ts';

/** Every misbehaviour as a route: it answers what it got, or throws. */
const ATTACKER = `
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, homedir } from 'node:os';
import { Worker } from 'node:worker_threads';

export default {
  routes: {
    read: (file) => readFileSync(file, 'utf8'),
    list: (folder) => readdirSync(folder),
    write: (file) => writeFileSync(file, 'written by a plugin'),
    environment: (name) => {
      if (process.env[name] === undefined) throw new Error('not there');
      return process.env[name];
    },
    connect: async (port) => {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.destroy();
    },
    spawn: (args) => {
      const { error, status, stdout, stderr } = spawnSync('sh', ['-c', ...args], { encoding: 'utf8' });
      if (error !== undefined) throw error;
      if (status !== 0) throw new Error('exit code ' + status + ': ' + stderr);
      return stdout;
    },
    worker: async () => {
      const worker = new Worker('1', { eval: true });
      await once(worker, 'exit');
    },
    kill: (pid) => process.kill(pid, 'SIGKILL'),
    sqlite: async (file) => {
      const { DatabaseSync } = await import('node:sqlite');
      new DatabaseSync(file).exec('CREATE TABLE t (n)');
    },
    places: () => ({ temporary: tmpdir(), home: homedir() }),
  },
};`;

/** A variable of the app's environment that is nobody else's business. */
export const SECRET = 'FIRSTLIGHT_TEST_SECRET';

/** What the attacks aim at. */
export interface Targets {
  readonly rig: PluginRig;
  readonly secretFile: string;
  readonly port: number;
  readonly bystander: number;
}

export interface Attack {
  readonly what: string;
  readonly route: string;
  readonly body: (targets: Targets) => Json;
  /** Which levels stop it. */
  readonly stoppedBy: readonly Isolation[];
  /** Did it come about, if not by what the route answers? */
  readonly didIt?: (targets: Targets) => boolean;
}

const BOTH = ['bubblewrap', 'permission'] as const;
const storageOf = ({ rig }: Targets, name: string) =>
  path.join(rig.folders.storageFolder, `${name}.json`);
export const inTemporary = (name: string) => path.join(tmpdir(), `${name}-${mark}`);
export const mark = randomUUID();

export const ATTACKS: readonly Attack[] = [
  {
    what: 'reading what another plugin stored',
    route: 'read',
    body: (targets) => storageOf(targets, 'victim'),
    stoppedBy: BOTH,
  },
  {
    what: "writing into another plugin's storage",
    route: 'write',
    body: (targets) => storageOf(targets, 'victim'),
    stoppedBy: BOTH,
  },
  {
    what: 'reading a file of the user',
    route: 'read',
    body: ({ secretFile }) => secretFile,
    stoppedBy: BOTH,
  },
  { what: 'looking into the home folder', route: 'list', body: () => homedir(), stoppedBy: BOTH },
  {
    what: "reading the app's environment",
    route: 'environment',
    body: () => SECRET,
    stoppedBy: [...BOTH, 'none'],
  },
  {
    what: "reading the app's environment by way of /proc",
    route: 'read',
    body: () => `/proc/${process.pid}/environ`,
    stoppedBy: BOTH,
  },
  {
    what: 'connecting to a service of this device',
    route: 'connect',
    body: ({ port }) => port,
    stoppedBy: ['bubblewrap'],
  },
  { what: 'starting a program', route: 'spawn', body: () => ['echo'], stoppedBy: BOTH },
  { what: 'starting a worker', route: 'worker', body: () => null, stoppedBy: BOTH },
  {
    what: 'writing into its own package',
    route: 'write',
    body: ({ rig }) => path.join(rig.folders.pluginsFolder, 'attacker', 'more.js'),
    stoppedBy: BOTH,
  },
  {
    what: "writing into another plugin's package",
    route: 'write',
    body: ({ rig }) => path.join(rig.folders.pluginsFolder, 'victim', 'index.js'),
    stoppedBy: BOTH,
  },
  {
    what: "writing into the system's temporary folder",
    route: 'write',
    body: () => inTemporary('file'),
    stoppedBy: BOTH,
    // In a sandbox there is another such folder, and it may write there.
    didIt: () => existsSync(inTemporary('file')),
  },
  {
    what: "writing past Node's permission model",
    route: 'sqlite',
    body: () => inTemporary('sqlite'),
    stoppedBy: ['bubblewrap'],
    didIt: () => existsSync(inTemporary('sqlite')),
  },
  {
    what: 'following a link out of its package',
    route: 'read',
    body: ({ rig }) => path.join(rig.folders.pluginsFolder, 'attacker', 'link'),
    stoppedBy: ['bubblewrap'],
  },
  {
    what: "reading another plugin's package",
    route: 'read',
    body: ({ rig }) => path.join(rig.folders.pluginsFolder, 'victim', 'index.js'),
    stoppedBy: [],
  },
  {
    what: 'ending a process of the same user',
    route: 'kill',
    body: ({ bystander }) => bystander,
    stoppedBy: ['bubblewrap'],
    didIt: ({ bystander }) => !processLives(bystander),
  },
];

/** Where Node's permission model ends: programs that the plugin starts, tried with a shell. */
export const PROGRAMS: readonly {
  readonly what: string;
  readonly run: (targets: Targets) => string;
}[] = [
  {
    what: 'reading what another plugin stored',
    run: (targets) => `cat '${storageOf(targets, 'victim')}'`,
  },
  { what: 'reading a file of the user', run: ({ secretFile }) => `cat '${secretFile}'` },
  {
    what: "reading the app's environment by way of /proc",
    run: () => `cat /proc/${process.pid}/environ`,
  },
  {
    what: 'writing into its own package',
    run: ({ rig }) => `echo > '${path.join(rig.folders.pluginsFolder, 'runner', 'more.js')}'`,
  },
  {
    what: 'connecting to a service of this device',
    run: ({ port }) =>
      `'${process.execPath}' -e 'require("net").connect(${port}, "127.0.0.1").on("connect", () => process.exit())'`,
  },
  { what: 'ending a process of the same user', run: ({ bystander }) => `kill -9 ${bystander}` },
];

/** Puts the attacker there under a name, and starts it. */
export async function openAttacker(
  rig: PluginRig,
  name: string,
  permissions?: object,
): Promise<RunningPlugin> {
  const files = pluginFiles('', { permissions });
  await rig.addPlugin(name, { ...files, 'index.js': ATTACKER });
  return rig.open(name);
}

/** A rig with a plugin that has stored something, a service and a process of the same user. */
export async function targetsFor(
  isolation: Isolation,
): Promise<AsyncDisposable & { readonly targets: Targets }> {
  const rig = await pluginRig({ isolation });
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bystander = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1e6)']);
  await once(bystander, 'spawn');
  const secretFile = path.join(rig.folder, 'secret.txt');
  await writeFile(secretFile, 'a secret');
  const keep = `routes: { keep: (_, { storage }) => storage.set('pin', 1) }`;
  await rig.addPlugin('victim', pluginFiles(keep));
  const kept = await (await rig.open('victim')).call('keep', null);
  if (!kept.ok) throw new Error(kept.failure.message);
  const { port } = server.address() as AddressInfo;
  return {
    targets: { rig, secretFile, port, bystander: bystander.pid ?? 0 },
    async [Symbol.asyncDispose]() {
      await rig[Symbol.asyncDispose]();
      server.close();
      bystander.kill('SIGKILL');
    },
  };
}
