import type { Json, Result } from '#shared';
import { ENVELOPE_BYTES, MAX_MESSAGE_BYTES, type HostSide, type Reply } from '../plugin-rpc.ts';
import type { StorageFile } from './storage-file.ts';

type StorageSide = Pick<HostSide, 'storageGet' | 'storageSet' | 'storageDelete' | 'storageKeys'>;

/** Answers that lie unread in the app. One that asks without reading is ended. */
const MAX_UNREAD = 16 * 1024 * 1024;
/** An honest plugin may store thousands of values without waiting; one that never stops is ended. */
const MAX_WAITING = 50_000;

/**
 * Answers what a plugin's process asks of its storage. Takes nothing on trust: the plugin's own code
 * can write to the pipe. `breakOff` ends a process that asks without end.
 */
export function answerStorage(request: {
  /** The storage of the plugin that the process has become; none before that. */
  readonly storage: () => StorageFile | undefined;
  /** Characters that the process has been sent and has not taken. */
  readonly backlog: () => number;
  readonly breakOff: (why: string) => void;
}): StorageSide {
  let waiting = 0;
  const answer = async <T, U>(
    ask: (storage: StorageFile) => Promise<Result<T>>,
    asReply: (value: T) => U,
  ): Promise<Reply<U>> => {
    const storage = request.storage();
    if (storage === undefined) return refuse('there is no storage before `initialize`');
    if (waiting >= MAX_WAITING || request.backlog() > MAX_UNREAD) {
      request.breakOff('it asked its storage for more than can be done');
      return refuse('the process is being ended');
    }
    waiting += 1;
    try {
      const result = await ask(storage);
      if (!result.ok) return refuse(result.failure.message);
      const value = asReply(result.value);
      const bytes = Buffer.byteLength(JSON.stringify(value));
      return bytes > MAX_MESSAGE_BYTES - ENVELOPE_BYTES
        ? refuse('what is stored is too large for one answer (1 MiB)')
        : { ok: true, value };
    } finally {
      waiting -= 1;
    }
  };

  return {
    storageGet: (key: unknown) =>
      answer(
        (storage) => storage.get(String(key)),
        (value) => (value === undefined ? {} : { value }),
      ),
    storageSet: (key: unknown, value: Json | undefined) =>
      // The message was JSON, so its parts are; a part that is not there is no value.
      answer((storage) => storage.set(String(key), value ?? null), toNull),
    storageDelete: (key: unknown) => answer((storage) => storage.delete(String(key)), toNull),
    storageKeys: () =>
      answer(
        (storage) => storage.keys(),
        (keys) => keys,
      ),
  };
}

function toNull(): null {
  return null;
}

function refuse(message: string): Reply<never> {
  return { ok: false, code: 'plugin/failed', error: { name: 'Error', message } };
}
