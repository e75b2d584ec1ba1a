import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import {
  fail,
  ok,
  serializeError,
  type Failure,
  type Json,
  type Result,
  type SerializedError,
} from '#shared';
import type { ExecutionEngine } from '../execution/engine/execution-engine.ts';
import type { StepPerformer } from '../execution/engine/step-performer.ts';
import type { WorkRegistry } from '../executors/work-executor.ts';
import type { PluginDirectory } from '../plugins/plugin-directory.ts';
import type { FilesPort } from '../state/files-port.ts';
import type { HostEndpoint } from '../transport/endpoint.ts';
import { removeAddress, writeAddress } from './address-file.ts';
import { createApiServer } from './api-server.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { executionRoutes } from './routes/execution-routes.ts';
import { flowRoutes } from './routes/flow-routes.ts';
import { healthRoutes } from './routes/health-routes.ts';
import { pluginRoutes } from './routes/plugin-routes.ts';
import type { ApiRoute } from './route.ts';
import type { StartPlugin } from './start-execution.ts';
import { FlowTrace } from './streams/flow-trace.ts';

export interface ControlApiOptions {
  /** On loopback; 0 is any free one. */
  readonly port: number;
  readonly engine: ExecutionEngine;
  readonly works: WorkRegistry;
  /** Performs work items with the executors of `works`. */
  readonly performer: StepPerformer;
  readonly plugins: PluginDirectory;
  readonly host: HostEndpoint;
  /** The active plan with its info. */
  readonly plan: () => Json | undefined;
  readonly startPlugin: StartPlugin;
  /** Folder that the address and the token are written into. */
  readonly home: string;
  readonly files: FilesPort;
  readonly version: string;
  readonly onBug?: (error: SerializedError) => void;
}

/** The control API of a running app. */
export interface ControlApi {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  readonly port: number;
  /** Secret of this start: whoever has it may control executions. */
  readonly token: string;
  /** Ends every connection, stops listening, and takes the address away. */
  close(): Promise<void>;
}

/**
 * Serves the control API on loopback until it is closed. Fails with `shell/port-taken`, or with
 * `shell/read-only` where nobody could be told the address.
 */
export async function startControlApi(options: ControlApiOptions): Promise<Result<ControlApi>> {
  const { files, home, onBug = () => undefined } = options;
  const trace = new FlowTrace(options.host);
  const token = randomBytes(32).toString('base64url');
  const app = createApiServer({
    token,
    routes: apiRoutes(options, trace),
    onBug: (thrown) => onBug(serializeError(thrown)),
  });
  const close = async () => {
    trace.dispose();
    await app.close();
  };
  try {
    // Never on all interfaces: nobody on the network has business here.
    await app.listen({ port: options.port, host: '127.0.0.1', exclusive: true });
  } catch (thrown) {
    await close();
    return fail(cannotListen(options.port, thrown));
  }
  const { port } = app.server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}`;
  const written = await writeAddress(files, home, { url, token, pid: process.pid });
  if (!written.ok) {
    await close();
    return written;
  }
  return ok({
    url,
    port,
    token,
    close: async () => {
      // First of all: whoever finds the address expects somebody there.
      await removeAddress(files, home, token);
      await close();
    },
  });
}

/** The table of everything that is served. */
export function apiRoutes(options: ControlApiOptions, trace: FlowTrace): readonly ApiRoute[] {
  return [
    ...executionRoutes(options),
    ...eventRoutes(options.engine),
    ...flowRoutes({ ...options, trace }),
    ...pluginRoutes(options.plugins),
    ...healthRoutes(options),
  ];
}

function cannotListen(port: number, thrown: unknown): Failure {
  const { code, message } = serializeError(thrown);
  const why = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be used: ${message}`;
  return {
    code: 'shell/port-taken',
    message: `Port ${port} of the control API ${why}.`,
    hint: 'Set `port` in [api] of the device configuration to another one, or to 0 for any free one.',
  };
}
