import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withOwnFolder } from '../clean-environment.ts';
import { appFiles } from './app-files.ts';
import { bubblewrapArguments, SANDBOX_TEMPORARY } from './bubblewrap-arguments.ts';
import type { LaunchProfile } from './launch-profile.ts';
import { permissionFlags } from './permission-flags.ts';
import { probeBubblewrap } from './probe-bubblewrap.ts';
import { systemPaths } from './system-paths.ts';

/**
 * How far a plugin's process is kept apart: `bubblewrap` with Node's permission flag in it, the flag
 * alone, or the clean environment alone. What is asked for is the most that may be used; where
 * bubblewrap does not work, the flag alone is.
 */
export type Isolation = 'bubblewrap' | 'permission' | 'none';

/** How to start a program apart from the others. */
export interface IsolatedCommand {
  readonly command: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
  /** It runs inside another program, whose end tells of a signal by an exit code. */
  readonly isWrapped: boolean;
  /** Removes what was made for it, after its end. */
  dispose(): void;
}

/** Makes commands of one entry. */
export interface Isolator {
  isolate(profile: LaunchProfile, args: readonly string[]): Promise<IsolatedCommand>;
}

/**
 * A signal to the group must reach the plugin and not end the sandbox around it, which would leave
 * the plugin no moment to clean up: what is ignored when `bwrap` starts stays so, and Node takes
 * its own default again.
 */
const DEAF_TO_SIGTERM = ['-c', 'trap "" TERM; exec "$@"', 'sh'] as const;

/** Decides once how processes of `entry` are isolated, and how each is started. */
export function createIsolator(request: {
  readonly entry: string;
  readonly env: Record<string, string>;
  readonly isolation: Isolation;
}): Isolator {
  const { entry, env, isolation } = request;
  const node = process.execPath;
  const program = [node, ...appFiles(entry)];
  const system = systemPaths();
  const known = process.allowedNodeEnvironmentFlags;
  // Begun now: the first plugin will not have to wait for it.
  const probed = isolation === 'bubblewrap' ? probeBubblewrap() : undefined;

  return {
    async isolate(profile, args) {
      if (isolation === 'none') {
        return { command: node, args, env, isWrapped: false, dispose: () => undefined };
      }
      const isSandboxed = (await probed)?.works === true;
      const temporary = isSandboxed ? SANDBOX_TEMPORARY : makeTemporary();
      const flags = permissionFlags({ known, profile, system, program, temporary });
      const own = { env: withOwnFolder(env, temporary), isWrapped: isSandboxed };
      if (!isSandboxed) {
        const dispose = () => rmSync(temporary, { recursive: true, force: true });
        return { command: node, args: [...flags, ...args], ...own, dispose };
      }
      const sandbox = bubblewrapArguments({ profile, system, program });
      return {
        command: '/bin/sh',
        args: [...DEAF_TO_SIGTERM, 'bwrap', ...sandbox, node, ...flags, ...args],
        ...own,
        dispose: () => undefined,
      };
    },
  };
}

function makeTemporary(): string {
  return mkdtempSync(path.join(tmpdir(), 'firstlight-plugin-'));
}
