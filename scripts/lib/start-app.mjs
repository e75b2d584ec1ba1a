// @ts-check
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { buildIfStale } from '../build.mjs';
import { findChromium } from './find-chromium.mjs';
import { fetchElectronOnce, findElectron } from './find-electron.mjs';
import { hasDisplay, pickShell } from './pick-shell.mjs';
import { projectNode, ROOT } from './project.mjs';

const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs the app until it ends.
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function start(args) {
  const workingFolder = process.cwd();
  try {
    await buildIfStale({ log: console.log });
  } catch (error) {
    console.error(buildComplaint(error));
    return 1;
  }
  process.chdir(workingFolder);
  const { failureLine, parseShellOptions, SHELL_HELP } =
    await import('../../out/main/shell-options.js');
  const parsed = parseShellOptions(args);
  if (!parsed.ok) {
    console.error(failureLine(parsed.failure));
    return 2;
  }
  const options = parsed.value;
  if (options.help) {
    process.stdout.write(SHELL_HELP);
    return 0;
  }
  const choice = await pickShell({
    noOpen: options.noOpen,
    browser: options.browser,
    hasDisplay: hasDisplay(),
    electron: async () => findElectron() ?? (await fetchElectronOnce({ log: console.log })),
    chromium: () => findChromium(),
  });
  if (choice.kind !== 'electron' && choice.line !== undefined) console.log(choice.line);

  // In the clone, so that trying it out leaves nothing elsewhere on the machine.
  const home = options.home ?? process.env.FIRSTLIGHT_HOME ?? join(ROOT, '.firstlight');
  const passedOn = [...args, `--home=${home}`];
  switch (choice.kind) {
    case 'electron':
      return run(choice.program, [...electronArguments(), ROOT, ...passedOn]);
    case 'kiosk':
      return run(projectNode(), [preview(), ...passedOn, `--browser=${choice.program}`]);
    case 'address':
      return run(projectNode(), [preview(), ...passedOn, '--no-open']);
  }
}

function preview() {
  return join(ROOT, 'out/main/preview.js');
}

/** Chromium, and so Electron, refuses its sandbox to root. */
function electronArguments() {
  return process.getuid?.() === 0 ? ['--no-sandbox'] : [];
}

/**
 * Runs a program until it ends, and passes on the signals that would end it. The channel tells it
 * when this process is gone for a reason that it could not pass on.
 * @param {string} program
 * @param {string[]} args
 * @returns {Promise<number>}
 */
function run(program, args) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    for (const signal of SIGNALS)
      process.on(signal, () => {
        child.kill(signal);
      });
    child.once('error', (error) => {
      console.error(`${program} could not be started: ${error.message}.`);
      resolve(1);
    });
    child.once('exit', (code, signal) => {
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}

/** @param {unknown} error */
function buildComplaint(error) {
  const { code, path, message = String(error) } = /** @type {NodeJS.ErrnoException} */ (error);
  if (code === 'EACCES' || code === 'EROFS' || code === 'EPERM')
    return `The build cannot be written: ${path ?? join(ROOT, 'out')} is read-only. (shell/read-only)`;
  return `The build failed: ${message} (shell/build-failed)`;
}
