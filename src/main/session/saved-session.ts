import path from 'node:path';
import { fail, ok, type Notice, type Result } from '#shared';
import { setAside } from '../state/atomic-file.ts';
import type { FilesPort } from '../state/files-port.ts';
import type { HomePaths } from '../state/home.ts';
import { openTraceFile, type TraceFile } from '../state/trace-file.ts';
import { openJournal, replay, type Journal, type ReplayedSession } from './journal.ts';

/** What a home holds of a session: an unfinished one to resume, or room for a new one. */
export interface SavedSession {
  readonly journal: Journal;
  readonly trace: TraceFile;
  /** Absent where a new session is to begin. */
  readonly unfinished: ReplayedSession | undefined;
  /** What a person is told, where something was damaged. */
  readonly notice: Notice | undefined;
}

/**
 * Opens what a home has saved. A finished session makes room for a new one, and so does an
 * unfinished one with `fresh`. Damaged files are set aside, never deleted, and setup starts over
 * with a notice. Fails with `shell/read-only`.
 */
export async function openSavedSession(options: {
  readonly files: FilesPort;
  readonly home: HomePaths;
  readonly fresh: boolean;
}): Promise<Result<SavedSession>> {
  const { files, home } = options;
  if (options.fresh) await discard(files, home);
  const read = await readSession(files, home);
  if (read.ok) {
    const { journal, trace, session } = read.value;
    if (session === undefined)
      return ok({ journal, trace, unfinished: undefined, notice: undefined });
    if (session.state.finished === undefined) {
      return ok({ journal, trace, unfinished: session, notice: undefined });
    }
    await Promise.all([journal.close(), trace.close()]);
    await discard(files, home);
    return openEmpty(files, home, undefined);
  }
  if (read.failure.code !== 'session/damaged') return read;
  for (const file of [home.journal, home.trace]) {
    // The other one may not be there at all, and is of no use alone.
    if (!(await exists(files, file))) continue;
    const aside = await setAside(files, file);
    if (!aside.ok) return aside;
  }
  const { code, message } = read.failure;
  return openEmpty(files, home, { code, message });
}

interface ReadSession {
  readonly journal: Journal;
  readonly trace: TraceFile;
  readonly session: ReplayedSession | undefined;
}

async function readSession(files: FilesPort, home: HomePaths): Promise<Result<ReadSession>> {
  const journal = await openJournal(files, home.journal);
  if (!journal.ok) return journal;
  const trace = await openTraceFile({ files, path: home.trace });
  if (!trace.ok) {
    await journal.value.close();
    return trace;
  }
  try {
    const session = replay(journal.value.records);
    return ok({ journal: journal.value, trace: trace.value, session });
  } catch (thrown) {
    await Promise.all([journal.value.close(), trace.value.close()]);
    const why = thrown instanceof Error ? thrown.message : String(thrown);
    const message = `${home.journal} cannot be played again: ${why}.`;
    return fail({ code: 'session/damaged', message });
  }
}

async function openEmpty(
  files: FilesPort,
  home: HomePaths,
  notice: Notice | undefined,
): Promise<Result<SavedSession>> {
  const empty = await readSession(files, home);
  if (!empty.ok) return empty;
  const { journal, trace } = empty.value;
  return ok({ journal, trace, unfinished: undefined, notice });
}

/** A session that is over, or not wanted: its trace is kept until the next one is. */
async function discard(files: FilesPort, home: HomePaths): Promise<void> {
  if (await exists(files, home.trace)) await files.rename(home.trace, `${home.trace}.previous`);
  await files.remove(home.journal);
  await files.syncFolder(home.folder);
}

async function exists(files: FilesPort, file: string): Promise<boolean> {
  const names = await files.list(path.dirname(file));
  return names.includes(path.basename(file));
}
