/** Schemes of the two kinds of pages. Custom ones, so that no page ever comes from `file://`. */
export const APP_SCHEME = 'app';
export const SCREEN_SCHEME = 'plugin';

/** The one origin of the app's own page. */
export const APP_ORIGIN = `${APP_SCHEME}://firstlight`;
export const APP_PAGE = `${APP_ORIGIN}/`;

/** Is this an address of the app's own page? By origin, never by how the text begins. */
export function isAppAddress(address: string): boolean {
  return hasScheme(address, APP_SCHEME) && new URL(address).host === 'firstlight';
}

/** Is this an address on the origin of some plugin's screen? */
export function isScreenAddress(address: string): boolean {
  return hasScheme(address, SCREEN_SCHEME);
}

/** Address of a plugin's screen. The label stands where a host does, so each has its own origin. */
export function screenAddress(label: string): string {
  return `${SCREEN_SCHEME}://${label}/`;
}

function hasScheme(address: string, scheme: string): boolean {
  return URL.canParse(address) && new URL(address).protocol === `${scheme}:`;
}
