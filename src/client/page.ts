import { THEME_TOKENS } from '../shared/client-messages.ts';
import type { ClientPage } from './client.ts';

/** The page of a plugin's screen, as the client sees and changes it. */
export function browserPage(): ClientPage {
  const root = document.documentElement;
  return {
    greet(hello, port) {
      if (window.parent === window) {
        reportError(new Error('This page is a screen of Firstlight and does nothing by itself.'));
        return;
      }
      window.parent.postMessage(hello, appOrigin(), [port]);
    },
    applyTheme(theme) {
      for (const token of THEME_TOKENS) root.style.setProperty(token, theme.tokens[token] ?? null);
      root.style.setProperty('color-scheme', theme.colorScheme);
      root.dataset['colorScheme'] = theme.colorScheme;
      root.dataset['highContrast'] = String(theme.highContrast);
      root.dataset['reducedMotion'] = String(theme.reducedMotion);
    },
    applyLocale({ language, direction }) {
      root.lang = language;
      root.dir = direction;
    },
    begin() {
      root.dataset['ready'] = 'true';
      behaveLikeTheApp();
      // The app moves the focus into the frame at about the same time, before or after.
      focusTitle();
      window.addEventListener('focus', focusTitle, { once: true });
    },
    // A task of its own. A promise alone would still run before the event is reported as handled.
    afterInput: () => new Promise((resolve) => setTimeout(resolve)),
  };
}

/**
 * Who may get the hello: the window that frames us, and only if it is still the same one. Where the
 * browser does not tell its origin, the frame-ancestors rule that came with this page stands guard.
 */
function appOrigin(): string {
  const ancestors = (location as { readonly ancestorOrigins?: ArrayLike<string> }).ancestorOrigins;
  const parent = ancestors?.[0];
  // A custom scheme may be told as "null", which is no address to post to.
  return parent === undefined || parent === 'null' ? '*' : parent;
}

/** A new screen is read out from its title on, unless the page has put the focus somewhere else. */
function focusTitle(): void {
  if (document.activeElement !== null && document.activeElement !== document.body) return;
  const title = document.querySelector('h1');
  if (title === null) return;
  title.tabIndex = -1;
  title.focus();
}

/** A kiosk has no context menu, no zoom and nothing to drag out; the app cannot see into a frame. */
function behaveLikeTheApp(): void {
  for (const type of ['contextmenu', 'dragstart', 'dragover', 'drop']) {
    window.addEventListener(type, (event) => event.preventDefault());
  }
  const noWheelZoom = (event: WheelEvent): void => {
    if (event.ctrlKey) event.preventDefault();
  };
  // Passive listeners, the default here, cannot prevent anything.
  window.addEventListener('wheel', noWheelZoom, { passive: false });
  window.addEventListener('keydown', (event) => {
    const isZoom = ['+', '-', '=', '_', '0'].includes(event.key);
    if (isZoom && (event.ctrlKey || event.metaKey)) event.preventDefault();
  });
}
