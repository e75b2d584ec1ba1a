import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ExecutionSummary } from '#shared';
import type { ExecutionEngine } from '../../execution/engine/execution-engine.ts';
import type { ListedExecutor, WorkRegistry } from '../../executors/work-executor.ts';
import type { PluginDirectory, PluginHealth } from '../../plugins/plugin-directory.ts';
import { resourcesFolder } from '../../resources.ts';
import { isFinal } from '../../execution/records.ts';
import type { ApiRoute } from '../route.ts';

export interface HealthPorts {
  readonly engine: ExecutionEngine;
  readonly plugins: PluginDirectory;
  readonly works: WorkRegistry;
  readonly version: string;
}

/** `GET /api/health`. */
export interface HealthView {
  /** `impaired` where any part is not as it should be. */
  readonly status: 'ok' | 'impaired';
  readonly version: string;
  readonly engine: {
    readonly healthy: boolean;
    /** Not at their end. */
    readonly alive: number;
    readonly total: number;
    /** Why executions wait that would go on. */
    readonly reason?: string;
  };
  readonly plugins: readonly PluginHealth[];
  readonly executors: readonly ListedExecutor[];
}

/** How the parts are, and the description of this very interface. */
export function healthRoutes(ports: HealthPorts): readonly ApiRoute[] {
  let document: Promise<string> | undefined;
  return [
    { method: 'GET', url: '/api/health', handle: () => healthOf(ports) },
    {
      method: 'GET',
      url: '/api/openapi.json',
      handle: async (_request, reply) => {
        document ??= readFile(openApiFile(), 'utf8');
        return reply.type('application/json').send(await document);
      },
    },
  ];
}

/** Made from the schemas at build time: an app that starts has no time for it. */
export function openApiFile(): string {
  return join(resourcesFolder(), 'schema', 'control-api.openapi.json');
}

async function healthOf({ engine, plugins, works, version }: HealthPorts): Promise<HealthView> {
  const executions = engine.list();
  const full = executions.find(isHeldByDisk);
  const health = await plugins.health();
  const healthy = full === undefined;
  return {
    status: healthy && health.every((plugin) => plugin.healthy) ? 'ok' : 'impaired',
    version,
    engine: {
      healthy,
      alive: executions.filter(({ status }) => !isFinal(status)).length,
      total: executions.length,
      ...(full?.reason === undefined ? {} : { reason: full.reason }),
    },
    plugins: health,
    executors: works.list(),
  };
}

function isHeldByDisk({ status, reason }: ExecutionSummary): boolean {
  return status === 'paused' && reason === 'disk-full';
}
