import {
  DEFAULT_PREFERENCES,
  reduce,
  type Bridge,
  type Command,
  type HostEvent,
  type Json,
  type Preferences,
  type Result,
  type Snapshot,
} from '#shared';
import { createStore, type StoreApi } from 'zustand/vanilla';

/** What the screens are drawn from. */
export interface SetupState {
  /** Absent until the host has answered for the first time. */
  readonly snapshot?: Snapshot;
  /**
   * The snapshot's preferences, with what a person has just changed already in them: a switch that
   * moves only after a round trip feels broken, and a fast arrow key would undo itself.
   */
  readonly preferences: Preferences;
}

/** The renderer's one connection to the host. */
export interface Setup {
  readonly state: StoreApi<SetupState>;
  /** Sends a command and gives the host's answer. Never rejects. */
  readonly send: (command: Command) => Promise<Result<Json>>;
  readonly assetAddress: (plugin: string) => Promise<string>;
  /** Begins to listen; the returned function ends it. */
  readonly start: () => () => void;
}

export interface SetupOptions {
  readonly bridge: Bridge;
  /** Waits before asking again after a failed question; injected so that tests drive the time. */
  readonly wait: (milliseconds: number) => Promise<void>;
}

const ASK_AGAIN_MS = 500;

/** Builds the store on a bridge. Nothing happens before `start`. */
export function createSetup({ bridge, wait }: SetupOptions): Setup {
  const state = createStore<SetupState>(() => ({ preferences: DEFAULT_PREFERENCES }));
  /** Changes on their way to the host, oldest first. */
  let wanted: readonly Partial<Preferences>[] = [];
  /** Events that came while a snapshot was asked for; `undefined` while none is. */
  let waiting: HostEvent[] | undefined;
  let running = false;

  const show = (snapshot: Snapshot | undefined) => {
    const known = snapshot?.preferences ?? DEFAULT_PREFERENCES;
    const preferences = wanted.reduce<Preferences>((all, change) => ({ ...all, ...change }), known);
    state.setState(snapshot === undefined ? { preferences } : { snapshot, preferences });
  };

  const ask = async () => {
    waiting = [];
    for (;;) {
      const snapshot = await bridge.snapshot().catch(() => undefined);
      if (!running) return;
      if (snapshot !== undefined) {
        const overtook: readonly HostEvent[] = waiting;
        waiting = undefined;
        // Taken as it is, even when its number is lower: a host that was restarted counts anew.
        show(snapshot);
        for (const event of overtook) take(event);
        return;
      }
      await wait(ASK_AGAIN_MS);
    }
  };

  const take = (event: HostEvent) => {
    const { snapshot } = state.getState();
    if (waiting !== undefined) {
      waiting.push(event);
    } else if (snapshot === undefined || event.seq > snapshot.seq + 1) {
      void ask();
    } else if (event.seq === snapshot.seq + 1) {
      show(reduce(snapshot, event));
    }
    // What is older than the snapshot is in it already.
  };

  const send = async (command: Command): Promise<Result<Json>> => {
    if (command.type !== 'preferences.set') return bridge.send(command);
    const change = withoutUndefined(command.preferences);
    wanted = [...wanted, change];
    show(state.getState().snapshot);
    const result = await bridge.send(command);
    wanted = wanted.filter((other) => other !== change);
    show(state.getState().snapshot);
    return result;
  };

  return {
    state,
    send,
    assetAddress: bridge.assetAddress.bind(bridge),
    start: () => {
      running = true;
      const unsubscribe = bridge.subscribe(take);
      void ask();
      return () => {
        running = false;
        unsubscribe();
      };
    },
  };
}

/** A present field that is `undefined` would blot out the one below it. */
function withoutUndefined(preferences: {
  readonly [key in keyof Preferences]?: Preferences[key] | undefined;
}): Partial<Preferences> {
  const given = Object.entries(preferences).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given);
}
