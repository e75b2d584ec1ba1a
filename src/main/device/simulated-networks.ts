/** A network that a simulated device has in reach. */
export interface SimulatedNetwork {
  readonly ssid: string;
  /** 0 (none) to 100 (best). */
  readonly signal: number;
  /** Asks for `SIMULATED_PASSWORD`. */
  readonly secured: boolean;
  /** Is in no scan; can be joined by its name. */
  readonly hidden?: boolean;
  /** Takes the password, then loses the connection: too weak, say. */
  readonly unstable?: boolean;
}

/** What every secured simulated network accepts; anything else is a wrong password. */
export const SIMULATED_PASSWORD = 'firstlight';

/** A neighbourhood with everything that a network screen must be able to show. */
export const SIMULATED_NETWORKS: readonly SimulatedNetwork[] = [
  { ssid: 'Firstlight Home', signal: 92, secured: true },
  { ssid: 'Corner Café', signal: 71, secured: false },
  // 32 bytes, the longest name there can be.
  { ssid: 'The-Quite-Long-Name-Of-A-Network', signal: 64, secured: true },
  { ssid: '🌻 Sonnenblume', signal: 55, secured: true },
  { ssid: 'شبكة المنزل', signal: 47, secured: true },
  { ssid: 'Attic Repeater', signal: 8, secured: true, unstable: true },
  { ssid: 'Backstage', signal: 60, secured: true, hidden: true },
];
