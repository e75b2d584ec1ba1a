import path from 'node:path';
import { fail, ok, type Failure, type Result } from '#shared';
import { isSystemError } from '../../state/files-port.ts';
import { takeHomeLock } from '../../state/home-lock.ts';
import { nodeFiles } from '../../state/node-files.ts';
import { writeFailure } from '../../state/write-failure.ts';
import type { ExecutionJournal, JournalOptions, Recovery } from './execution-journal.ts';
import type { JournalFiles } from './journal-files.ts';
import { createJournalHandle } from './journal-handle.ts';
import { nodeJournalFiles } from './node-journal-files.ts';
import { recoverJournal, type Recovered } from './recover.ts';
import { startWriterThread } from './writer-thread.ts';

/**
 * Opens the journal of a device, or begins one, and takes it for this process. A damaged file is
 * copied to `<name>.damaged`, and what of it is whole is used. Fails with `session/locked`
 * while another process has it, or with `shell/read-only`.
 */
export async function openExecutionJournal(
  options: JournalOptions,
): Promise<Result<ExecutionJournal>> {
  const folder = path.resolve(options.folder);
  try {
    await nodeFiles.makeFolder(folder);
  } catch (thrown) {
    return fail(writeFailure(folder, thrown));
  }
  const lock = takeHomeLock({ folder, locks: folder });
  if (!lock.ok) return lock;
  const recover = (): Result<Recovered> => recoverAndSetAside(nodeJournalFiles, folder);
  const recovered = recover();
  if (!recovered.ok) {
    lock.value();
    return recovered;
  }
  const clock = {
    now: () => performance.now(),
    after: (ms: number, call: () => void) => void setTimeout(call, ms),
    nextTurn: (call: () => void) => void setImmediate(call),
  };
  return ok(
    createJournalHandle({
      ...options,
      folder,
      recovered: recovered.value,
      recoverAgain: recover,
      startWriter: startWriterThread,
      release: lock.value,
      clock,
    }),
  );
}

/**
 * Reads a journal and changes nothing, also while its process writes on. An empty one where there is
 * no such folder. Fails with `shell/read-only` where it cannot be read.
 */
export function readExecutionJournal(folder: string): Promise<Result<Recovery>> {
  return Promise.resolve(read(folder));
}

/** A segment may vanish between two looks, when a snapshot takes its place. */
const LOOKS = 3;

function read(folder: string): Result<Recovery> {
  try {
    for (let look = 1; ; look += 1) {
      const { recovery } = recoverJournal(nodeJournalFiles, folder);
      if (recovery.setAside.length === 0 || look === LOOKS) return ok(recovery);
    }
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return ok({ executions: [], setAside: [] });
    return fail(cannotRead(folder, thrown));
  }
}

function cannotRead(folder: string, thrown: unknown): Failure {
  if (!isSystemError(thrown)) throw thrown;
  const message = `The journal ${folder} cannot be read (${thrown.code}).`;
  return { code: 'shell/read-only', message };
}

/** Recovers, and keeps a copy of each damaged file, since it goes when a newer snapshot is there. */
function recoverAndSetAside(files: JournalFiles, folder: string): Result<Recovered> {
  try {
    const recovered = recoverJournal(files, folder);
    const names = new Set(files.list(folder));
    const setAside = recovered.recovery.setAside.map(({ file, reason }) => {
      if (!names.has(file)) return { file, reason };
      const copy = `${file}.damaged`;
      // At a second start the copy is of the same bytes: nothing is written behind damage.
      if (!names.has(copy)) copyBestEffort(files, path.join(folder, file), path.join(folder, copy));
      return { file: copy, reason };
    });
    return ok({ ...recovered, recovery: { ...recovered.recovery, setAside } });
  } catch (thrown) {
    return fail(writeFailure(folder, thrown));
  }
}

/** On a full disk there is no copy, and the setup goes on all the same. */
function copyBestEffort(files: JournalFiles, from: string, to: string): void {
  try {
    const bytes = files.read(from);
    const file = files.open(to);
    try {
      file.write(bytes, 0);
      file.sync();
    } finally {
      file.close();
    }
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
  }
}
