import type { Readable } from 'node:stream';
import { failureOfProblem, failureOfReader, givenUp, type FileFailure } from './file-failures.ts';
import {
  READER_MARK,
  type LaunchedReader,
  type ReaderLauncher,
  type ReaderWord,
  type ReadJob,
  type ReadProblem,
} from './file-reader.ts';
import {
  BodyError,
  type ObjectSource,
  type OpenAnswer,
  type OpenRequest,
} from './object-source.ts';
import type { FilePlace } from './place.ts';

/**
 * Folders: a local disk, a mounted share, a USB stick. Each file is read by a process of its own. A
 * read from a share that hangs cannot be called off from within: it would hold a thread of the pool
 * that the session's files need, and even keep this process from ending. Another process can be
 * left to its fate.
 *
 * A tag is `{size}-{mtime in ns}-{inode}`. The process lives until the body has been read or left, or
 * the signal says so.
 */
export function createFileSource(options: {
  readonly launcher: ReaderLauncher;
}): ObjectSource<FilePlace> {
  return {
    open: async (request) => {
      const { place, signal } = request;
      if (signal.aborted) return { ok: false, ...givenUp(place.path) };
      const reader = start(options.launcher, request);
      if ('failure' in reader) return { ok: false, ...reader };
      const answer = await follow(reader, request);
      return 'failure' in answer ? { ok: false, ...answer } : { ok: true, value: answer };
    },
  };
}

function start(
  launcher: ReaderLauncher,
  request: OpenRequest<FilePlace>,
): LaunchedReader | FileFailure {
  try {
    return launcher.launch(JSON.stringify(jobOf(request)));
  } catch (thrown) {
    // No memory, no processes left: like a share that is gone, that may pass.
    const reason = thrown instanceof Error ? thrown.message : String(thrown);
    return failureOfReader(request.place.path, reason);
  }
}

function jobOf({ place, maxBytes, unlessTag, from }: OpenRequest<FilePlace>): ReadJob {
  return {
    root: place.root,
    path: place.path,
    isMount: place.share !== undefined,
    maxBytes,
    ...(unlessTag === undefined ? {} : { unlessTag }),
    ...(from === undefined ? {} : { from }),
  };
}

/** Waits for the head. Whatever comes of it, the process is killed in the end. */
async function follow(
  reader: LaunchedReader,
  { place, maxBytes, signal }: OpenRequest<FilePlace>,
): Promise<OpenAnswer | FileFailure> {
  const { stdout, stderr, ended } = reader;
  // Its end tells, not a broken pipe.
  for (const stream of [stdout, stderr]) stream.on('error', () => undefined);
  const words = wordsOf(stderr);
  const abort = (): void => reader.kill();
  signal.addEventListener('abort', abort);
  const stop = (): void => {
    signal.removeEventListener('abort', abort);
    reader.kill();
  };

  /** What it means that neither a head nor the regular end has come. */
  const failureOf = async (word: ReaderWord | undefined): Promise<FileFailure> => {
    if (signal.aborted) return givenUp(place.path);
    if (word !== undefined && isProblem(word)) return failureOfProblem(word, { place, maxBytes });
    return failureOfReader(place.path, await ended);
  };

  async function* body(bytes: number): AsyncGenerator<Uint8Array> {
    let left = bytes;
    const last = nextOf(words);
    // Bytes of a file that turned out bad are of no use.
    void last.then((word) => {
      if (word?.kind !== 'end') stdout.destroy();
    });
    const pieces: AsyncIterator<Uint8Array> = stdout[Symbol.asyncIterator]();
    try {
      while (left > 0) {
        const piece = await nextOf(pieces);
        if (piece === undefined) break;
        left -= piece.length;
        yield piece;
      }
      const word = await last;
      if (left === 0 && word?.kind === 'end' && !signal.aborted) return;
      const { failure, mayPass } = await failureOf(word);
      throw new BodyError(failure, mayPass);
    } finally {
      stop();
    }
  }

  const word = await nextOf(words);
  if (word?.kind === 'head' && !signal.aborted) {
    const { offset, total, tag } = word;
    return { kind: 'body', offset, total, tag, body: body(total - offset) };
  }
  const answer = word?.kind === 'unchanged' ? word : await failureOf(word);
  stop();
  return answer;
}

function isProblem(word: ReaderWord): word is ReadProblem {
  return word.kind !== 'head' && word.kind !== 'end' && word.kind !== 'unchanged';
}

/** The words of a reading process. Whatever else is written there is not for us. */
async function* wordsOf(stderr: Readable): AsyncGenerator<ReaderWord> {
  stderr.setEncoding('utf8');
  let rest = '';
  for await (const text of stderr as AsyncIterable<string>) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      if (line.startsWith(READER_MARK))
        yield JSON.parse(line.slice(READER_MARK.length)) as ReaderWord;
    }
  }
}

/** `undefined` at the end, however it came: what it means is asked elsewhere. */
async function nextOf<T>(items: AsyncIterator<T>): Promise<T | undefined> {
  try {
    const next = await items.next();
    return next.done === true ? undefined : next.value;
  } catch {
    return undefined;
  }
}
