/**
 * What the screen asks and `run` stores. One module for the process; the screen has its own check,
 * because a page is never trusted: anybody could send anything in its place.
 *
 * @typedef {{ deviceName: string, screenOffMinutes: number, updates: boolean, statistics: boolean }} Answers
 */

/** @type {Answers} */
export const DEFAULTS = {
  deviceName: 'My device',
  screenOffMinutes: 5,
  updates: true,
  // Nobody is counted who has not said yes.
  statistics: false,
};

export const SCREEN_OFF_MINUTES = [2, 5, 15];

/**
 * Says what is wrong with answers, or nothing.
 *
 * @param {Partial<Answers>} answers
 * @returns {string | undefined}
 */
export function problemWith(answers) {
  const { deviceName, screenOffMinutes, updates, statistics } = answers;
  if (typeof deviceName !== 'string' || deviceName.trim() === '') return 'the device has no name';
  if ([...deviceName.trim()].length > 32) return 'the name is longer than 32 characters';
  if (!SCREEN_OFF_MINUTES.includes(screenOffMinutes)) {
    return `the screen cannot turn off after ${screenOffMinutes} minutes`;
  }
  if (typeof updates !== 'boolean' || typeof statistics !== 'boolean') {
    return 'updates and statistics are on or off';
  }
  return undefined;
}
