import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import path from 'node:path';

/** The captured output of executions, each apart from the others'. */
export interface ExecutionLogs {
  /** Takes lines in; they are in the file a moment later. */
  write(executionId: string, text: string): void;
  /** The last MiB at most; empty where nothing was written. */
  read(executionId: string): Promise<string>;
  remove(executionId: string): void;
  /** Resolves when everything taken in is written. */
  flush(): Promise<void>;
}

/** The most that is kept of one execution, in bytes. */
const MOST = 1024 * 1024;
const FLUSH_MS = 100;

/**
 * Logs as files of their own in a folder. They are not synced: what a power cut takes of a log is the
 * last moment, and nothing is decided by it. A full file becomes `.1`, so that the end is always there.
 */
export function createExecutionLogs(folder: string): ExecutionLogs {
  const waiting = new Map<string, string[]>();
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  const fileOf = (id: string): string => path.join(folder, `${id}.log`);

  function flush(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const batch = [...waiting];
    waiting.clear();
    writing = writing.then(async () => {
      for (const [id, texts] of batch) await append(id, texts.join(''));
    });
    return writing;
  }

  async function append(id: string, text: string): Promise<void> {
    const file = fileOf(id);
    try {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const handle = await open(file, 'a', 0o600);
      try {
        await handle.write(text);
        const { size } = await handle.stat();
        if (size > MOST) await rename(file, `${file}.1`);
      } finally {
        await handle.close();
      }
    } catch {
      // A disk that takes no log must not stop the work; the journal says what is wrong with it.
    }
  }

  return {
    write(id, text) {
      const texts = waiting.get(id);
      if (texts === undefined) waiting.set(id, [text]);
      else texts.push(text);
      timer ??= setTimeout(() => void flush(), FLUSH_MS);
    },
    async read(id) {
      await flush();
      const parts = await Promise.all([`${fileOf(id)}.1`, fileOf(id)].map(readOrNothing));
      return Buffer.concat(parts).subarray(-MOST).toString('utf8');
    },
    remove(id) {
      waiting.delete(id);
      writing = writing.then(async () => {
        await Promise.all([`${fileOf(id)}.1`, fileOf(id)].map((file) => rm(file, { force: true })));
      });
    },
    flush,
  };
}

async function readOrNothing(file: string): Promise<Buffer> {
  try {
    return await readFile(file);
  } catch {
    return Buffer.alloc(0);
  }
}
