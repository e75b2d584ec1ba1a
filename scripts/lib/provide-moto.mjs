// @ts-check
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { runFor } from './run-for.mjs';

/** @typedef {{ ok: true, python: string, env: Record<string, string> }} Found */
/** @typedef {{ ok: false, message: string }} Missing */
/** @typedef {{ python: string, env: Record<string, string> }} Candidate */

const APT_MS = 300_000;
const PROBE_MS = 30_000;
/** What `python3 -m moto.server` imports for S3; looked for without loading it, which takes a second. */
const MODULES = ['moto', 'flask', 'flask_cors', 'werkzeug', 'boto3', 'xmltodict', 'responses'];
const PROBE = `
import importlib.util, sys
missing = [name for name in sys.argv[1:] if importlib.util.find_spec(name) is None]
sys.exit("missing: " + ", ".join(missing)) if missing else print(sys.executable)
`;
/** Debian's release that has moto; all that it needs comes from the machine's own, to fit its Python. */
const MOTO_RELEASE = 'trixie';
const SYSTEM_PYTHON = '/usr/bin/python3';
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MEND =
  "Install it where python3 finds it (python3 -m pip install 'moto[s3,server]'), or let the tests fetch it: that needs Debian, python3 and http://deb.debian.org.";

/**
 * A Python that has moto, an S3 server, for the tests: the machine's own, else Debian's packages,
 * fetched and unpacked into a cache (checked by apt against Debian's signatures), which takes no
 * rights. Only a missing Python is installed, where this user may.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<Found | Missing>}
 */
export async function provideMoto({ log = () => undefined } = {}) {
  const there = await findMoto();
  if (there !== undefined) return there;
  const release = debianRelease();
  if (release === undefined || !existsSync('/usr/bin/apt-get'))
    return missing('Python has no moto here, and only on Debian can the tests fetch it.');
  if (!existsSync(SYSTEM_PYTHON)) {
    if (process.getuid?.() !== 0) return missing('python3 is missing (apt-get install python3).');
    log('Installing python3...');
    const install =
      'apt-get update && apt-get install -y --no-install-recommends python3 ca-certificates';
    await runFor(['sh', '-c', install], APT_MS);
    if (!existsSync(SYSTEM_PYTHON))
      return missing('python3 could not be installed (apt-get install python3).');
  }
  log('No moto is here: fetching it from Debian (some 25 MB)...');
  const problem = await fetchMoto(release);
  return (await findMoto()) ?? missing(problem ?? 'What was fetched from Debian does not run.');
}

/** @param {string} what @returns {Missing} */
function missing(what) {
  return { ok: false, message: `The S3 server of the tests (moto) is missing. ${what} ${MEND}` };
}

/** @returns {Promise<Found | undefined>} */
async function findMoto() {
  /** @type {Candidate[]} */
  const candidates = [
    { python: process.platform === 'win32' ? 'python' : 'python3', env: {} },
    ...cached().map((folder) => ({
      python: SYSTEM_PYTHON,
      env: { PYTHONPATH: join(folder, 'usr/lib/python3/dist-packages') },
    })),
  ];
  for (const { python, env } of candidates) {
    const answer = await say(python, ['-c', PROBE, ...MODULES], env);
    // The program itself, not a wrapper that picks one: it is to be ended later.
    if (answer !== undefined) return { ok: true, python: answer.trim(), env };
  }
  return undefined;
}

/** @returns {string} */
function cacheFolder() {
  const { XDG_CACHE_HOME } = process.env;
  const base =
    XDG_CACHE_HOME === undefined || XDG_CACHE_HOME === ''
      ? join(homedir(), '.cache')
      : XDG_CACHE_HOME;
  return join(base, 'firstlight-tests');
}

/** What was unpacked for this release of Debian, the newest first. @returns {string[]} */
function cached() {
  const release = debianRelease();
  const folder = cacheFolder();
  if (release === undefined || !existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => /^moto-\d/.test(name));
  return names
    .filter((name) => name.endsWith(`-${release}`))
    .sort()
    .reverse()
    .map((name) => join(folder, name));
}

