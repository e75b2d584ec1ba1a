import type { FastifyReply } from 'fastify';
import type { ServedFile } from './built-files.ts';

/** Sends a file with the headers of the origin that it belongs to. */
export function sendFile(
  reply: FastifyReply,
  file: ServedFile,
  headers: Readonly<Record<string, string>>,
): FastifyReply {
  return reply.headers(headers).type(file.type).send(file.bytes);
}
