import { fail, ok, type Result, type TraceRecord } from '#shared';
import { damagedAt, readOrEmpty } from './append-log.ts';
import type { FilesPort } from './files-port.ts';
import { scanLines } from './line-scan.ts';
import { openLineWriter } from './line-writer.ts';
import { parseJson } from './parse-json.ts';

/** The trace on the disk: one JSON object a line and nothing else (plan contract, section 5). */
export interface TraceFile {
  /** `seq` of the last line that was in the file when it was opened; 0 for a new one. */
  readonly lastSeq: number;
  /** In call order, not synced: the journal is what a session is resumed from. */
  write(record: TraceRecord): Promise<Result<void>>;
  /** Brings what was written onto the disk, as at the end of a session. */
  sync(): Promise<Result<void>>;
  close(): Promise<void>;
}

/**
 * Opens a trace at its end, so that numbering goes on after a resume; a torn last line is dropped.
 * A file whose lines are not numbered from 1 without gaps is the failure `session/damaged`: it is
 * left as it is, and the caller sets it aside. Others fail with `shell/read-only`.
 */
export async function openTraceFile(request: {
  readonly files: FilesPort;
  readonly path: string;
}): Promise<Result<TraceFile>> {
  const bytes = await readOrEmpty(request.files, request.path);
  if (!bytes.ok) return bytes;
  let lastSeq = 0;
  const scan = scanLines(bytes.value, (line) => {
    if (seqOf(line) !== lastSeq + 1) return undefined;
    lastSeq += 1;
    return lastSeq;
  });
  if (scan.kind === 'damaged') return fail(damagedAt(request.path, scan.line));
  const writer = await openLineWriter<TraceRecord>({
    ...request,
    length: scan.goodLength,
    syncEach: false,
    encode: (records) => new TextEncoder().encode(records.map(lineOf).join('')),
  });
  if (!writer.ok) return writer;
  return ok({
    lastSeq,
    write: (record) => writer.value.append(record),
    sync: () => writer.value.sync(),
    close: () => writer.value.close(),
  });
}

function lineOf(record: TraceRecord): string {
  return `${JSON.stringify(record)}\n`;
}

function seqOf(line: string): unknown {
  const json = parseJson(line);
  return typeof json === 'object' && json !== null && 'seq' in json ? json.seq : undefined;
}
