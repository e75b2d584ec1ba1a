import type { WorkProgress } from './stage.ts';
import type { Json, JsonObject } from './json.ts';
import type { Result } from './result.ts';

/**
 * What a plugin's screen (in a frame, on its own origin) and the app's renderer say to each other.
 *
 * The frame posts one `ClientHello` to its parent window and hands over a `MessagePort`; everything
 * else goes over that port, so no other window can listen or join in. The parent takes a hello only
 * from the frame it made (`event.source`) and from the origin it loaded there (`event.origin`).
 */
export const CLIENT_PROTOCOL_VERSION = 1;

/** The one message that goes through `window.postMessage`. Holds nothing secret. */
export interface ClientHello {
  readonly firstlight: 'hello';
  readonly version: number;
}

/** Names that a plugin's own styles may count on. The host gives a value to each of them. */
export const THEME_TOKENS = [
  '--fl-color-bg',
  '--fl-color-surface',
  '--fl-color-text',
  '--fl-color-muted',
  '--fl-color-primary',
  '--fl-color-on-primary',
  '--fl-color-border',
  '--fl-color-danger',
  '--fl-font',
  '--fl-font-size',
  '--fl-radius',
  '--fl-space',
] as const;
export type ThemeToken = (typeof THEME_TOKENS)[number];

/** How things look now: the brand and what the person at the device chose. */
export interface ClientTheme {
  /** CSS values by custom property, already chosen for the colour scheme and contrast in force. */
  readonly tokens: { readonly [token in ThemeToken]?: string };
  readonly colorScheme: 'light' | 'dark';
  /** 1 is normal, 1.25 a quarter larger. `--fl-font-size` has it in already. */
  readonly textScale: number;
  readonly highContrast: boolean;
  readonly reducedMotion: boolean;
}

/** The language in force. */
export interface ClientLocale {
  /** BCP 47 tag, such as `de` or `ar`. */
  readonly language: string;
  /** ISO 3166-1 alpha-2 region, such as `DE`. */
  readonly region: string;
  readonly direction: 'ltr' | 'rtl';
}

/** What a screen begins with: the host's answer to its hello. */
export interface ClientWelcome {
  readonly type: 'welcome';
  readonly version: number;
  /** The plugin's name in the plan. */
  readonly plugin: string;
  /** Answers saved by an earlier visit to this screen; empty at first. */
  readonly answers: JsonObject;
  /** What was typed but not completed; empty if nothing was. */
  readonly draft: JsonObject;
  readonly locale: ClientLocale;
  readonly theme: ClientTheme;
  /** May the screen offer Back? */
  readonly canGoBack: boolean;
}

/** Renderer to frame, over the port. */
export type HostToClient =
  | ClientWelcome
  | { readonly type: 'theme'; readonly theme: ClientTheme }
  | { readonly type: 'locale'; readonly locale: ClientLocale }
  | { readonly type: 'progress'; readonly work: WorkProgress }
  /** Answers the request of the same `id`. */
  | { readonly type: 'reply'; readonly id: number; readonly result: Result<Json> };

/** Frame to renderer, over the port. Each is answered by one `reply`. */
export type ClientToHost = { readonly id: number } & (
  | { readonly type: 'call'; readonly route: string; readonly body: Json }
  | { readonly type: 'complete'; readonly answers: JsonObject }
  | { readonly type: 'back' }
  | { readonly type: 'saveDraft'; readonly draft: JsonObject }
);

/** Is this the hello of a frame? The frame's own origin must be checked besides. */
export function isClientHello(data: unknown): data is ClientHello {
  return isObject(data) && data['firstlight'] === 'hello' && typeof data['version'] === 'number';
}

/**
 * Is this a request that a frame may make? A plugin's screen is not trusted: the renderer drops
 * whatever fails here. Values inside `body`, `answers` and `draft` are checked by the host's command.
 */
export function isClientToHost(data: unknown): data is ClientToHost {
  if (!isObject(data) || typeof data['id'] !== 'number') return false;
  switch (data['type']) {
    case 'call':
      return typeof data['route'] === 'string' && data['body'] !== undefined;
    case 'complete':
      return isObject(data['answers']);
    case 'saveDraft':
      return isObject(data['draft']);
    case 'back':
      return true;
    default:
      return false;
  }
}

function isObject(value: unknown): value is { readonly [key: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
