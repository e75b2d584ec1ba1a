import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { PlanReader, ReaderMessage, ReadOutcome, ReadRequest } from './plan-reader.ts';

/**
 * Reads in a process of its own. A read from a share that hangs cannot be called off from within:
 * it would hold a thread of the pool that the session's files need, and even keep this process from
 * ending. Another process can be left to its fate.
 */
export function createProcessReader(options: { readonly entry?: string } = {}): PlanReader {
  const entry = options.entry ?? entryBeside(import.meta.url);
  return (request) => readIn(entry, request);
}

function readIn(entry: string, request: ReadRequest): Promise<ReadOutcome> {
  const { root, file, maxBytes, signal, onProgress } = request;
  if (signal.aborted) return Promise.resolve({ kind: 'aborted' });
  const child = fork(entry, [JSON.stringify({ root, file, maxBytes })], {
    // Bytes as they are, not as a list of numbers.
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    // Nothing of ours but what Electron's binary needs to be Node. An inherited NODE_OPTIONS or
    // NODE_EXTRA_CA_CERTS would only slow it down.
    env: { ELECTRON_RUN_AS_NODE: '1', SystemRoot: process.env.SystemRoot },
    execArgv: [],
  });
  const pieces: Uint8Array[] = [];
  let done = 0;
  let total = 0;

  return new Promise((resolve) => {
    function finish(outcome: ReadOutcome): void {
      signal.removeEventListener('abort', abort);
      child.removeAllListeners();
      child.on('error', () => undefined);
      child.kill('SIGKILL');
      // A process that hangs in the kernel does not die of it yet. It must not hold us back.
      if (child.connected) child.disconnect();
      child.unref();
      resolve(outcome);
    }
    function abort(): void {
      finish({ kind: 'aborted' });
    }
    signal.addEventListener('abort', abort);
    child.on('error', () => finish(ENDED));
    child.on('exit', () => finish(ENDED));
    child.on('message', (received) => {
      const message = received as ReaderMessage;
      switch (message.kind) {
        case 'size':
          total = message.total;
          onProgress(0, total);
          return;
        case 'piece':
          pieces.push(message.bytes);
          done += message.bytes.length;
          onProgress(done, total);
          return;
        case 'end':
          finish({ kind: 'read', bytes: Buffer.concat(pieces) });
          return;
        default:
          finish(message);
      }
    });
  });
}

/** It was killed, or could not be started: for the updater the same as a share that is gone. */
const ENDED: ReadOutcome = { kind: 'refused', where: 'root', code: 'ECHILD' };

/** The reading process: the source beside this source, or what the build made of it. */
function entryBeside(url: string): string {
  // The bundler may put this module into a folder of chunks below the entries.
  const candidates = url.endsWith('.ts')
    ? ['./plan-reader-process.ts']
    : ['./plan-reader-process.js', '../plan-reader-process.js'];
  const paths = candidates.map((candidate) => fileURLToPath(new URL(candidate, url)));
  const found = paths.find((path) => existsSync(path));
  if (found === undefined) throw new Error(`the build has no ${paths.join(' or ')}`);
  return found;
}
