import type { PluginStorage } from '../../../sdk/index.ts';
import { jsonProblem } from '../json-problem.ts';
import { ENVELOPE_BYTES, MAX_MESSAGE_BYTES, type HostSide, type Reply } from '../plugin-rpc.ts';

/** What of the app a storage is made of. */
type StorageHost = Pick<HostSide, 'storageGet' | 'storageSet' | 'storageDelete' | 'storageKeys'>;

/**
 * A plugin's own store. The app keeps it: this process needs no right to write anything. What cannot
 * be stored is refused here already, so that the message about it names the place in the value.
 */
export function createStorage(host: StorageHost): PluginStorage {
  return {
    get: async (key) => unwrap(await host.storageGet(asKey(key))).value,
    set: async (key, value) => {
      const problem = jsonProblem(value);
      if (problem !== undefined) throw new Error(`storage holds JSON only, but ${problem}`);
      const text = JSON.stringify([asKey(key), value]);
      // It would not fit into the file, and it does not fit into a message.
      if (Buffer.byteLength(text) > MAX_MESSAGE_BYTES - ENVELOPE_BYTES) {
        throw new Error('the storage is full (1 MiB)');
      }
      // Sent in the same turn, so that changes arrive in the order in which they were made.
      unwrap(await host.storageSet(key, value));
    },
    delete: async (key) => {
      unwrap(await host.storageDelete(asKey(key)));
    },
    keys: async () => unwrap(await host.storageKeys()),
  };
}

/** A key that is no string would come back as another one after a restart. */
function asKey(key: unknown): string {
  if (typeof key === 'string') return key;
  throw new TypeError('a storage key is a string');
}

function unwrap<T>(reply: Reply<T>): T {
  if (reply.ok) return reply.value;
  throw new Error(reply.error.message);
}
