import { randomBytes } from 'node:crypto';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fail, ok, type Result, type SerializedError } from '#shared';
import { launchKiosk, type Kiosk } from '../kiosk/launch-kiosk.ts';
import type { ShellOptions } from '../shell-options.ts';
import { openHome, resolveHome } from '../state/home.ts';
import { nodeFiles } from '../state/node-files.ts';
import type { HostEndpoint } from '../transport/endpoint.ts';
import { pageAddress } from './access.ts';
import { listenEarly } from './early-listener.ts';

/** How long the last screen stays before the window closes by itself. */
const LAST_SCREEN_MS = 5_000;

export interface BrowserShellOptions {
  readonly options: ShellOptions;
  /** Prints one line for the person at the terminal. */
  readonly say: (line: string) => void;
  readonly onBug: (error: SerializedError) => void;
  /** Resolves with an exit code when somebody wants the app to end. */
  readonly stopAsked: Promise<number>;
  /** Called at once with what must not outlive this process, even if that ends in a hurry. */
  readonly onKiosk: (kiosk: Kiosk) => void;
}

/**
 * Runs setup in a browser until it is complete, its window is closed or somebody ends it. The value
 * is the exit code. What it has started is gone when it resolves.
 */
export async function runBrowserShell(shell: BrowserShellOptions): Promise<Result<number>> {
  const { options, say, onBug, stopAsked } = shell;
  const listening = await listenEarly(options.port);
  if (!listening.ok) return listening;
  const listener = listening.value;
  const folder = resolveHome(options.home, {
    env: process.env,
    platform: process.platform,
    userFolder: homedir(),
    workingFolder: process.cwd(),
  });
  const home = await openHome(nodeFiles, folder);
  if (!home.ok) {
    await listener.close();
    return home;
  }
  const token = randomBytes(32).toString('base64url');
  const address = pageAddress(listener.port, token);
  // The browser first: it takes longer to come up than everything below, and meets a socket that
  // listens already.
  const kiosk = openKiosk(options, { address, folder: home.value.paths.folder });
  if (kiosk !== undefined) shell.onKiosk(kiosk);

  const { startBrowserHost } = await import('./browser-host.ts');
  const started = await startBrowserHost({
    say,
    options,
    files: nodeFiles,
    home: home.value.paths,
    listener,
    token,
    onBug,
  });
  try {
    if (!started.ok) return started;
    const { runtime } = started.value;
    say(
      kiosk === undefined
        ? `Firstlight is at ${address}`
        : 'Firstlight is open in its own window. Ctrl-C ends it.',
    );
    const complete = setupComplete(runtime).then(() => say('Setup is complete.'));
    const left = complete.then(() => afterLastScreen(options));
    return await Promise.race([
      stopAsked.then((code) => ok(code)),
      left.then(() => ok(0)),
      ...(kiosk === undefined ? [] : [windowClosed(kiosk)]),
    ]);
  } finally {
    await kiosk?.close();
    await (started.ok ? started.value.stop() : listener.close());
    home.value.release();
  }
}

function openKiosk(
  { browser, noOpen }: ShellOptions,
  { address, folder }: { readonly address: string; readonly folder: string },
): Kiosk | undefined {
  if (browser === undefined || noOpen) return undefined;
  return launchKiosk({ program: browser, address, profileFolder: join(folder, 'browser') });
}

async function windowClosed(kiosk: Kiosk): Promise<Result<number>> {
  const closed = await kiosk.closed;
  return closed.ok ? ok(0) : fail(closed.failure);
}

/** Resolves when the screen shows that setup is complete. Stopped setups stay: see the screen. */
function setupComplete(endpoint: HostEndpoint): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const { stage } = endpoint.snapshot();
      if (stage.kind === 'finished' && stage.outcome === 'completed') resolve();
    };
    endpoint.subscribe(look);
    look();
  });
}

/** With `--stay`, never: somebody wants to look around. */
function afterLastScreen({ stay }: ShellOptions): Promise<void> {
  return new Promise((resolve) => {
    if (!stay) setTimeout(resolve, LAST_SCREEN_MS);
  });
}
