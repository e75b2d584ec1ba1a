import { createHash } from 'node:crypto';
import type { PluginEntry } from '#shared';

/** What of a plan's entry says which archive it wants. */
export type ArchiveEntry = Pick<
  PluginEntry,
  'name' | 'plugin_location_type' | 'plugin_base_path' | 'sha256'
>;

/** An archive as one plan entry wants it. */
export interface WantedArchive {
  /** Two entries with one key want one archive: its digest, else the digest of its address. */
  readonly key: string;
  /** Digest of the address in the plan. Addresses can hold what grants access, so none is stored. */
  readonly address: string;
  /** In lower case. */
  readonly sha256?: string;
}

export function wantedArchive(entry: ArchiveEntry): WantedArchive {
  const { name, plugin_location_type: type, plugin_base_path: base } = entry;
  // The archive of a local plugin is looked for beside the plan, by name.
  const words = type === 'local' ? [type, name] : [type, base];
  const address = createHash('sha256').update(words.join('\n')).digest('hex');
  const sha256 = entry.sha256?.toLowerCase();
  return sha256 === undefined ? { key: address, address } : { key: sha256, address, sha256 };
}
