import type { AppSlice } from './slices.ts';

/** What the shell does when the app tells it something. */
export interface LifecycleOptions {
  readonly app: AppSlice;
  /** Somebody started the app again. */
  readonly onSecondStart: () => void;
  /** Ends setup, keeping its state. Called once. */
  readonly stop: () => Promise<void>;
  /** Exit code once everything has ended. */
  readonly exitCode: () => number;
}

/**
 * Holds the single-instance lock and makes sure that setup is put away before the process ends,
 * however the end begins. `false` where the app runs already: then there is nothing to do.
 */
export function holdLifecycle({ app, onSecondStart, stop, exitCode }: LifecycleOptions): boolean {
  if (!app.requestSingleInstanceLock()) {
    app.quit();
    return false;
  }
  app.on('second-instance', onSecondStart);
  app.on('window-all-closed', () => app.quit());
  let isEnding = false;
  app.on('before-quit', (event) => {
    // Electron would not wait for the promise: the quit is called off and made up for by `exit`.
    event.preventDefault();
    if (isEnding) return;
    isEnding = true;
    void stop().finally(() => app.exit(exitCode()));
  });
  return true;
}
