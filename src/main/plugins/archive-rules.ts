/** What a plugin archive may be. */
export const ARCHIVE_LIMITS = {
  packedBytes: 64 * 1024 * 1024,
  unpackedBytes: 256 * 1024 * 1024,
  entries: 10_000,
  pathLength: 1000,
  depth: 50,
} as const;

/** One entry as its header has it. */
export interface ArchiveEntry {
  readonly path: string;
  /** In tar's words, such as `File` or `SymbolicLink`. */
  readonly type: string;
  readonly size: number;
}

/** Looks at the entries of one archive, one after the other. */
export interface ArchiveRules {
  /** Says in words why the archive is refused with this entry; `undefined` if it is not. */
  problemWith(entry: ArchiveEntry): string | undefined;
}

const PLAIN = new Set(['File', 'OldFile', 'Directory']);

/**
 * The rules of the plan contract, section 6: limits, plain files and folders only, no path that is
 * absolute or climbs, no two names that are one on a disk that ignores case.
 */
export function archiveRules(): ArchiveRules {
  let entries = 0;
  let bytes = 0;
  const files = new Set<string>();
  /** Every path and folder seen, as a disk without case has it, to its real spelling. */
  const spellings = new Map<string, string>();

  return {
    problemWith({ path, type, size }) {
      entries += 1;
      bytes += size;
      if (entries > ARCHIVE_LIMITS.entries)
        return `it holds more than ${ARCHIVE_LIMITS.entries} files`;
      if (bytes > ARCHIVE_LIMITS.unpackedBytes) return 'it unpacks to more than 256 MiB';
      const name = JSON.stringify(path.slice(0, 100));
      if (!PLAIN.has(type)) return `${name} is a ${type}; only plain files and folders are allowed`;
      const problem = pathProblem(path);
      if (problem !== undefined) return `the path ${name} ${problem}`;
      const whole = withoutTop(path);
      if (whole === '')
        return type === 'Directory' ? undefined : `the path ${name} is in no folder`;
      return spellingProblem(whole, type === 'Directory');
    },
  };

  function spellingProblem(whole: string, isFolder: boolean): string | undefined {
    const parts = whole.split('/');
    for (let i = 1; i <= parts.length; i += 1) {
      const part = parts.slice(0, i).join('/');
      const key = part.normalize('NFC').toLowerCase();
      const before = spellings.get(key);
      if (before !== undefined && before !== part) {
        return `"${before}" and "${part}" are one name where case does not count`;
      }
      spellings.set(key, part);
      const isFile = i === parts.length && !isFolder;
      if (files.has(part)) return `"${part}" is there twice`;
      if (isFile && before !== undefined) return `"${part}" is there twice`;
      if (isFile) files.add(part);
    }
    return undefined;
  }
}

/** `npm pack` puts everything below `package/`; like npm we drop the first folder, whatever its name. */
function withoutTop(path: string): string {
  return path.split('/').slice(1).join('/').replace(/\/$/, '');
}

function pathProblem(path: string): string | undefined {
  if (path.length > ARCHIVE_LIMITS.pathLength) return 'is too long';
  // A backslash and a drive letter are paths of their own on Windows.
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is absolute';
  if (path.includes('\\')) return 'holds a backslash';
  if (/\p{Cc}/u.test(path)) return 'holds a control character';
  const parts = path.replace(/\/$/, '').split('/');
  if (parts.length > ARCHIVE_LIMITS.depth) return 'is too deep';
  if (parts.includes('..')) return 'climbs out of its folder';
  if (parts.includes('') || parts.includes('.')) return 'has an empty part';
  return undefined;
}
