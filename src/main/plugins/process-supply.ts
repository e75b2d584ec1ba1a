import { connect, type Connection } from './connection.ts';
import type { PluginLauncher } from './launcher.ts';
import { systemClock, type Timer } from '../clock.ts';

/** Gives out blank processes, with one kept warm where that is wanted. */
export interface ProcessSupply {
  /** The spare if there is one, else a fresh process. */
  take(): Connection;
  /** Starts a spare if there is none, at once or a moment from now. */
  refill(when: 'now' | 'soon'): void;
  /** Resolves when the spare waits for its plugin; at once where there is none. */
  whenWarm(): Promise<void>;
  /** Ends the spare. */
  dispose(): Promise<void>;
}

/** A plugin that has just started has its first calls to answer: they would share the processor. */
const SOON_MS = 250;

/** A blank process is ready long before a plugin is wanted: a start then costs its own code only. */
export function createProcessSupply(request: {
  readonly launcher: PluginLauncher;
  readonly spare: boolean;
  readonly timer?: Timer;
}): ProcessSupply {
  const { launcher, timer = systemClock } = request;
  let spare: Connection | undefined;
  let warm: Promise<unknown> = Promise.resolve();
  let cancelRefill = (): void => undefined;
  let isClosed = false;
  const start = (): Connection => connect(launcher.launch(), timer);

  return {
    take() {
      const taken = spare;
      spare = undefined;
      // One that died idle is not replaced at once: whatever kills it would kill the next as well.
      return taken === undefined || taken.isOver ? start() : taken;
    },
    refill(when) {
      if (when === 'soon' && request.spare) {
        cancelRefill();
        cancelRefill = timer.after(SOON_MS, () => this.refill('now'));
        return;
      }
      if (!request.spare || isClosed || spare?.isOver === false) return;
      spare = start();
      warm = spare.ask((plugin) => plugin.warm());
    },
    async whenWarm() {
      await warm;
    },
    async dispose() {
      isClosed = true;
      cancelRefill();
      spare?.process.kill('SIGKILL');
      await spare?.ended;
    },
  };
}
