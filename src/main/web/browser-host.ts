import { join } from 'node:path';
import type { Result, SerializedError } from '#shared';
import { openApp, type OpenAppOptions } from '../open-app.ts';
import { resourcesFolder } from '../resources.ts';
import type { Runtime } from '../runtime.ts';
import type { EarlyListener } from './early-listener.ts';
import { directoryOf } from '../plugins/registry-directory.ts';
import { startWebServer } from './server.ts';

export interface BrowserHostOptions extends OpenAppOptions {
  readonly listener: EarlyListener;
  readonly token: string;
  readonly onBug: (error: SerializedError) => void;
}

/** The app behind a server. */
export interface BrowserHost {
  readonly runtime: Runtime;
  /** Ends server, setup and plugin processes. */
  stop(): Promise<void>;
}

/**
 * Starts the app and serves it. A module of its own because of all that it imports: the shell loads
 * it while the browser is starting.
 */
export async function startBrowserHost(options: BrowserHostOptions): Promise<Result<BrowserHost>> {
  const { listener, token, onBug } = options;
  // Whoever runs setup in a browser on the machine has it as a preview, and tools beside it.
  const opened = await openApp({ apiByDefault: true, ...options });
  if (!opened.ok) return opened;
  const runtime = opened.value;
  const built = join(resourcesFolder(), '..', 'out');
  const server = await startWebServer({
    listener,
    endpoint: runtime,
    plugins: directoryOf(runtime.registry),
    token,
    rendererFolder: join(built, 'renderer'),
    clientFolder: join(built, 'client'),
    onBug,
  });
  return {
    ok: true,
    value: {
      runtime,
      stop: async () => {
        await server.close();
        await runtime.stop();
      },
    },
  };
}
