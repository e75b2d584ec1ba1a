/** What a device is like, as screens and plugins see it. Held by `src/main/device/`. */

/** A Wi-Fi network in reach. */
export interface WifiNetwork {
  readonly ssid: string;
  /** 0 (none) to 100 (best). */
  readonly signal: number;
  readonly secured: boolean;
}

/** The network as the screen shows it. Passwords are never part of it. */
export interface NetworkState {
  readonly wired: boolean;
  /** Name of the joined Wi-Fi network. */
  readonly connected?: string;
  readonly connecting?: string;
  readonly scanning: boolean;
  readonly networks: readonly WifiNetwork[];
}

/** Is there any working link? */
export function isOnline(network: NetworkState): boolean {
  return network.wired || network.connected !== undefined;
}

/** What a person chose on the first screen. In effect at once, everywhere. */
export interface Preferences {
  /** BCP 47 tag of the interface language, such as `de` or `ar`. */
  readonly language: string;
  /** ISO 3166-1 alpha-2 region, such as `DE`. */
  readonly region: string;
  readonly colorScheme: 'system' | 'light' | 'dark';
  readonly textSize: 'normal' | 'large' | 'larger';
  readonly highContrast: boolean;
  readonly reducedMotion: boolean;
  readonly screenReader: boolean;
}

export const DEFAULT_PREFERENCES: Preferences = {
  language: 'en',
  region: 'US',
  colorScheme: 'system',
  textSize: 'normal',
  highContrast: false,
  reducedMotion: false,
  screenReader: false,
};

/** Facts of the device that plugins may see (`ctx.device`). Never a hardware serial. */
export interface DeviceInfo {
  readonly productFamily: string;
  readonly language: string;
  readonly region: string;
  readonly online: boolean;
  readonly appVersion: string;
  /** Random, stable for this device's home. */
  readonly deviceId: string;
}
