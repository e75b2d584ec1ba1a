/** Reads one file that may lie on a share that hangs. Never rejects. */
export type PlanReader = (request: ReadRequest) => Promise<ReadOutcome>;

export interface ReadRequest extends ReadJob {
  /** Ends the read at once, however deep it hangs. */
  readonly signal: AbortSignal;
  readonly onProgress: (done: number, total: number) => void;
}

/** What to read. Plain data: it is handed to another process. */
export interface ReadJob {
  /** The folder that must be there for the file to be called missing. */
  readonly root: string;
  readonly file: string;
  readonly maxBytes: number;
}

export type ReadOutcome =
  | { readonly kind: 'read'; readonly bytes: Uint8Array }
  | ReadProblem
  | { readonly kind: 'aborted' };

export type ReadProblem =
  /** The system's error `code`; `where` says whether the root or the file gave it. */
  | { readonly kind: 'refused'; readonly where: 'root' | 'file'; readonly code: string }
  | { readonly kind: 'not-a-file' }
  | { readonly kind: 'too-large' }
  /** Somebody wrote to it meanwhile: it may be half of one plan and half of another. */
  | { readonly kind: 'changed' };

/** What the reading process says: sizes and pieces, then one end. */
export type ReaderMessage =
  | { readonly kind: 'size'; readonly total: number }
  | { readonly kind: 'piece'; readonly bytes: Uint8Array }
  | { readonly kind: 'end' }
  | ReadProblem;
