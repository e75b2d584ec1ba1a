/**
 * The engine of executions: what it costs to schedule steps, to make them durable, and to have many
 * executions alive, each against the bare thing in the same run. Ratios travel, figures do not.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { benchDurability } from './steps/durability.mjs';
import { benchManyExecutions } from './steps/many-executions.mjs';
import { benchScheduling } from './steps/scheduling.mjs';

export async function run() {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-bench-'));
  try {
    await benchScheduling(folder);
    await benchDurability(folder);
    await benchManyExecutions(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
