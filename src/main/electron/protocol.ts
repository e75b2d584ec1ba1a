import type { BuiltFiles, ServedFile } from '../web/built-files.ts';
import { appHeaders, screenHeaders } from '../web/content-policy.ts';
import type { PluginDirectory } from '../plugins/plugin-directory.ts';
import type { ScreenAddresses } from '../web/screen-addresses.ts';
import { clientFile, screenFile } from '../web/screen-files.ts';
import { APP_ORIGIN, APP_SCHEME, isAppAddress, SCREEN_SCHEME } from './addresses.ts';
import type { ProtocolSlice } from './slices.ts';

/**
 * To be registered before the app is ready. `standard` and `secure` give each host an origin of its
 * own, like https; no scheme may go around the content security policy.
 */
export const PRIVILEGED_SCHEMES = [APP_SCHEME, SCREEN_SCHEME].map((scheme) => ({
  scheme,
  privileges: {
    standard: true,
    secure: true,
    bypassCSP: false,
    allowServiceWorkers: false,
    supportFetchAPI: false,
    corsEnabled: false,
  },
}));

const ORIGINS = { app: APP_ORIGIN, bridge: '', screens: `${SCREEN_SCHEME}:` };

export interface ServeSchemesOptions {
  readonly protocol: ProtocolSlice;
  readonly renderer: BuiltFiles;
  readonly client: BuiltFiles;
  readonly plugins: PluginDirectory;
  readonly screens: ScreenAddresses;
}

/** Serves the app's own page and the screens of plugins, each on its origin. */
export function serveSchemes(options: ServeSchemesOptions): void {
  const { protocol, renderer, client, plugins, screens } = options;

  protocol.handle(APP_SCHEME, async ({ url, method }) => {
    if (method !== 'GET' || !isAppAddress(url)) return nothing();
    const path = new URL(url).pathname;
    const file = await renderer.read(path === '/' ? 'index.html' : path.slice(1));
    return file === undefined ? nothing() : answer(file, appHeaders(ORIGINS));
  });

  protocol.handle(SCREEN_SCHEME, async ({ url, method }) => {
    if (method !== 'GET') return nothing();
    const { host, pathname } = new URL(url);
    const entry = plugins.list().find(({ route }) => screens.label(route) === host);
    if (entry === undefined) return nothing();
    const shared = await clientFile(pathname, client);
    if (shared !== undefined) return answer(shared, screenHeaders(ORIGINS));
    const file = await screenFile(entry, pathname);
    return file.ok ? answer(file.value, screenHeaders(ORIGINS)) : nothing();
  });
}

function answer(file: ServedFile, headers: Readonly<Record<string, string>>): Response {
  return new Response(new Uint8Array(file.bytes), {
    headers: { ...headers, 'content-type': file.type },
  });
}

function nothing(): Response {
  return new Response('Nothing is here.', { status: 404 });
}
