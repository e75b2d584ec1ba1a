import { connect, type Connection } from './connection.ts';
import type { LaunchProfile } from './isolation/launch-profile.ts';
import type { LaunchedProcess, PluginLauncher } from './launcher.ts';
import type { Timer } from '../clock.ts';

/** Gives out blank processes, with one kept warm where that is wanted. */
export interface ProcessSupply {
  /**
   * The spare if there is one, else a fresh process; always a fresh one for a plugin that needs
   * another profile than the plain one.
   */
  take(profile?: LaunchProfile): Promise<Connection>;
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

/** A process that waits for its plugin, from the moment in which its start began. */
interface Spare {
  connection: Connection | undefined;
  /** `undefined` when it could not be started. */
  readonly started: Promise<Connection | undefined>;
}

/** A blank process is ready long before a plugin is wanted: a start then costs its own code only. */
export function createProcessSupply(request: {
  readonly launcher: PluginLauncher;
  /** What a plugin that declares nothing may reach: what the spare is started with. */
  readonly plain: LaunchProfile;
  readonly spare: boolean;
  readonly timer: Timer;
  readonly onLaunch: (process: LaunchedProcess) => void;
}): ProcessSupply {
  const { launcher, plain, timer, onLaunch } = request;
  let spare: Spare | undefined;
  let warm: Promise<unknown> = Promise.resolve();
  let cancelRefill = (): void => undefined;
  let isClosed = false;
  const start = async (profile: LaunchProfile): Promise<Connection> => {
    const process = await launcher.launch(profile);
    onLaunch(process);
    return connect(process, timer);
  };
  const startSpare = (): Spare => {
    const fresh: Spare = {
      connection: undefined,
      // Why it cannot be started is told by the start of the plugin that asks for it.
      started: start(plain).catch(() => {
        if (spare === fresh) spare = undefined;
        return undefined;
      }),
    };
    void fresh.started.then((connection) => {
      fresh.connection = connection;
    });
    return fresh;
  };

  return {
    async take(profile) {
      if (profile !== undefined) return start(profile);
      const taken = await takeSpare();
      // One that died idle is not replaced at once: whatever kills it would kill the next as well.
      return taken === undefined || taken.isOver ? start(plain) : taken;
    },
    refill(when) {
      if (
        !request.spare ||
        isClosed ||
        (spare !== undefined && spare.connection?.isOver !== true)
      ) {
        return;
      }
      if (when === 'soon') {
        cancelRefill();
        cancelRefill = timer.after(SOON_MS, () => this.refill('now'));
        return;
      }
      const fresh = startSpare();
      spare = fresh;
      warm = fresh.started.then(async (connection) => {
        if (connection !== undefined) await rehearse(connection, () => spare === fresh);
      });
    },
    async whenWarm() {
      await warm;
    },
    async dispose() {
      isClosed = true;
      cancelRefill();
      const left = await takeSpare();
      left?.process.kill('SIGKILL');
      await left?.ended;
    },
  };

  async function takeSpare(): Promise<Connection | undefined> {
    const taken = spare;
    spare = undefined;
    return taken?.started;
  }
}
