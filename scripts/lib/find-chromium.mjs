// @ts-check
import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];

/** Where installers put it on systems whose PATH has no browsers. */
const PLACES = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
  ],
};

/** Browser programs inside a folder of Playwright's, by system. */
const IN_PLAYWRIGHT = [
  'chrome-linux/chrome',
  'chrome-linux64/chrome',
  'chrome-linux/headless_shell',
  'chrome-headless-shell-linux64/chrome-headless-shell',
  'chrome-mac/Chromium.app/Contents/MacOS/Chromium',
  'chrome-win/chrome.exe',
  'chrome-win64/chrome.exe',
];

/**
 * Finds a Chromium or one of its kin: CHROMIUM_PATH, the PATH, usual places, Playwright's own.
 * @param {{ env?: NodeJS.ProcessEnv, platform?: NodeJS.Platform }} [around]
 * @returns {string | undefined} path of the program
 */
export function findChromium({ env = process.env, platform = process.platform } = {}) {
  const chosen = env.CHROMIUM_PATH;
  // Somebody who names one means that one: no other is taken in its place.
  if (chosen !== undefined && chosen !== '') return isProgram(chosen) ? chosen : undefined;
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const suffix = platform === 'win32' ? '.exe' : '';
  const onPath = NAMES.flatMap((name) => folders.map((folder) => join(folder, name + suffix)));
  const usual = PLACES[/** @type {keyof typeof PLACES} */ (platform)] ?? [];
  return [...onPath, ...usual, ...playwrightPrograms(env, platform)].find(isProgram);
}

/** @param {NodeJS.ProcessEnv} env @param {NodeJS.Platform} platform @returns {string[]} */
function playwrightPrograms(env, platform) {
  const caches = {
    darwin: join(homedir(), 'Library/Caches/ms-playwright'),
    win32: join(env.LOCALAPPDATA ?? homedir(), 'ms-playwright'),
  };
  const folder =
    env.PLAYWRIGHT_BROWSERS_PATH ??
    caches[/** @type {keyof typeof caches} */ (platform)] ??
    join(homedir(), '.cache/ms-playwright');
  if (!existsSync(folder)) return [];
  const builds = readdirSync(folder).filter((name) => name.startsWith('chromium'));
  // The newest last build number first.
  return builds
    .sort()
    .reverse()
    .flatMap((name) => IN_PLAYWRIGHT.map((path) => join(folder, name, path)));
}

/** @param {string} path */
function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
