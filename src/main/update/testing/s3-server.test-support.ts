import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutBucketPolicyCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { provideMoto } from '../../../../scripts/lib/provide-moto.mjs';

/**
 * A real S3 server (moto) on loopback, with nothing in it, for one test file. Knows no test runner. It
 * hands out checksums or not, as its version is, and believes every signature.
 */
export interface S3Server {
  /** `http://127.0.0.1:{port}`; buckets are in the path, or before a name such as `localhost`. */
  readonly endpoint: string;
  /** Anybody may read a public bucket, unsigned; another one answers unsigned requests with 403. */
  makeBucket(name: string, options?: { readonly public?: boolean }): Promise<void>;
  put(bucket: string, key: string, bytes: Uint8Array | string, options?: PutOptions): Promise<void>;
  remove(bucket: string, key: string): Promise<void>;
  /** Uploads all files of a folder as they are, under a prefix (`''` for none). */
  publish(folder: string, bucket: string, prefix: string): Promise<void>;
  /** Every request that was answered so far. */
  requests(): Promise<readonly S3Request[]>;
  /** Ends it at once. Whoever asks from now on is refused. */
  stop(): Promise<void>;
}

export interface PutOptions {
  readonly contentType?: string;
}

export interface S3Request {
  readonly method: string;
  /** As sent, with its query. */
  readonly path: string;
  readonly status: number;
}

/** Ends with its standard input, so that it does not outlive a test run that was killed. */
const PROGRAM = `
import os, sys, threading
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
from moto.server import main
main(['-H', '127.0.0.1', '-p', '0'])
`;
const START_MS = 30_000;
const MARK = '/firstlight-mark/';

/** Takes about a second. Throws, naming what is missing and its mend, where there is no server to start. */
export async function startS3Server(): Promise<S3Server> {
  const moto = await provideMoto({ log: (line) => process.stderr.write(`${line}\n`) });
  if (!moto.ok) throw new Error(moto.message);
  const child = spawn(moto.python, ['-c', PROGRAM], {
    env: { ...process.env, ...moto.env, PYTHONUNBUFFERED: '1' },
    stdio: ['pipe', 'ignore', 'pipe'],
    detached: process.platform !== 'win32',
  });
  try {
    const { endpoint, ...log } = followLog(child);
    return serverAt({ ...log, endpoint: await endpoint, child });
  } catch (error) {
    await end(child);
    throw error;
  }
}

type Child = ChildProcessByStdio<Writable, null, Readable>;

interface Log {
  readonly endpoint: Promise<string>;
  readonly requests: S3Request[];
  /** Resolves when a request to this path has been logged. */
  awaitRequest(path: string): Promise<void>;
}

/** Reads what the server says: first its address, then a line for each answer, before it is sent. */
function followLog(child: Child): Log {
  const requests: S3Request[] = [];
  const awaited = new Map<string, () => void>();
  const lines = createInterface({ input: child.stderr });
  const endpoint = new Promise<string>((resolve, reject) => {
    const said: string[] = [];
    const fail = (why: string): void =>
      reject(new Error(`The S3 server did not start (${why}):\n${said.join('\n')}`));
    const timer = setTimeout(() => fail(`nothing in ${START_MS / 1000} s`), START_MS);
    child.once('error', (error) => fail(error.message));
    child.once('exit', (code, signal) => fail(signal ?? `exit code ${code}`));
    lines.on('line', (line) => {
      const address = /Running on (http:\/\/127\.0\.0\.1:\d+)/.exec(line)?.[1];
      if (address === undefined) return void said.push(line);
      clearTimeout(timer);
      resolve(address);
    });
  });
  lines.on('line', (line) => {
    const match = /"([A-Z]+) (\S+) HTTP\/[\d.]+" (\d+)/.exec(line);
    if (match === null) return;
    const [, method = '', target = '', status] = match;
    if (target.startsWith(MARK)) awaited.get(target)?.();
    else requests.push({ method, path: target, status: Number(status) });
  });
  const awaitRequest = (target: string): Promise<void> =>
    new Promise((resolve) => awaited.set(target, resolve));
  return { endpoint, requests, awaitRequest };
}

function serverAt(server: Omit<Log, 'endpoint'> & { endpoint: string; child: Child }): S3Server {
  const { endpoint, child, requests, awaitRequest } = server;
  const client = new S3Client({
    endpoint,
    region: 'us-east-1',
    forcePathStyle: true,
    credentials: { accessKeyId: 'publisher', secretAccessKey: 'publisher' },
    maxAttempts: 1,
  });
  let marks = 0;

  const put: S3Server['put'] = async (bucket, key, bytes, options = {}) => {
    const body = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
    await client.send(
      new PutObjectCommand({
        Bucket: bucket,
        Key: key,
        Body: body,
        ContentType: options.contentType,
      }),
    );
  };

  return {
    endpoint,
    put,
    makeBucket: async (name, options = {}) => {
      await client.send(new CreateBucketCommand({ Bucket: name }));
      if (options.public !== true) return;
      const statement = {
        Effect: 'Allow',
        Principal: '*',
        Action: ['s3:GetObject'],
        Resource: [`arn:aws:s3:::${name}/*`],
      };
      const policy = JSON.stringify({ Version: '2012-10-17', Statement: [statement] });
      await client.send(new PutBucketPolicyCommand({ Bucket: name, Policy: policy }));
    },
    remove: async (bucket, key) => {
      await client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key }));
    },
    publish: async (folder, bucket, prefix) => {
      const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
      for (const entry of entries.filter((each) => each.isFile())) {
        const file = path.join(entry.parentPath, entry.name);
        const below = path.relative(folder, file).split(path.sep);
        await put(
          bucket,
          [...(prefix === '' ? [] : [prefix]), ...below].join('/'),
          readFileSync(file),
        );
      }
    },
    requests: async () => {
      // Lines come in the order of the answers: when this one is there, so are those before it.
      const mark = `${MARK}${String(marks++)}`;
      const logged = awaitRequest(mark);
      const answer = await fetch(endpoint + mark, { headers: { connection: 'close' } });
      await answer.arrayBuffer();
      await logged;
      return [...requests];
    },
    stop: async () => {
      client.destroy();
      await end(child);
    },
  };
}

/** Kills it with whatever it has started, and waits until it is gone. */
async function end(child: Child): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((resolve) => child.once('exit', resolve));
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // Ended in this very moment.
  }
  await gone;
}
