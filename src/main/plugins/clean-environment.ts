/**
 * What a plugin's process sees of the app's environment: where programs, the home folder and
 * temporary files are, and the language and time zone. Nothing else: an inherited NODE_OPTIONS or
 * NODE_EXTRA_CA_CERTS makes a start two times slower or breaks it, and tokens or proxies with
 * passwords are none of a plugin's business. FIRSTLIGHT_* stays out too: it would tell a plugin
 * where the storage of the others is.
 */
const PASSED_ON = [
  'PATH',
  'HOME',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  // Windows cannot start most programs without these.
  'SystemRoot',
  'TEMP',
  'TMP',
  'PATHEXT',
  'USERPROFILE',
  'APPDATA',
  'LOCALAPPDATA',
] as const;

/** Where programs look for the home folder and for temporary files. */
const FOLDERS = {
  win32: ['TEMP', 'TMP', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA'],
  others: ['HOME', 'TMPDIR'],
} as const;

/** The same with a folder of its own, where the home folder and temporary files of others were. */
export function withOwnFolder(
  environment: Readonly<Record<string, string>>,
  folder: string,
): Record<string, string> {
  const names = process.platform === 'win32' ? FOLDERS.win32 : FOLDERS.others;
  return { ...environment, ...Object.fromEntries(names.map((name) => [name, folder])) };
}

/** Picks what a plugin's process may have of `environment`. */
export function cleanEnvironment(environment: {
  readonly [name: string]: string | undefined;
}): Record<string, string> {
  return Object.fromEntries(
    PASSED_ON.flatMap((name) => {
      const value = environment[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}
