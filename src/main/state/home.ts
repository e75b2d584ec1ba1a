import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import type { FilesPort } from './files-port.ts';
import { takeHomeLock } from './home-lock.ts';
import { writeFailure } from './write-failure.ts';

/** Where everything of one device lies. Two homes know nothing of each other. Absolute paths. */
export interface HomePaths {
  readonly folder: string;
  /** Inputs of the session, an append log. */
  readonly journal: string;
  readonly trace: string;
  /** Accepted plans as `<digest>.toml`. */
  readonly plans: string;
  /** Which plan is accepted. */
  readonly accepted: string;
  /** There while a plugin of a plan on trial is acting. */
  readonly acting: string;
  /** Signed metadata of the plan repository, as it was last verified. */
  readonly trustedMetadata: string;
  /** What was decided of flags. */
  readonly flags: string;
  /** Unpacked plugin archives. */
  readonly pluginCache: string;
  /** Plugin archives that are being fetched. */
  readonly downloads: string;
  /** What plugins keep, a folder each. */
  readonly pluginStorage: string;
  /** Files that plugins keep, a folder for each that asks for one. */
  readonly pluginData: string;
  /** Journal of all executions: segments and snapshots. */
  readonly executionJournal: string;
  /** Captured output, a file per execution. */
  readonly executionLogs: string;
  /** The device's random id. */
  readonly device: string;
  /** What simulated provisioning applied. */
  readonly deviceSettings: string;
  readonly log: string;
  /** Files of the processes that use, or used, this home. */
  readonly locks: string;
}

/** The layout of a home folder. */
export function homePaths(folder: string): HomePaths {
  const inHome = (...names: readonly string[]): string => path.join(folder, ...names);
  return {
    folder,
    journal: inHome('session.jsonl'),
    trace: inHome('trace.jsonl'),
    plans: inHome('plans'),
    accepted: inHome('accepted.json'),
    acting: inHome('acting.json'),
    trustedMetadata: inHome('trusted-metadata.json'),
    flags: inHome('flags.json'),
    pluginCache: inHome('cache', 'plugins'),
    downloads: inHome('cache', 'downloads'),
    pluginStorage: inHome('storage'),
    pluginData: inHome('plugin-data'),
    executionJournal: inHome('executions', 'journal'),
    executionLogs: inHome('executions', 'logs'),
    device: inHome('device.json'),
    deviceSettings: inHome('device-settings.json'),
    log: inHome('firstlight.log'),
    locks: inHome('locks'),
  };
}

/** What of the machine decides where a home is. */
export interface Surroundings {
  readonly env: { readonly [name: string]: string | undefined };
  readonly platform: NodeJS.Platform;
  readonly userFolder: string;
  readonly workingFolder: string;
}

/**
 * The home folder: `--home` before `FIRSTLIGHT_HOME` before the platform's folder for state
 * (plan contract, section 5). An empty value counts as none, as in the XDG rules; a relative one
 * is taken from the working folder.
 */
export function resolveHome(option: string | undefined, around: Surroundings): string {
  const chosen = given(option) ?? given(around.env.FIRSTLIGHT_HOME);
  if (chosen !== undefined) return path.resolve(around.workingFolder, chosen);
  switch (around.platform) {
    case 'darwin':
      return path.join(around.userFolder, 'Library', 'Application Support', 'Firstlight');
    case 'win32':
      return path.join(
        given(around.env.LOCALAPPDATA) ?? path.join(around.userFolder, 'AppData', 'Local'),
        'Firstlight',
      );
    default: {
      const state = given(around.env.XDG_STATE_HOME);
      // The XDG rules call a relative path invalid, to be ignored.
      const base = state !== undefined && path.isAbsolute(state) ? state : undefined;
      return path.join(base ?? path.join(around.userFolder, '.local', 'state'), 'firstlight');
    }
  }
}

/** A home that this process alone may write to. */
export interface Home {
  readonly paths: HomePaths;
  /** Lets the next process have it. Also done when this one ends. */
  readonly release: () => void;
}

/**
 * Creates what is missing of the home, for its owner alone, and takes it. Fails with
 * `shell/read-only` or `session/locked`, each naming the folder.
 */
export async function openHome(files: FilesPort, folder: string): Promise<Result<Home>> {
  const paths = homePaths(path.resolve(folder));
  try {
    for (const made of [paths.folder, paths.locks, paths.plans]) await files.makeFolder(made);
    for (const made of [paths.pluginCache, paths.downloads]) await files.makeFolder(made);
    await files.makeFolder(paths.pluginStorage);
  } catch (thrown) {
    return fail(writeFailure(paths.folder, thrown));
  }
  const lock = takeHomeLock(paths);
  return lock.ok ? ok({ paths, release: lock.value }) : lock;
}

function given(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
