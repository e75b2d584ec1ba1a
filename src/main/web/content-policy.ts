/** What a page may load and do, as response headers. The same for both shells, but for origins. */

/** Given to every response: it is for this page, now, and for nobody else. */
export const COMMON_HEADERS: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'x-dns-prefetch-control': 'off',
  'permissions-policy': [
    'accelerometer',
    'camera',
    'clipboard-read',
    'display-capture',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
    'local-fonts',
    'magnetometer',
    'microphone',
    'midi',
    'payment',
    'publickey-credentials-get',
    'screen-wake-lock',
    'serial',
    'usb',
    'window-management',
  ]
    .map((feature) => `${feature}=()`)
    .join(', '),
};

/** Where the two kinds of pages come from. Sources in the sense of a content security policy. */
export interface PolicyOrigins {
  /** The app's own origin, which alone may frame a plugin's screen. */
  readonly app: string;
  /** Where the bridge goes; empty in Electron, where it needs no network. */
  readonly bridge: string;
  /** Every origin that a plugin's screen can have. */
  readonly screens: string;
}

/** Headers of the app's own pages: nothing inline, nothing from elsewhere but plugin frames. */
export function appHeaders(origins: PolicyOrigins): Record<string, string> {
  return {
    ...COMMON_HEADERS,
    'x-frame-options': 'DENY',
    'content-security-policy': policy({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src': "'self'",
      'img-src': "'self' data:",
      'font-src': "'self'",
      'connect-src': origins.bridge === '' ? "'none'" : origins.bridge,
      'frame-src': origins.screens,
      'frame-ancestors': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
    }),
  };
}

/**
 * Headers of a plugin's screen: its own files, and no connection at all. It reaches its plugin
 * through the app that frames it, and nothing else.
 */
export function screenHeaders(origins: PolicyOrigins): Record<string, string> {
  return {
    ...COMMON_HEADERS,
    'content-security-policy': policy({
      'default-src': "'self'",
      'img-src': "'self' data: blob:",
      'media-src': "'self' blob:",
      'connect-src': "'none'",
      'object-src': "'none'",
      'frame-src': "'none'",
      'worker-src': "'none'",
      'base-uri': "'none'",
      'form-action': "'none'",
      'frame-ancestors': origins.app,
      // Holds too when the page is opened by itself, outside the app's frame.
      sandbox: 'allow-scripts allow-forms allow-same-origin',
    }),
  };
}

function policy(directives: Readonly<Record<string, string>>): string {
  return Object.entries(directives)
    .map(([name, value]) => `${name} ${value}`)
    .join('; ');
}
