import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  opendirSync,
  readSync,
  statSync,
  writeSync,
} from 'node:fs';
import { READER_MARK, type ReaderWord, type ReadJob, type ReadProblem } from './file-reader.ts';

// Run as a process of its own with a `ReadJob` as its last argument. Synchronous: this process has
// nothing else to do, a full pipe is meant to hold it back, and whoever waits for it kills it when
// that takes too long.

const PIECE_BYTES = 128 * 1024;
/** Whoever reads us kills us when all has come. These are for when there is nobody any more. */
const LINGER_MS = 30_000;
const ORPHAN_CHECK_MS = 250;
const STDOUT = 1;
const STDERR = 2;

/** A line of its own, whatever else was written there before. */
function say(word: ReaderWord): void {
  writeAll(STDERR, Buffer.from(`\n${READER_MARK}${JSON.stringify(word)}\n`));
}

/** Says the head and sends the bytes on the way; the result is what is said last. */
function read(job: ReadJob): ReaderWord {
  const { root, path } = job;
  const base = attempt('root', () => statSync(root));
  if ('kind' in base) return base;
  // A place may be a single file, with nothing above it that could be missing.
  if (path !== root && !base.value.isDirectory())
    return { kind: 'refused', where: 'root', code: 'ENOTDIR' };
  // Not blocking: opening a pipe would wait for a writer. Windows has no such flag.
  const flags = constants.O_RDONLY | (process.platform === 'win32' ? 0 : constants.O_NONBLOCK);
  const opened = attempt('file', () => openSync(path, flags));
  if ('kind' in opened) return closerLook(opened, job);
  const done = attempt('file', () => readOpen(opened.value, job));
  closeSync(opened.value);
  return 'kind' in done ? done : done.value;
}

function readOpen(file: number, job: ReadJob): ReaderWord {
  const before = fstatSync(file, { bigint: true });
  if (!before.isFile()) return { kind: 'not-a-file' };
  const tag = `${before.size}-${before.mtimeNs}-${before.ino}`;
  if (tag === job.unlessTag) return { kind: 'unchanged' };
  const total = Number(before.size);
  if (total > job.maxBytes) return { kind: 'too-large' };
  const { from } = job;
  const offset = from?.tag === tag && from.bytes <= total ? from.bytes : 0;
  say({ kind: 'head', offset, total, tag });
  const piece = Buffer.allocUnsafe(PIECE_BYTES);
  let done = offset;
  // The size may be a lie, or grow: what comes beyond it is counted up to the limit, and not sent.
  for (;;) {
    const length = readSync(file, piece, 0, PIECE_BYTES, done);
    if (length === 0) break;
    if (done < total) writeAll(STDOUT, piece.subarray(0, Math.min(length, total - done)));
    done += length;
    if (done > job.maxBytes) return { kind: 'too-large' };
  }
  const after = fstatSync(file, { bigint: true });
  const isSame = done === total && after.size === before.size && after.mtimeNs === before.mtimeNs;
  return isSame ? { kind: 'end' } : { kind: 'changed' };
}

/** Sockets cannot even be opened, and where nothing is mounted no file is missing. */
function closerLook(problem: ReadProblem, { root, isMount }: ReadJob): ReadProblem {
  if (problem.kind !== 'refused') return problem;
  if (problem.code === 'ENXIO' || problem.code === 'EISDIR') return { kind: 'not-a-file' };
  const isUnmounted = isMount && problem.code === 'ENOENT' && isBare(root);
  return isUnmounted ? { kind: 'not-mounted' } : problem;
}

/** Is this a folder that waits for a mount: empty, and of the same file system as what is above it? */
function isBare(root: string): boolean {
  if (process.platform === 'win32') return false;
  try {
    const [here, above] = [statSync(root), statSync(`${root}/..`)];
    if (here.dev !== above.dev || here.ino === above.ino) return false;
    const folder = opendirSync(root);
    const first = folder.readSync();
    folder.closeSync();
    return first === null;
  } catch {
    return false;
  }
}

function attempt<T>(where: 'root' | 'file', call: () => T): { readonly value: T } | ReadProblem {
  try {
    return { value: call() };
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === undefined || isOutput(thrown)) throw thrown;
    return { kind: 'refused', where, code };
  }
}

function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}

/** Did writing to whoever reads us fail? Then there is nobody to tell. */
function isOutput(thrown: unknown): boolean {
  return thrown instanceof Error && 'syscall' in thrown && thrown.syscall === 'write';
}

function writeAll(pipe: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(pipe, bytes, at);
    } catch (thrown) {
      // A pipe that was made not to block, as some launchers do, is full.
      if (codeOf(thrown) !== 'EAGAIN') throw thrown;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

const parent = process.ppid;
say(read(JSON.parse(process.argv.at(-1) ?? '') as ReadJob));
// Electron forgets what is still in the pipes of a process that has ended.
setTimeout(() => process.exit(), LINGER_MS);
setInterval(() => {
  if (process.ppid !== parent) process.exit();
}, ORPHAN_CHECK_MS);
