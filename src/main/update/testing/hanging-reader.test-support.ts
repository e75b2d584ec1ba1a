import { connect } from 'node:net';
import type { ReadJob } from '../sources/file-reader.ts';

// In the place of the reading process: a share that hangs. Connects to the socket that it was told
// as the file, so that a test sees it live and die, then blocks as a system call would.
const job = JSON.parse(process.argv.at(-1) ?? '') as ReadJob;
connect(job.path, () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0));
