import { isAppAddress, isScreenAddress } from './addresses.ts';
import type { SessionSlice } from './slices.ts';

/** Denies pages everything that a session can grant, and all that is not the app's or a plugin's. */
export function lockSession(session: SessionSlice): void {
  session.setPermissionRequestHandler((_contents, _permission, callback) => callback(false));
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  // Its dictionaries would be downloaded.
  session.setSpellCheckerEnabled(false);
  session.on('will-download', (event) => event.preventDefault());
  session.webRequest.onBeforeRequest(({ url }, callback) =>
    callback({ cancel: !isAppAddress(url) && !isScreenAddress(url) && !isOwnData(url) }),
  );
}

/** Pictures that a page has made itself; no request leaves the process for them. */
function isOwnData(address: string): boolean {
  return address.startsWith('data:image/') || address.startsWith('blob:plugin://');
}
