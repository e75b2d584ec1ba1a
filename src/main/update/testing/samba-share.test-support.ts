import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, closeSync, constants, openSync, statSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { vi } from 'vitest';

// A share as devices see them: a Samba server of the test's own on loopback, mounted by rclone.

/** Why this machine cannot mount a share of its own; `undefined` if it can. */
export function shareProblem(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux';
  if (process.getuid?.() !== 0) return 'needs root';
  const missing = ['smbd', 'rclone', 'fusermount3'].filter((name) => programOf(name) === undefined);
  if (missing.length > 0) return `needs ${missing.join(', ')}: apt-get install samba rclone fuse3`;
  try {
    closeSync(openSync('/dev/fuse', 'r+'));
    return undefined;
  } catch {
    return 'needs /dev/fuse';
  }
}

function programOf(name: string): string | undefined {
  // Servers are often not in the PATH of who is not root.
  const folders = [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];
  return folders
    .map((folder) => path.join(folder, name))
    .find((program) => {
      try {
        accessSync(program, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

export interface MountedShare {
  /** What the server shares, seen from the server's side. The server reads it as `nobody`. */
  readonly served: string;
  /** Where the share `\\127.0.0.1\setup` is mounted. */
  readonly mounted: string;
  /** The server answers nobody any more, and keeps its connections: a share that hangs. */
  freeze(): void;
  /** Ends the server; its share stays mounted. */
  endServer(): Promise<void>;
  unmount(): Promise<void>;
  stop(): Promise<void>;
}

export async function mountShare(): Promise<MountedShare> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-share-'));
  await chmod(folder, 0o755);
  const [served, mounted, state] = ['served', 'mounted', 'state'].map((name) =>
    path.join(folder, name),
  ) as [string, string, string];
  for (const each of [served, mounted, state]) await mkdir(each);
  const port = await freePort();
  const config = path.join(folder, 'smb.conf');
  await writeFile(config, configOf({ port, served, state }));
  const server = start('smbd', [
    '--foreground',
    '--no-process-group',
    `--configfile=${config}`,
    `--log-basename=${state}`,
  ]);
  await vi.waitUntil(() => answers(port), WAIT);
  const mount = start('rclone', [
    ...['mount', `:smb,host=127.0.0.1,port=${port},user=guest:setup`, mounted],
    ...['--config=', '--read-only', '--vfs-cache-mode=off', '--low-level-retries=1'],
    // What is changed on the server is to be seen at once.
    ...['--dir-cache-time=0', '--attr-timeout=0'],
  ]);
  await vi.waitUntil(() => statSync(mounted).dev !== statSync(folder).dev, WAIT);
  const unmount = async (): Promise<void> => {
    if (mount.exitCode === null && mount.signalCode === null)
      execFileSync('fusermount3', ['-u', '-z', mounted]);
    await end(mount);
  };
  return {
    served,
    mounted,
    freeze: () => signalGroup(server, 'SIGSTOP'),
    endServer: () => end(server),
    unmount,
    stop: async () => {
      await unmount();
      await end(server);
      await rm(folder, { recursive: true });
    },
  };
}

const WAIT = { timeout: 20_000, interval: 20 };

function configOf(request: { port: number; served: string; state: string }): string {
  const { port, served, state } = request;
  const folders = ['private dir', 'lock directory', 'state directory', 'cache directory'];
  return [
    '[global]',
    'server role = standalone server',
    'interfaces = 127.0.0.1/8',
    'bind interfaces only = yes',
    `smb ports = ${port}`,
    'map to guest = Bad User',
    ...[...folders, 'pid directory'].map((name) => `${name} = ${state}`),
    `ncalrpc dir = ${path.join(state, 'ncalrpc')}`,
    'load printers = no',
    'disable spoolss = yes',
    '[setup]',
    `path = ${served}`,
    'guest ok = yes',
    'read only = yes',
    'force user = nobody',
    '',
  ].join('\n');
}

/** In a group of its own, since Samba starts a process for each connection. */
function start(name: string, args: readonly string[]): ChildProcess {
  const program = programOf(name);
  if (program === undefined) throw new Error(`${name} is not installed`);
  const child = spawn(program, args, { stdio: 'ignore', detached: true });
  const kill = (): void => signalGroup(child, 'SIGKILL');
  process.once('exit', kill);
  child.once('exit', () => process.off('exit', kill));
  return child;
}

async function end(child: ChildProcess): Promise<void> {
  const isOver = child.exitCode !== null || child.signalCode !== null;
  const ended = isOver ? undefined : once(child, 'exit');
  signalGroup(child, 'SIGKILL');
  await ended;
}

function signalGroup({ pid }: ChildProcess, signal: 'SIGSTOP' | 'SIGKILL'): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // Nothing is left of the group.
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
