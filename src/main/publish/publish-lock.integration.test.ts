import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ok, type Result } from '#shared';
import { whileLocked } from './publish-lock.ts';
import { failureOf, valueOf } from './testing/publish-rig.test-support.ts';

const LOCK = fileURLToPath(new URL('./publish-lock.ts', import.meta.url));

let folder: string;
let lock: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-lock-'));
  lock = path.join(folder, '.publishing');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const takeLock = () =>
  whileLocked(folder, (warnings): Promise<Result<readonly string[]>> =>
    Promise.resolve(ok(warnings)),
  );

/** A publisher that is killed in the middle of its work; gives its process number. */
async function killedPublisher(): Promise<number | undefined> {
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { whileLocked } from ${JSON.stringify(LOCK)};
await whileLocked(${JSON.stringify(folder)}, () => {
  console.log('in');
  return new Promise((resolve) => setTimeout(resolve, 60000));
});`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  child.kill('SIGKILL');
  await once(child, 'close');
  return child.pid;
}

describe('the lock of a publisher that was killed', () => {
  it('is taken over on the same machine, with a warning', async () => {
    const pid = await killedPublisher();
    expect(existsSync(lock)).toBe(true);
    expect(valueOf(await takeLock())).toEqual([
      `Process ${pid} on ${hostname()} was ended while it published to ${folder}; its lock was taken over.`,
    ]);
    expect(existsSync(lock)).toBe(false);
  });

  it('is taken over by one of those that try at once', async () => {
    await killedPublisher();
    let inside = 0;
    const results = await Promise.all(
      Array.from({ length: 8 }, () =>
        whileLocked(folder, async () => {
          inside += 1;
          expect(inside).toBe(1);
          await readdir(lock);
          inside -= 1;
          return ok(undefined);
        }),
      ),
    );
    expect(results.some((result) => result.ok)).toBe(true);
  });

  it('stays where it may be of another machine', async () => {
    const pid = await killedPublisher();
    const [name = ''] = await readdir(lock);
    const [owner, , unique] = name.split('.');
    await rename(path.join(lock, name), path.join(lock, `${owner}.0000000000000000.${unique}`));
    expect(failureOf(await takeLock())).toBe(
      `publish/locked: Process ${pid} on ${hostname()} is publishing to ${folder}.`,
    );
  });
});
