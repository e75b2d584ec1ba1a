import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ManyExecutions } from './testing/many-executions.test-support.ts';

const PROGRAM = fileURLToPath(new URL('testing/many-executions.test-support.ts', import.meta.url));

let many: ManyExecutions;

// In a process of its own, whose memory is nothing but the engine's.
beforeAll(async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ['--expose-gc', PROGRAM]);
  many = JSON.parse(stdout) as ManyExecutions;
});

// The times are those of a machine that does other tests beside; the goals, a tenth of them, are in
// `npm run bench -- steps`.
describe('a thousand executions alive at once, of 20 steps each', () => {
  it('all run to their end', () => {
    expect(many).toMatchObject({ alive: 1000, completed: 1100 });
  });

  it('lose no event for a listener that comes back with the id of its last one', () => {
    expect(many.reconnections).toBeGreaterThan(1100);
    expect(many.events).toBeGreaterThan(1100 * 2 * 20);
    expect(many.wrongEvents).toBe(0);
  });

  it('take less than 300 MiB of memory', () => {
    expect(many.memory).toBeLessThan(300);
  });

  it('are started without waiting for each other', () => {
    expect(many.start.p99).toBeLessThan(1000);
  });

  it('are looked at without waiting for each other', () => {
    expect(many.status.p99).toBeLessThan(200);
  });
});
