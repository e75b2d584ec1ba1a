import { once } from 'node:events';
import { connect } from 'node:net';
import path from 'node:path';
import type { ReadJob } from '../sources/file-reader.ts';

// The reading process as it is, but for a connection that it holds to the socket `alive` beside its
// root: a test sees by it that the process lives, and that it is gone.
const job = JSON.parse(process.argv.at(-1) ?? '') as ReadJob;
await once(connect(path.join(path.dirname(job.root), 'alive')), 'connect');
await import('../sources/file-reader-process.ts');
