import type { Readable } from 'node:stream';
import type { LaunchProfile } from './isolation/launch-profile.ts';
import type { MessagePipe } from './message-pipe.ts';

/** How a process ended. `signal` where the system killed it. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: string | null;
}

/** A process that runs `plugin-process` and nothing else yet. */
export interface LaunchedProcess extends MessagePipe {
  /** `undefined` when the system could not start it; `ended` says so then. */
  readonly pid: number | undefined;
  /** Does it run in a sandbox, in which nothing can gain privileges? */
  readonly isSandboxed?: boolean;
  readonly stdout: Readable;
  readonly stderr: Readable;
  /**
   * Resolves when the process is gone, its group was killed and what it wrote has been read.
   * Never rejects.
   */
  readonly ended: Promise<ProcessEnd>;
  /** Signals the process and, where the system has process groups, all that it started. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
}

/**
 * Starts processes for plugins. Two forms: `createNodeLauncher` here, and one over Electron's
 * `utilityProcess` in `src/main/electron/` (in a packaged app the RunAsNode fuse is off, so that
 * Electron's binary cannot play Node). That one runs the same `plugin-process.js`, which talks over
 * `process.parentPort` where there is one; each message is one string, as on the pipe.
 */
export interface PluginLauncher {
  /** As isolated as the system can, but for what `profile` allows. */
  launch(profile: LaunchProfile): LaunchedProcess | Promise<LaunchedProcess>;
}
