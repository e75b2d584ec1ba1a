import type { Readable } from 'node:stream';

/** What to read. Plain data: it is handed to another process as its last argument. */
export interface ReadJob {
  /** The folder that must be there for the file to be called missing. */
  readonly root: string;
  readonly path: string;
  /** Is a share to be mounted at the root? An empty folder there is told from a missing file then. */
  readonly isMount: boolean;
  readonly maxBytes: number;
  readonly unlessTag?: string;
  readonly from?: { readonly bytes: number; readonly tag: string };
}

/**
 * What the reading process says on its standard error, one JSON text a line: a head, then an end or
 * a problem; or only a problem or `unchanged`. The bytes go to its standard output, never more of
 * them than the head announces.
 */
export type ReaderWord =
  | { readonly kind: 'unchanged' }
  | {
      readonly kind: 'head';
      readonly offset: number;
      /** Size of the whole file. */
      readonly total: number;
      readonly tag: string;
    }
  | { readonly kind: 'end' }
  | ReadProblem;

export type ReadProblem =
  /** The system's error `code`; `where` says whether the root or the file gave it. */
  | { readonly kind: 'refused'; readonly where: 'root' | 'file'; readonly code: string }
  /** The file is missing, and the folder where its share should be mounted is bare. */
  | { readonly kind: 'not-mounted' }
  | { readonly kind: 'not-a-file' }
  | { readonly kind: 'too-large' }
  /** Somebody wrote to it meanwhile: it may be half of one file and half of another. */
  | { readonly kind: 'changed' };

/** Begins each line of the reading process, so that nothing else on its standard error is taken for one. */
export const READER_MARK = 'firstlight-reader ';

/**
 * Starts reading processes. Two forms: `createNodeReaderLauncher` here, and one over Electron's
 * `utilityProcess` in `src/main/electron/`, since Electron's binary cannot play Node in a packaged app.
 */
export interface ReaderLauncher {
  /** `job` is a `ReadJob` as JSON. May throw what the system says. */
  launch(job: string): LaunchedReader;
}

export interface LaunchedReader {
  readonly stdout: Readable;
  readonly stderr: Readable;
  /** How it ended, in a word: an exit code, a signal, why it could not be started. Never rejects. */
  readonly ended: Promise<string>;
  /**
   * Kills it at once and forgets it: what hangs in the kernel does not die of that yet, and must not
   * hold anybody back. The output ends and `ended` resolves. May be called again.
   */
  kill(): void;
}
