// @ts-check

/**
 * Which shell to start, and one plain line about it where it is not the best one.
 * @typedef {{ kind: 'electron', program: string }
 *   | { kind: 'kiosk', program: string, line: string }
 *   | { kind: 'address', line: string | undefined }} Choice
 */

/**
 * @param {{
 *   noOpen: boolean,
 *   browser: string | undefined,
 *   hasDisplay: boolean,
 *   electron: () => Promise<string | undefined>,
 *   chromium: () => string | undefined,
 * }} around
 * @returns {Promise<Choice>}
 */
export async function pickShell({ noOpen, browser, hasDisplay, electron, chromium }) {
  if (noOpen) return { kind: 'address', line: undefined };
  // Before Electron, which could show nothing either and need not be fetched then.
  if (!hasDisplay)
    return {
      kind: 'address',
      line: 'There is no display here, so open the address below in a browser. (shell/no-display)',
    };
  if (browser === undefined) {
    const program = await electron();
    if (program !== undefined) return { kind: 'electron', program };
  }
  const program = browser ?? chromium();
  if (program === undefined)
    return {
      kind: 'address',
      line: "Neither Electron's binary nor a Chromium is here, so open the address below in a browser. (shell/no-browser)",
    };
  return {
    kind: 'kiosk',
    program,
    line:
      browser === undefined
        ? `Electron's binary is not here, so setup runs in ${program}.`
        : `Setup runs in ${program}.`,
  };
}

/**
 * Can a window be shown?
 * @param {NodeJS.ProcessEnv} env
 * @param {NodeJS.Platform} platform
 */
export function hasDisplay(env = process.env, platform = process.platform) {
  if (platform === 'darwin' || platform === 'win32') return true;
  return [env.DISPLAY, env.WAYLAND_DISPLAY].some((value) => value !== undefined && value !== '');
}
