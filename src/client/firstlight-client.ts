import { createClient, type FirstlightClient } from './client.ts';
import { browserPage } from './page.ts';

export { FirstlightError } from './client.ts';
export type { ClientEvents, ClientStart, FirstlightClient } from './client.ts';

/**
 * The client of a plugin's screen, which the app serves as `/firstlight-client.js` beside the
 * plugin's own files. Also there as the global `firstlight`, for pages without modules of their own.
 *
 * @example
 * import { firstlight } from '/firstlight-client.js';
 * const { answers } = await firstlight.ready;
 */
export const firstlight: FirstlightClient = createClient(browserPage());

Object.assign(globalThis, { firstlight });
