import { isAppAddress, isScreenAddress } from './addresses.ts';
import type { AppSlice, NavigationDetails, WebContentsSlice } from './slices.ts';

/** Guards every page that will ever be made in this process, and not just the one we make. */
export function guardAllContents(app: AppSlice): void {
  app.on('web-contents-created', (_event, contents) => guardContents(contents));
}

/** No way out: the app's page stays, frames stay with plugins, nothing opens beside them. */
function guardContents(contents: WebContentsSlice): void {
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
}

function stay(details: NavigationDetails): void {
  const isAllowed = details.isMainFrame ? isAppAddress(details.url) : isScreenAddress(details.url);
  if (!isAllowed) details.preventDefault();
}
