import { closeSync, constants, fstatSync, openSync, readSync, statSync } from 'node:fs';
import type { ReaderMessage, ReadJob, ReadProblem } from './plan-reader.ts';

// Run as a process of its own with a `ReadJob` as its argument. Synchronous: this process has
// nothing else to do, and whoever waits for it kills it when that takes too long.

const PIECE_BYTES = 64 * 1024;

function say(message: ReaderMessage): void {
  process.send?.(message);
}

/** Says `size` and `piece` on the way; the result is what is said last. */
function read(job: ReadJob): ReadProblem | { readonly kind: 'end' } {
  const root = attempt('root', () => statSync(job.root));
  if ('kind' in root) return root;
  if (!root.value.isDirectory()) return { kind: 'refused', where: 'root', code: 'ENOTDIR' };
  // Not blocking: opening a pipe would wait for a writer. Windows has no such flag.
  const flags = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);
  const opened = attempt('file', () => openSync(job.file, flags));
  if ('kind' in opened) return opened;
  const done = attempt('file', () => readOpen(opened.value, job.maxBytes));
  closeSync(opened.value);
  return 'kind' in done ? done : done.value;
}

function readOpen(file: number, maxBytes: number): ReadProblem | { readonly kind: 'end' } {
  const before = fstatSync(file);
  if (!before.isFile()) return { kind: 'not-a-file' };
  if (before.size > maxBytes) return { kind: 'too-large' };
  say({ kind: 'size', total: before.size });
  // The size may be a lie, or grow: what counts is what comes.
  let done = 0;
  for (;;) {
    const piece = new Uint8Array(PIECE_BYTES);
    const length = readSync(file, piece);
    if (length === 0) break;
    done += length;
    if (done > maxBytes) return { kind: 'too-large' };
    say({ kind: 'piece', bytes: piece.slice(0, length) });
  }
  const after = fstatSync(file);
  const isSame = after.size === done && after.mtimeMs === before.mtimeMs;
  return isSame ? { kind: 'end' } : { kind: 'changed' };
}

function attempt<T>(where: 'root' | 'file', call: () => T): { readonly value: T } | ReadProblem {
  try {
    return { value: call() };
  } catch (thrown) {
    if (thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string') {
      return { kind: 'refused', where, code: thrown.code };
    }
    throw thrown;
  }
}

say(read(JSON.parse(process.argv[2] ?? '') as ReadJob));
