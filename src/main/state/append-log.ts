import { createHash } from 'node:crypto';
import path from 'node:path';
import { fail, ok, type Failure, type Result } from '#shared';
import { isSystemError, type FilesPort } from './files-port.ts';
import { scanLines } from './line-scan.ts';
import { openLineWriter } from './line-writer.ts';
import { parseJson } from './parse-json.ts';
import { writeFailure } from './write-failure.ts';

/** An append-only log of records that survives a power cut: the session's journal. */
export interface AppendLog<T> {
  /** What was in the file when it was opened, in the order of appending. */
  readonly records: readonly T[];
  /**
   * Resolves when the record is on the disk: only then may it be acted on. Failures are
   * `shell/read-only`; the record is then not in the log, and the next may be tried.
   */
  append(record: T): Promise<Result<void>>;
  close(): Promise<void>;
}

/**
 * Opens or creates a log. A torn last record is dropped: it was never acknowledged. Damage before it
 * is the failure `session/damaged`, the file is left as it is, and the caller sets it aside.
 * `decode` turns JSON into a record, or `undefined` for what cannot be one, which is damage too.
 *
 * A line is `{"sum":"<16 hex>","records":[...]}`. The sum covers the bytes of `records` and the sum
 * of the line before, so a line that was changed, lost, doubled or moved is found. Records that were
 * appended while a sync was under way share a line, hence a sync, and survive or vanish together.
 */
export async function openAppendLog<T>(request: {
  readonly files: FilesPort;
  readonly path: string;
  readonly decode: (json: unknown) => T | undefined;
}): Promise<Result<AppendLog<T>>> {
  const { files } = request;
  const bytes = await readOrEmpty(files, request.path);
  if (!bytes.ok) return bytes;

  let lastSum = '';
  const scan = scanLines(bytes.value, (line) => {
    const checked = checkLine(line, lastSum);
    if (checked !== undefined) lastSum = checked.sum;
    return checked?.json;
  });
  if (scan.kind === 'damaged') return fail(damagedAt(request.path, scan.line));
  const records: T[] = [];
  for (const [index, batch] of scan.values.entries()) {
    const decoded = batch.map(request.decode).filter((record) => record !== undefined);
    // Its sum is right, so it was written like this: not torn, even if it is the last.
    if (decoded.length < batch.length) return fail(damagedAt(request.path, index + 1));
    records.push(...decoded);
  }

  let nextSum = lastSum;
  const writer = await openLineWriter<T>({
    files,
    path: request.path,
    length: scan.goodLength,
    syncEach: true,
    encode: (batch) => {
      const body = JSON.stringify(batch);
      nextSum = sumOf(lastSum, body);
      return new TextEncoder().encode(`${HEAD}${nextSum}${MIDDLE}${body}${TAIL}\n`);
    },
    // Only now: after a failed write, the next line follows the one before it.
    written: () => (lastSum = nextSum),
  });
  if (!writer.ok) return writer;
  return ok({
    records,
    append: (record) => writer.value.append(record),
    close: () => writer.value.close(),
  });
}

/** The failure of a file of lines that holds something no power cut could have left. */
export function damagedAt(file: string, line: number): Failure {
  return { code: 'session/damaged', message: `${file} is damaged at line ${line}.` };
}

/** The bytes of a file of lines; none where there is no file. Fails with `shell/read-only`. */
export async function readOrEmpty(files: FilesPort, file: string): Promise<Result<Uint8Array>> {
  try {
    return ok(await files.read(file));
  } catch (thrown) {
    if (isSystemError(thrown, 'ENOENT')) return ok(new Uint8Array());
    return fail(writeFailure(path.dirname(file), thrown));
  }
}

const HEAD = '{"sum":"';
const MIDDLE = '","records":';
const TAIL = '}';
const SUM_LENGTH = 16;

/** 64 bits of SHA-256: enough to find accidents, and it is fast where it is in the hardware. */
function sumOf(previous: string, body: string): string {
  return createHash('sha256').update(previous).update(body).digest('hex').slice(0, SUM_LENGTH);
}

/** A line as it was written, or `undefined`. */
function checkLine(
  line: string,
  previous: string,
): { readonly sum: string; readonly json: readonly unknown[] } | undefined {
  // By position, not by parsing: the sum is over the very bytes, and another spelling is not ours.
  const sum = line.slice(HEAD.length, HEAD.length + SUM_LENGTH);
  const body = line.slice(HEAD.length + SUM_LENGTH + MIDDLE.length, -TAIL.length);
  if (line !== `${HEAD}${sum}${MIDDLE}${body}${TAIL}` || sum !== sumOf(previous, body)) {
    return undefined;
  }
  const json = parseJson(body);
  return Array.isArray(json) ? { sum, json } : undefined;
}
