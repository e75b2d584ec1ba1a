import { connect, type Connection } from './connection.ts';
import type { PluginLauncher } from './launcher.ts';
import { systemTimers, type Timers } from './timers.ts';

/** Gives out blank processes, with one kept warm where that is wanted. */
export interface ProcessSupply {
  /** The spare if there is one, else a fresh process. */
  take(): Connection;
  /** Starts a spare if there is none. Not while a plugin starts: they would share the processor. */
  refill(): void;
  /** Ends the spare. */
  dispose(): Promise<void>;
}

/** A blank process is ready long before a plugin is wanted: a start then costs its own code only. */
export function createProcessSupply(request: {
  readonly launcher: PluginLauncher;
  readonly spare: boolean;
  readonly timers?: Timers;
}): ProcessSupply {
  const { launcher, timers = systemTimers } = request;
  let spare: Connection | undefined;
  let isClosed = false;
  const start = (): Connection => connect(launcher.launch(), timers);

  return {
    take() {
      const taken = spare;
      spare = undefined;
      // One that died idle is not replaced at once: whatever kills it would kill the next as well.
      return taken === undefined || taken.isOver ? start() : taken;
    },
    refill() {
      if (request.spare && !isClosed && (spare === undefined || spare.isOver)) spare = start();
    },
    async dispose() {
      isClosed = true;
      spare?.process.kill('SIGKILL');
      await spare?.ended;
    },
  };
}
