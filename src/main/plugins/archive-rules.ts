/** What a plugin archive may be. */
export const ARCHIVE_LIMITS = {
  packedBytes: 64 * 1024 * 1024,
  unpackedBytes: 256 * 1024 * 1024,
  entries: 10_000,
  pathLength: 1000,
  depth: 50,
  /** What the usual file systems take. */
  nameBytes: 255,
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

const PLAIN = new Set(['File', 'Directory']);

/**
 * The list of a package's files, which the cache keeps in the package to know it again as whole.
 */
export const PACKAGE_RECORD = '.firstlight.json';

/** Names that mean a device of the system on Windows, whatever their extension. */
const WINDOWS_DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])$/i;
/** Characters that Windows has no names with; a colon would open a hidden stream of a file. */
const WINDOWS_CHARACTER = /[<>:"|?*]/;

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
      const problem = pathProblem(path) ?? (type === 'Directory' ? undefined : fileProblem(path));
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
      const key = folded(part);
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

/** As a disk that ignores case, and how accents are written, has it; rather too equal than too different. */
function folded(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase().normalize('NFC');
}

/** `npm pack` puts everything below `package/`; like npm we drop the first folder, whatever its name. */
export function withoutTop(path: string): string {
  return path.split('/').slice(1).join('/').replace(/\/$/, '');
}

function pathProblem(path: string): string | undefined {
  if (path.length > ARCHIVE_LIMITS.pathLength) return 'is too long';
  // A backslash and a drive letter are paths of their own on Windows.
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path)) return 'is absolute';
  if (path.includes('\\')) return 'holds a backslash';
  if (/\p{Cc}/u.test(path)) return 'holds a control character';
  if (WINDOWS_CHARACTER.test(path)) return 'holds a character that Windows has no names with';
  const parts = path.replace(/\/$/, '').split('/');
  if (parts.length > ARCHIVE_LIMITS.depth) return 'is too deep';
  if (parts.includes('..')) return 'climbs out of its folder';
  if (parts.includes('') || parts.includes('.')) return 'has an empty part';
  // A plan is for all devices: what cannot be, or is something else, on one of them is refused on all.
  for (const part of parts) {
    if (WINDOWS_DEVICE.test(part.split('.')[0]?.trimEnd() ?? '')) {
      return `has the part "${part}", which is a device on Windows`;
    }
    if (/[ .]$/.test(part)) return 'has a part that ends in a dot or a space';
    if (Buffer.byteLength(part) > ARCHIVE_LIMITS.nameBytes) {
      return `has a part of more than ${ARCHIVE_LIMITS.nameBytes} bytes`;
    }
  }
  return undefined;
}

/** What a file must not be called, and a folder may. */
function fileProblem(path: string): string | undefined {
  if (path.endsWith('/')) return 'is the name of a folder, but this is a file';
  return folded(withoutTop(path)) === PACKAGE_RECORD
    ? 'is kept for the cache of unpacked plugins'
    : undefined;
}
