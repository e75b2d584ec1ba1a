import { lstat } from 'node:fs/promises';
import path from 'node:path';
import { create } from 'tar';
import { fail, ok, type Result } from '#shared';
import { archiveRules } from '../plugins/archive-rules.ts';
import { isSystemError } from '../state/files-port.ts';
import { npmPackList } from './npm-pack-list.ts';
import { readPluginTree, type PluginTree } from './plugin-tree.ts';

/** What became of a plugin's folder. */
export interface PackedPlugin {
  /** Links, pipes and the like that lie in the folder and never in an archive. */
  readonly leftOut: readonly string[];
}

/** The date that npm gives all files it packs: zip knows none before 1980. */
const PACKED_AT = new Date('1985-10-26T08:15:00.000Z');

/**
 * Packs a plugin's folder as `npm pack` does, but so that the same files always give the same bytes:
 * sorted, with one date, and with nothing of this machine. (Another zlib may compress differently.)
 * Fails with `publish/not-packed`, also for names that no device would unpack.
 */
export async function packPlugin(folder: string, archive: string): Promise<Result<PackedPlugin>> {
  const list = await npmPackList(folder);
  if (!list.ok) return list;
  const files = [...list.value].sort();
  try {
    const tree = await readPluginTree(folder);
    const problem = await ruleBroken(folder, realNames(files, tree));
    if (problem !== undefined) return notAllowed(folder, problem);
    await create(
      {
        cwd: folder,
        file: archive,
        prefix: 'package',
        // As npm does: no owner, no times but `mtime`, and no system in the header of the gzip.
        portable: true,
        mtime: PACKED_AT,
        gzip: { level: 9 },
        strict: true,
        noDirRecurse: true,
        onWriteEntry: (entry) => {
          if (entry.stat === undefined) return;
          // Of the rights only this one means something elsewhere; the rest is the umask of a checkout.
          entry.stat.mode = (entry.stat.mode & 0o100) === 0 ? 0o644 : 0o755;
        },
      },
      // A name that begins with `@` means an archive to `tar`.
      files.map((file) => `./${file}`),
    );
    return ok({ leftOut: tree.others });
  } catch (thrown) {
    if (!isSystemError(thrown)) throw thrown;
    return fail({
      code: 'publish/not-packed',
      message: `${folder} cannot be packed: ${thrown.message}.`,
    });
  }
}

/** npm's list lacks what looks like a drive before a name: `a:b.txt` stands there as `b.txt`. */
function realNames(listed: readonly string[], tree: PluginTree): readonly string[] {
  const names = new Set(listed);
  const renamed = tree.files.filter(
    (file) => DRIVES.test(file) && names.has(file.replace(DRIVES, '')),
  );
  return [...renamed, ...listed];
}

const DRIVES = /^([A-Za-z]:\/*)+/;

/** Which rule of archives the files would break, in words that name the file. */
async function ruleBroken(folder: string, files: readonly string[]): Promise<string | undefined> {
  const rules = archiveRules();
  for (const file of files) {
    const stats = await lstat(path.join(folder, file));
    const type = stats.isFile() ? 'File' : stats.isSymbolicLink() ? 'SymbolicLink' : 'special file';
    const problem = rules.problemWith({ path: `package/${file}`, type, size: stats.size });
    if (problem !== undefined) return problem;
  }
  return undefined;
}

function notAllowed(folder: string, problem: string): Result<never> {
  return fail({
    code: 'publish/not-packed',
    message: `${folder} cannot be packed, for no device would unpack it: ${problem}.`,
    hint: 'Rename the file, or leave it out: with "files" in package.json, or an .npmignore file.',
  });
}
