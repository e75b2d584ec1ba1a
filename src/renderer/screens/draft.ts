import { withoutSecrets, type JsonObject } from '#shared';
import { useEffect, useRef, useState } from 'react';
import { useSetup, useSnapshot } from '../setup-context.tsx';
import type { CoreStage } from './core-screen.ts';

/** So long after the last key, what was typed is saved: often enough, and not at every key. */
const SAVE_AFTER_MS = 400;

/** What is typed on a screen, saved as it grows. */
export interface Draft<T> {
  readonly value: T;
  readonly change: (patch: Partial<T>) => void;
  /** Saves what is not saved yet: before going back, so that the last key is not lost. */
  readonly save: () => void;
  /** Forgets what is not saved yet: the screen was completed, and its answers say it better. */
  readonly drop: () => void;
}

interface DraftOptions<T> {
  readonly stage: CoreStage;
  /** Makes a value of what was saved before, which may be anything or nothing. */
  readonly read: (saved: JsonObject) => T;
}

/**
 * Keeps what is typed across a restart, secrets left out. Begins with the saved draft, else with the
 * answers of an earlier visit.
 */
export function useDraft<T extends JsonObject>({ stage, read }: DraftOptions<T>): Draft<T> {
  const { plugin, builtin } = stage;
  const { send } = useSetup();
  const saved = useSnapshot((snapshot) => snapshot.drafts[plugin] ?? snapshot.answers[plugin]);
  const [value, setValue] = useState(() => read(saved ?? {}));
  const unsaved = useRef<JsonObject>(undefined);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);

  const drop = () => {
    clearTimeout(timer.current);
    unsaved.current = undefined;
  };
  const save = () => {
    const draft = unsaved.current;
    drop();
    if (draft !== undefined) void send({ type: 'draft.save', plugin, draft });
  };
  const change = (patch: Partial<T>) => {
    const next = { ...value, ...patch };
    setValue(next);
    drop();
    unsaved.current = withoutSecrets(builtin, next);
    timer.current = setTimeout(save, SAVE_AFTER_MS);
  };

  useEffect(() => () => clearTimeout(timer.current), []);

  return { value, change, save, drop };
}

/** A saved text, or nothing. */
export function textOf(saved: JsonObject, field: string): string {
  const value = saved[field];
  return typeof value === 'string' ? value : '';
}
