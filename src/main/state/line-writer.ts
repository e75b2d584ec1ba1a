import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import { isSystemError, type FilesPort, type OpenFile } from './files-port.ts';
import { writeFailure } from './write-failure.ts';

/** Appends to a file of lines. A failure is `shell/read-only`, and nothing of that write remains. */
export interface LineWriter<T> {
  /** Resolves when the value is written (and synced, where the writer syncs), in call order. */
  append(value: T): Promise<Result<void>>;
  /** Brings all that was appended so far onto the disk. */
  sync(): Promise<Result<void>>;
  /** Writes what is still waiting, then closes. Appending afterwards is a bug. */
  close(): Promise<void>;
}

interface Waiting<T> {
  readonly value: T;
  readonly settle: (result: Result<void>) => void;
  readonly reject: (bug: unknown) => void;
}

/**
 * Opens a file for appending after its first `length` bytes; what follows them, a torn line, is cut
 * off. Values that arrive while a write is under way share the next one: `encode` gets them all, in
 * call order, and `written` hears that its bytes are in place, before anybody is told.
 */
export async function openLineWriter<T>(request: {
  readonly files: FilesPort;
  readonly path: string;
  readonly length: number;
  readonly syncEach: boolean;
  readonly encode: (values: readonly T[]) => Uint8Array;
  readonly written?: () => void;
}): Promise<Result<LineWriter<T>>> {
  const { files, encode } = request;
  const folder = path.dirname(request.path);
  let file: OpenFile;
  try {
    file = await files.open(request.path, { how: 'append', permissions: 0o600 });
    await file.truncate(request.length);
    await file.sync();
    // The file itself may be new: without its entry, synced lines are lost with it.
    await files.syncFolder(folder);
  } catch (thrown) {
    return fail(writeFailure(folder, thrown));
  }

  let length = request.length;
  let waiting: Waiting<T>[] = [];
  let writing: Promise<void> | undefined;
  /** Bytes of a failed write may stand at the end: they go before anything else is written. */
  let isClean = true;

  async function writeLine(values: readonly T[]): Promise<Result<void>> {
    const bytes = encode(values);
    try {
      if (!isClean) await file.truncate(length);
      isClean = false;
      await file.write(bytes);
      if (request.syncEach) await file.sync();
      isClean = true;
    } catch (thrown) {
      const failure = writeFailure(folder, thrown);
      // At once, so that a reader of the file meets no torn line; again before the next write.
      await file.truncate(length).then(markClean, ignoreSystemError);
      return fail(failure);
    }
    length += bytes.length;
    request.written?.();
    return ok(undefined);
  }

  function markClean(): void {
    isClean = true;
  }

  async function writeAll(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const result = await writeLine(batch.map(({ value }) => value));
        for (const { settle } of batch) settle(result);
      } catch (bug) {
        // Such as a value that has no JSON. Nobody may wait for ever because of it.
        for (const { reject } of batch) reject(bug);
      }
    }
    writing = undefined;
  }

  return ok({
    append: (value) =>
      new Promise((settle, reject) => {
        waiting.push({ value, settle, reject });
        writing ??= writeAll();
      }),
    sync: async () => {
      await writing;
      try {
        await file.sync();
        return ok(undefined);
      } catch (thrown) {
        return fail(writeFailure(folder, thrown));
      }
    },
    close: async () => {
      await writing;
      await file.close();
    },
  });
}

function ignoreSystemError(thrown: unknown): void {
  if (!isSystemError(thrown)) throw thrown;
}
