import { ok, type Result } from '#shared';
import { fetchBytes } from '../sources/fetch-bytes.ts';
import type { Fetcher } from '../sources/fetcher-port.ts';
import type { Place } from '../sources/place.ts';
import { below, describePlace } from '../sources/resolve-place.ts';

/** `metadata/` beside a plan, at the source. */
export interface MetadataFolder {
  /**
   * What the repository is remembered by: the last two names of the plan's folder, which are product
   * family and plan version. It may move to another server, and must not go back when it does.
   */
  readonly repository: string;
  /** Failures: those of `Fetcher`. */
  fetch(file: string, maxBytes: number): Promise<Result<Uint8Array>>;
  /** Where a file lies, in words. */
  describe(file: string): string;
}

/** The metadata of the plan in `folder`. */
export function metadataFolder(
  fetcher: Fetcher,
  { folder, signal }: { readonly folder: Place; readonly signal: AbortSignal },
): MetadataFolder {
  const placeOf = (file: string) => below(folder, 'metadata', file);
  return {
    repository: pathOf(folder)
      .split(/[/\\]+/)
      .filter(Boolean)
      .slice(-2)
      .join('/'),
    fetch: async (file, maxBytes) => {
      const fetched = await fetchBytes(fetcher, { place: placeOf(file), maxBytes, signal });
      if (!fetched.ok) return fetched;
      if (fetched.value.kind === 'fetched') return ok(fetched.value.bytes);
      throw new Error(`${file} came back as unchanged, though nobody had a tag of it`);
    },
    describe: (file) => describePlace(placeOf(file)),
  };
}

function pathOf(folder: Place): string {
  switch (folder.kind) {
    case 'file':
      return folder.path;
    case 's3':
      return folder.key;
    case 'https':
      return new URL(folder.url).pathname;
  }
}
