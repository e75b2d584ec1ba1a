/** What decides how Chromium is started as a kiosk. */
export interface KioskOptions {
  /** First page, with its token. */
  readonly address: string;
  /** Profile of this device, apart from any browser of the person's own. */
  readonly profileFolder: string;
  /** Chromium refuses its sandbox to root. */
  readonly isRoot: boolean;
}

/** Features that would talk to the outside, or offer a person a way out of setup. */
const OFF = [
  'Translate',
  'MediaRouter',
  'OptimizationHints',
  'AutofillServerCommunication',
  'PasswordManagerOnboarding',
  'InterestFeedContentSuggestions',
];

/**
 * Names that Chromium may look up: the app by address and the origins of plugin screens. All else
 * has no address, so that not even a prefetch leaves the device.
 */
const RESOLVER_RULES = 'MAP *.localhost 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1';

/** Command line for a fullscreen window without any chrome, prompts or network of its own. */
export function chromiumArguments(options: KioskOptions): readonly string[] {
  const { address, profileFolder, isRoot } = options;
  return [
    `--app=${address}`,
    '--kiosk',
    `--user-data-dir=${profileFolder}`,
    `--host-resolver-rules=${RESOLVER_RULES}`,
    `--disable-features=${OFF.join(',')}`,
    '--no-first-run',
    '--no-default-browser-check',
    '--no-service-autorun',
    '--noerrdialogs',
    '--disable-session-crashed-bubble',
    '--hide-crash-restore-bubble',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-default-apps',
    '--disable-extensions',
    '--disable-sync',
    '--disable-pinch',
    '--overscroll-history-navigation=0',
    '--deny-permission-prompts',
    // A plugin's page could otherwise reach others by WebRTC, which no content policy covers.
    '--force-webrtc-ip-handling-policy=disable_non_proxied_udp',
    // No prompt for a keyring: nothing is stored there.
    '--password-store=basic',
    '--use-mock-keychain',
    // `--test-type` hides the bar that complains about the missing sandbox.
    ...(isRoot ? ['--no-sandbox', '--test-type'] : []),
  ];
}
