import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, readlink, rename, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { bootId } from '../state/boot-id.ts';
import { isSystemError } from '../state/files-port.ts';
import { livingProcess, processName } from '../state/process-name.ts';

/**
 * Runs `work` while nobody else publishes to the folder, on this machine or on another that shares it:
 * making a folder succeeds for one only. A publisher that was killed leaves it behind. One of this
 * machine is seen to be dead, and `work` gets a warning that says so; of another machine nobody can tell
 * a dead process from a slow one, so a person removes it. Fails with `publish/locked`.
 */
export async function whileLocked<T>(
  folder: string,
  work: (warnings: readonly string[]) => Promise<Result<T>>,
): Promise<Result<T>> {
  const lock = path.join(folder, '.publishing');
  const taken = await take(folder, lock);
  if (!taken.ok) return taken;
  try {
    return await work(taken.value);
  } finally {
    await rm(lock, { recursive: true, force: true });
  }
}

async function take(folder: string, lock: string): Promise<Result<readonly string[]>> {
  const place = await placeOfProcesses();
  // The name tells programs who it is, the content tells people. No two publishers share one.
  const own = path.join(lock, `${processName(process.pid)}.${place}.${randomUUID()}`);
  try {
    await mkdir(lock);
    await name(own, lock);
    return ok([]);
  } catch (thrown) {
    if (!isSystemError(thrown, 'EEXIST')) throw thrown;
  }
  const [owner] = await readdir(lock).catch(() => []);
  const there = path.join(lock, owner ?? '');
  const who = await readFile(there, 'utf8').catch(() => 'Somebody');
  if (owner === undefined || !isDead(owner, place)) return locked(folder, who);
  try {
    // The folder stays, so nobody new comes in. Of two that take it over, one finds the name gone.
    await rename(there, own);
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return locked(folder, 'Somebody');
    throw thrown;
  }
  await name(own, lock);
  return ok([`${who} was ended while it published to ${folder}; its lock was taken over.`]);
}

/** Says in a lock that is ours who we are; a disk that is full must not leave it locked. */
async function name(own: string, lock: string): Promise<void> {
  try {
    await writeFile(own, `Process ${process.pid} on ${hostname()}`);
  } catch (thrown) {
    await rm(lock, { recursive: true, force: true });
    throw thrown;
  }
}

function isDead(name: string, place: string): boolean {
  const [owner = '', at] = name.split('.');
  return at === place && /^pid-\d/.test(owner) && livingProcess(owner) === undefined;
}

/**
 * Names those processes that this one would see if they ran: of one machine, from power-on to power-off,
 * and, where there are containers, of one container.
 */
async function placeOfProcesses(): Promise<string> {
  const namespace = await readlink('/proc/self/ns/pid').catch(() => '');
  const all = JSON.stringify([hostname(), bootId(), namespace]);
  return createHash('sha256').update(all).digest('hex').slice(0, 16);
}

function locked(folder: string, who: string): Result<never> {
  return fail({
    code: 'publish/locked',
    message: `${who} is publishing to ${folder}.`,
    hint: `If that was ended, remove ${path.join(folder, '.publishing')} and publish again.`,
  });
}