/** @returns {string | undefined} the code name of Debian's release that this machine runs */
function debianRelease() {
  if (!existsSync('/etc/os-release')) return undefined;
  const text = readFileSync('/etc/os-release', 'utf8');
  const release = /^VERSION_CODENAME="?([a-z]+)"?$/m.exec(text)?.[1];
  return /^ID="?debian"?$/m.test(text) ? release : undefined;
}

/**
 * Fetches and unpacks aside, and puts it in place whole: several runs may do so at the same time.
 * @param {string} release
 * @returns {Promise<string | undefined>} what went wrong
 */
async function fetchMoto(release) {
  mkdirSync(cacheFolder(), { recursive: true });
  const work = mkdtempSync(join(cacheFolder(), 'fetching-'));
  try {
    const archives = await download(work, release);
    const moto = archives.find((name) => name.startsWith('python3-moto_'));
    if (moto === undefined)
      return 'It could not be fetched: http://deb.debian.org does not answer, or not with what was asked.';
    const tree = join(work, 'tree');
    for (const name of archives.filter((each) => each.startsWith('python3-')))
      await runFor(['dpkg', '-x', join(work, 'cache/archives', name), tree], PROBE_MS);
    const version = /_([^_]+)_/.exec(moto)?.[1] ?? '0';
    const place = join(cacheFolder(), `moto-${version}-${release}`);
    if (!existsSync(place)) renameSync(tree, place);
    return undefined;
  } catch (error) {
    return `It could not be unpacked into ${cacheFolder()}: ${String(error)}`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Moto and what it needs that the machine does not have, chosen and checked by an apt with lists and
 * a cache of its own.
 * @param {string} work @param {string} release
 * @returns {Promise<string[]>} names of the archives
 */
async function download(work, release) {
  for (const folder of ['state/lists/partial', 'cache/archives/partial'])
    mkdirSync(join(work, folder), { recursive: true });
  const lines = [...new Set([release, MOTO_RELEASE])].map(
    (name) => `deb [signed-by=${KEYRING}] http://deb.debian.org/debian ${name} main\n`,
  );
  writeFileSync(join(work, 'sources.list'), lines.join(''));
  // Nothing but moto is taken from there, unless by name.
  const pin = `Package: *\nPin: release n=${MOTO_RELEASE}\nPin-Priority: 1\n`;
  writeFileSync(join(work, 'preferences'), release === MOTO_RELEASE ? '' : pin);
  const options = [
    `Dir::Etc::sourcelist=${join(work, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::Etc::preferences=${join(work, 'preferences')}`,
    'Dir::Etc::preferencesparts=/dev/null',
    `Dir::State=${join(work, 'state')}`,
    'Dir::State::status=/var/lib/dpkg/status',
    `Dir::Cache=${join(work, 'cache')}`,
    'Debug::NoLocking=1',
    'Acquire::Languages=none',
    // The user that apt would change to may not write here.
    'APT::Sandbox::User=',
  ].flatMap((option) => ['-o', option]);
  await runFor(['apt-get', ...options, 'update'], APT_MS);
  const wanted = [`python3-moto/${MOTO_RELEASE}`, 'python3-flask-cors'];
  await runFor(
    [
      'apt-get',
      ...options,
      ...['install', '-y', '--download-only', '--no-install-recommends', ...wanted],
    ],
    APT_MS,
  );
  return readdirSync(join(work, 'cache/archives')).filter((name) => name.endsWith('.deb'));
}

/**
 * @param {string} program @param {string[]} args @param {Record<string, string>} env
 * @returns {Promise<string | undefined>} its output, if it ended well
 */
async function say(program, args, env) {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      env: { ...process.env, ...env },
      timeout: PROBE_MS,
    });
    return stdout;
  } catch {
    return undefined;
  }
}
