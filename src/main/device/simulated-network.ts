import { fail, ok, type Failure, type NetworkState, type Result, type WifiNetwork } from '#shared';
import type { Timer } from '../clock.ts';
import type { NetworkPort } from './device-port.ts';
import {
  SIMULATED_NETWORKS,
  SIMULATED_PASSWORD,
  type SimulatedNetwork,
} from './simulated-networks.ts';

export interface SimulatedNetworkOptions {
  readonly clock: Timer;
  /** Is a working cable plugged in? Default no. */
  readonly wired?: boolean;
  /** What is in reach. Default `SIMULATED_NETWORKS`; none of them, and no cable, is offline. */
  readonly networks?: readonly SimulatedNetwork[];
  /** How long a scan takes. Default 1,200 ms. */
  readonly scanMs?: number;
  /** How long joining takes, wrong passwords included. Default 1,500 ms. */
  readonly connectMs?: number;
}

type ConnectRequest = Parameters<NetworkPort['connect']>[0];

/**
 * A network adapter that exists in memory only. Deterministic: the same calls on the same clock give
 * the same states. Joining another network while one is being joined gives the first one up.
 */
export function createSimulatedNetwork(options: SimulatedNetworkOptions): NetworkPort {
  const { clock, scanMs = 1200, connectMs = 1500, networks = SIMULATED_NETWORKS } = options;
  const listeners = new Set<(state: NetworkState) => void>();
  let state: NetworkState = { wired: options.wired ?? false, scanning: false, networks: [] };
  let scanning: Promise<void> | undefined;
  let endScan: (() => void) | undefined;
  let giveUpJoining: (() => void) | undefined;

  function change(next: NetworkState): void {
    state = next;
    for (const listener of listeners) listener(next);
  }

  /** Ends the one attempt that may be under way; whoever waits for it hears that it failed. */
  function finishJoining(connected: string | undefined): void {
    giveUpJoining = undefined;
    const { connecting: _joined, ...rest } = state;
    change(connected === undefined ? rest : { ...rest, connected });
  }

  function join(request: ConnectRequest): Promise<Result<void>> {
    return new Promise((resolve) => {
      const callOff = clock.after(connectMs, () => {
        const failure = refusal(networks, request);
        finishJoining(failure === undefined ? request.ssid : undefined);
        resolve(failure === undefined ? ok(undefined) : fail(failure));
      });
      giveUpJoining = () => {
        callOff();
        finishJoining(undefined);
        resolve(fail(givenUp(request.ssid)));
      };
      change({ ...state, connecting: request.ssid });
    });
  }

  return {
    state: () => state,
    onChange: (listener) => {
      // A wrapper, so that one function that listens twice is heard twice and ends once.
      const own = (next: NetworkState): void => listener(next);
      listeners.add(own);
      return () => listeners.delete(own);
    },
    scan: () => {
      scanning ??= new Promise((resolve) => {
        const end = (found: readonly WifiNetwork[]): void => {
          scanning = undefined;
          endScan = undefined;
          change({ ...state, scanning: false, networks: found });
          resolve();
        };
        const callOff = clock.after(scanMs, () => end(visible(networks)));
        endScan = () => {
          callOff();
          end(state.networks);
        };
        change({ ...state, scanning: true });
      });
      return scanning;
    },
    connect: (request) => {
      giveUpJoining?.();
      return join(request);
    },
    dispose: () => {
      listeners.clear();
      endScan?.();
      giveUpJoining?.();
    },
  };
}

/** Strongest first, as a person looks for their own. */
function visible(networks: readonly SimulatedNetwork[]): readonly WifiNetwork[] {
  return networks
    .filter(({ hidden }) => hidden !== true)
    .map(({ ssid, signal, secured }) => ({ ssid, signal, secured }))
    .sort((a, b) => b.signal - a.signal);
}

/** Why the network does not let the device in; `undefined` when it does. */
function refusal(
  networks: readonly SimulatedNetwork[],
  request: ConnectRequest,
): Failure | undefined {
  const { ssid, password, hidden = false } = request;
  // A hidden network answers only when it is called by its name as one.
  const network = networks.find((one) => one.ssid === ssid && (hidden || one.hidden !== true));
  if (network === undefined) {
    return { code: 'network/not-found', message: `No network named "${ssid}" is in reach.` };
  }
  if (network.secured && password !== SIMULATED_PASSWORD) {
    // What was typed stays out of the message: messages are logged.
    return {
      code: 'network/wrong-password',
      message: `The network "${ssid}" did not accept the password.`,
    };
  }
  if (network.unstable === true) {
    return {
      code: 'network/failed',
      message: `The connection to "${ssid}" was lost: the signal is at ${network.signal} %.`,
      hint: 'Move closer to it, or choose another network.',
    };
  }
  return undefined;
}

function givenUp(ssid: string): Failure {
  return { code: 'network/failed', message: `Joining "${ssid}" was given up.` };
}
