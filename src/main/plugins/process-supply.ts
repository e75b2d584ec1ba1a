import { connect, type Connection } from './connection.ts';
import type { LaunchedProcess, PluginLauncher } from './launcher.ts';
import type { Timer } from '../clock.ts';

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

/** What runs for the first time is compiled first. Measured: by then a start takes half the time. */
const REHEARSALS = 20;

/** Stops in the middle when the spare is taken: the plugin that it becomes must not be disturbed. */
async function rehearse(spare: Connection, isSpare: () => boolean): Promise<void> {
  for (let round = 0; round < REHEARSALS && !spare.isOver && isSpare(); round += 1) {
    await spare.ask((plugin) => plugin.warm(round));
  }
}

/** A blank process is ready long before a plugin is wanted: a start then costs its own code only. */
export function createProcessSupply(request: {
  readonly launcher: PluginLauncher;
  readonly spare: boolean;
  readonly timer: Timer;
  readonly onLaunch: (process: LaunchedProcess) => void;
}): ProcessSupply {
  const { launcher, timer, onLaunch } = request;
  let spare: Connection | undefined;
  let warm: Promise<unknown> = Promise.resolve();
  let cancelRefill = (): void => undefined;
  let isClosed = false;
  const start = (): Connection => {
    const process = launcher.launch();
    onLaunch(process);
    return connect(process, timer);
  };

  return {
    take() {
      const taken = spare;
      spare = undefined;
      // One that died idle is not replaced at once: whatever kills it would kill the next as well.
      return taken === undefined || taken.isOver ? start() : taken;
    },
    refill(when) {
      if (!request.spare || isClosed || spare?.isOver === false) return;
      if (when === 'soon') {
        cancelRefill();
        cancelRefill = timer.after(SOON_MS, () => this.refill('now'));
        return;
      }
      const fresh = start();
      spare = fresh;
      warm = rehearse(fresh, () => spare === fresh);
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
