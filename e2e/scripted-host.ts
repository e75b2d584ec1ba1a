import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { ExecutionOnScreen, HostEventBody } from '#shared';
import {
  testEndpoint,
  type TestEndpoint,
} from '../src/main/transport/test-endpoint.test-support.ts';
import { pageAddress } from '../src/main/web/access.ts';
import { listenEarly } from '../src/main/web/early-listener.ts';
import { startWebServer } from '../src/main/web/server.ts';
import { ROOT } from '../src/testing/app-process.ts';

/** The plugin that every script is about. */
export const PLUGIN = 'runtime';

const ENTRY = {
  plugin: PLUGIN,
  description: { en: 'Runtime environment', de: 'Laufzeitumgebung', ar: 'بيئة التشغيل' },
};

const WORKING: HostEventBody = {
  type: 'stage.changed',
  stage: { kind: 'working', ...ENTRY },
};

/** The failure screen of the plugin. */
export const FAILED = {
  type: 'stage.changed',
  stage: {
    kind: 'failure',
    ...ENTRY,
    code: 'step/command-failed',
    message: 'tar ended with exit code 2.',
    contact: { team: 'Experience', email: 'operations@nova.example' },
    canSkip: true,
  },
} as const satisfies HostEventBody;

/**
 * A scripted host: no setup runs behind it. The built renderer and the web server in front of it are
 * the real ones; what they are told is what a test says.
 */
export interface ScriptedHost extends TestEndpoint {
  /** Of the first page. */
  readonly address: string;
  /** Exceptions of the server, which are bugs. */
  readonly bugs: readonly string[];
  /** Tells screens how the steps of the plugin stand. */
  show(execution: ExecutionOnScreen): void;
  stop(): Promise<void>;
}

/** Starts one that shows the plugin at work. */
export async function startScriptedHost(): Promise<ScriptedHost> {
  const endpoint = testEndpoint();
  const listening = await listenEarly(0);
  if (!listening.ok) throw new Error(listening.failure.message);
  const token = randomBytes(32).toString('base64url');
  const bugs: string[] = [];
  const server = await startWebServer({
    listener: listening.value,
    endpoint,
    plugins: {
      list: () => [],
      byName: () => undefined,
      byRoute: () => undefined,
      health: () => Promise.resolve([]),
    },
    token,
    rendererFolder: join(ROOT, 'out/renderer'),
    clientFolder: join(ROOT, 'out/client'),
    onBug: ({ message }) => bugs.push(message),
  });
  endpoint.raise(WORKING);
  endpoint.raise({ type: 'progress.changed', progress: { done: 3, total: 8 } });
  return Object.assign(endpoint, {
    address: pageAddress(listening.value.port, token),
    bugs,
    show: (execution: ExecutionOnScreen) =>
      endpoint.raise({ type: 'execution.changed', plugin: PLUGIN, execution }),
    stop: () => server.close(),
  });
}
