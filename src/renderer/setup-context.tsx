import type { Command, Failure, Json, Preferences, Result, Snapshot } from '#shared';
import { createContext, use, useState } from 'react';
import { useStore } from 'zustand';
import { translatorFor, type Translator } from './i18n/translator.ts';
import type { Setup, SetupState } from './store.ts';

/** The connection to the host, for all screens. */
export const SetupContext = createContext<Setup | undefined>(undefined);

export function useSetup(): Setup {
  const setup = use(SetupContext);
  if (setup === undefined) throw new Error('rendered outside SetupContext');
  return setup;
}

function useSetupState<T>(select: (state: SetupState) => T): T {
  return useStore(useSetup().state, select);
}

/** A part of the snapshot; `undefined` only until the host has answered for the first time. */
export function useSnapshotOrNone<T>(select: (snapshot: Snapshot) => T): T | undefined {
  return useSetupState(({ snapshot }) => (snapshot === undefined ? undefined : select(snapshot)));
}

/**
 * A part of the snapshot, for screens: they are drawn only when there is one. `select` must give the
 * same object for the same snapshot, or the screen would be drawn for ever.
 */
export function useSnapshot<T>(select: (snapshot: Snapshot) => T): T {
  return useSetupState(({ snapshot }) => {
    if (snapshot === undefined) throw new Error('a screen was drawn before the first snapshot');
    return select(snapshot);
  });
}

/** Language, appearance and so on, with what was just chosen already in. */
export function usePreferences(): Preferences {
  return useSetupState((state) => state.preferences);
}

/** How to speak to the person at the device now. */
export function useI18n(): Translator {
  return translatorFor(useSetupState((state) => state.preferences.language));
}

/** A command that a screen gives, and how it goes. */
export interface Sending {
  readonly send: (command: Command) => Promise<Result<Json>>;
  readonly busy: boolean;
  /** Why the last one was refused. */
  readonly failure?: Failure;
}

/** Sends commands one at a time, as a button does. */
export function useSending(): Sending {
  const { send } = useSetup();
  const [state, setState] = useState<Omit<Sending, 'send'>>({ busy: false });
  return {
    ...state,
    send: async (command) => {
      setState({ busy: true });
      const result = await send(command);
      setState(result.ok ? { busy: false } : { busy: false, failure: result.failure });
      return result;
    },
  };
}
