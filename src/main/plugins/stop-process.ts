import type { Timer } from '../clock.ts';
import type { Connection } from './connection.ts';
import type { PluginLimits } from './limits.ts';
import { LATE, within } from './within.ts';

/**
 * Ends a process for certain: asks it to shut down, then SIGTERM, then SIGKILL to its whole group,
 * each after its time. Resolves when nothing of it is left.
 */
export async function stopProcess(request: {
  readonly connection: Connection;
  readonly limits: PluginLimits;
  readonly timer: Timer;
  /** `false` for one that hangs: it would not hear the question. */
  readonly graceful: boolean;
}): Promise<void> {
  const { connection, limits, timer } = request;
  if (request.graceful && !connection.isOver) {
    const asked = connection.ask((plugin) => plugin.stop());
    const reply = await within(asked, limits.shutdownMs, timer);
    if (reply !== LATE && (await endsWithin(limits.killMs))) return;
  }
  connection.process.kill('SIGTERM');
  if (await endsWithin(limits.killMs)) return;
  connection.process.kill('SIGKILL');
  await connection.ended;

  async function endsWithin(ms: number): Promise<boolean> {
    return (await within(connection.ended, ms, timer)) !== LATE;
  }
}
