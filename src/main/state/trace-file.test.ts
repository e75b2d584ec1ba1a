import { describe, expect, it } from 'vitest';
import type { TraceRecord } from '#shared';
import type { FilesPort } from './files-port.ts';
import { unsyncedFiles } from './testing/unsynced-files.test-support.ts';
import { openTraceFile, type TraceFile } from './trace-file.ts';

const TRACE = '/home/trace.jsonl';

function record(seq: number): TraceRecord {
  const time = '2026-01-01T00:00:00.000Z';
  return { seq, time, type: 'plugin.completed', plugin: 'howto', outcome: 'completed' };
}

async function open(files: FilesPort): Promise<TraceFile> {
  const trace = await openTraceFile({ files, path: TRACE });
  if (!trace.ok) throw new Error(trace.failure.message);
  return trace.value;
}

async function diskWith(text: string): Promise<FilesPort> {
  const files = unsyncedFiles();
  const file = await files.open(TRACE, { how: 'replace', permissions: 0o600 });
  await file.write(Buffer.from(text));
  return files;
}

async function textOf(files: FilesPort): Promise<string> {
  return Buffer.from(await files.read(TRACE)).toString();
}

const line = (seq: number): string => `${JSON.stringify(record(seq))}\n`;

describe('trace file', () => {
  it('holds exactly the JSON of each record, one a line', async () => {
    const files = unsyncedFiles();
    const trace = await open(files);
    await Promise.all([1, 2, 3].map((seq) => trace.write(record(seq))));
    await trace.close();
    expect(await textOf(files)).toBe(line(1) + line(2) + line(3));
  });

  it('says where numbering goes on', async () => {
    const trace = await open(await diskWith(line(1) + line(2)));
    expect(trace.lastSeq).toBe(2);
  });

  it('drops a torn last line', async () => {
    const files = await diskWith(line(1) + line(2).slice(0, 20));
    const trace = await open(files);
    expect(trace.lastSeq).toBe(1);
    await trace.write(record(2));
    expect(await textOf(files)).toBe(line(1) + line(2));
  });

  it('finds a gap in the numbers', async () => {
    const files = await diskWith(line(1) + line(3) + line(4));
    expect(await openTraceFile({ files, path: TRACE })).toEqual({
      ok: false,
      failure: { code: 'session/damaged', message: `${TRACE} is damaged at line 2.` },
    });
  });

  it('is on the disk after a sync, and need not be before', async () => {
    const disk = unsyncedFiles();
    const trace = await open(disk);
    await trace.write(record(1));
    expect(await textOf(disk.powerCut(() => 0))).toBe('');
    await trace.sync();
    expect(await textOf(disk.powerCut(() => 0))).toBe(line(1));
  });
});
