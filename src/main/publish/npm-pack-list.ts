import { execFile } from 'node:child_process';
import * as v from 'valibot';
import { fail, ok, type Result } from '#shared';
import { parseJson } from '../state/parse-json.ts';

/** npm answers in half a second; a minute means that it hangs. */
const TIMEOUT_MS = 60_000;

const listSchema = v.pipe(
  v.array(v.object({ files: v.array(v.object({ path: v.string() })) })),
  v.length(1),
);

/**
 * The files that `npm pack` would put into the archive of a package, relative to its folder. npm itself is
 * asked: its rules (`files`, `.npmignore` at any depth, what is always or never in, bundled
 * dependencies) are its own, and change. It runs none of the package's scripts. Fails with
 * `publish/not-packed`.
 */
export async function npmPackList(folder: string): Promise<Result<readonly string[]>> {
  const asked = await askNpm(folder);
  if (!asked.ok) return notPacked(folder, asked.failure);
  const parsed = v.safeParse(listSchema, parseJson(asked.value));
  const [packed] = parsed.success ? parsed.output : [];
  if (packed === undefined) return notPacked(folder, 'npm wrote something else than its file list');
  return ok(packed.files.map((file) => file.path));
}

function askNpm(folder: string): Promise<Result<string, string>> {
  return new Promise((resolve) => {
    execFile(
      'npm',
      ['pack', '--dry-run', '--json', '--ignore-scripts', '--loglevel=error'],
      // On Windows npm is a script for the shell. The words are constant: no folder's name is among them.
      {
        cwd: folder,
        timeout: TIMEOUT_MS,
        maxBuffer: 64 * 1024 * 1024,
        shell: process.platform === 'win32',
        windowsHide: true,
      },
      (error, stdout, stderr) => {
        if (error === null) {
          resolve(ok(stdout));
          return;
        }
        if (error.code === 'ENOENT') {
          resolve(fail('npm is not on the PATH'));
          return;
        }
        const said = stderr.trim().split('\n').slice(0, 5).join(' ');
        resolve(fail(said === '' ? error.message : said));
      },
    );
  });
}

function notPacked(folder: string, why: string): Result<never> {
  return fail({
    code: 'publish/not-packed',
    message: `${folder} cannot be packed: ${why}.`,
    hint: 'Run `npm pack` there to see more, or put the archive that it makes in the place of the folder.',
  });
}
