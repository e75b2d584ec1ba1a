import { Readable } from 'node:stream';
import type { GetObjectCommand } from '@aws-sdk/client-s3';
import type { AnswerHead } from './http-answer.ts';

/** What a server really said, beside what the SDK makes of it: a 304 it throws as `Unknown`. */
export interface SeenAnswer {
  /** `undefined` as long as nothing was answered. */
  head(): AnswerHead | undefined;
  /** Ends a body that nobody will read. */
  discard(): void;
}

/** More than any error of S3 has to say. The SDK would read one that never ends to its end. */
const MAX_ERROR_BYTES = 64 * 1024;

/** Watches what comes of a command that is not sent yet. */
export function watchAnswer(command: GetObjectCommand): SeenAnswer {
  let head: AnswerHead | undefined;
  let stream: Readable | undefined;
  const look =
    <Args, Result extends { readonly response: unknown }>(ask: (args: Args) => Promise<Result>) =>
    async (args: Args): Promise<Result> => {
      const result = await ask(args);
      const { response } = result;
      if (!isAnswer(response)) return result;
      head = { status: response.statusCode, headers: response.headers };
      if (!(response.body instanceof Readable)) return result;
      stream = response.body;
      // It may break while nobody reads it, and would throw where nobody listens. A reader is told.
      stream.on('error', () => undefined);
      if (head.status >= 300) response.body = await readSome(stream);
      return result;
    };
  command.middlewareStack.addRelativeTo(look, {
    name: 'look',
    // Around the stream that verifies the checksum, and before the SDK reads anything into the answer.
    relation: 'before',
    toMiddleware: 'flexibleChecksumsResponseMiddleware',
  });
  return { head: () => head, discard: () => void stream?.destroy() };
}

interface Answer {
  readonly statusCode: number;
  readonly headers: AnswerHead['headers'];
  body?: unknown;
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && 'statusCode' in value && 'headers' in value;
}

/** As much as is there, up to the limit: what an error says is a help, not the point. */
async function readSome(stream: Readable): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Uint8Array>) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > MAX_ERROR_BYTES) break;
    }
  } catch {
    // Cut off: the status has come.
  }
  return Buffer.concat(chunks);
}
