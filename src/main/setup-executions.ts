import { ok, type Json, type LogLevel, type Result } from '#shared';
import { reviveWork } from './api/work/revive-work.ts';
import { appVersion } from './app-version.ts';
import type { DeviceConfig } from './config/device-config.ts';
import { openDeviceExecutions, type DeviceExecutions } from './device-executions.ts';
import { createPluginRunner } from './plugin-runner.ts';
import type { ProcessPluginHost } from './plugins/plugin-host.ts';
import { directoryOf } from './plugins/registry-directory.ts';
import { reviveLeft } from './revive-left.ts';
import type { Runtime } from './runtime.ts';
import type { FilesPort } from './state/files-port.ts';
import type { HomePaths } from './state/home.ts';

/** Executions of an app that sets a device up: those of its flow, and those that the API begins. */
export interface SetupExecutions extends DeviceExecutions {
  /**
   * The app is there: what the API began before the last end of the app goes on, and the control API
   * is served where the device's configuration says so, or says nothing and `apiByDefault` does. One
   * that nobody asked for keeps no setup from starting: if it cannot be served, the log says why.
   */
  serve(
    runtime: Runtime,
    options: {
      readonly files: FilesPort;
      readonly api: DeviceConfig['api'];
      readonly apiByDefault: boolean;
    },
  ): Promise<Result<Runtime>>;
}

/** Opens the executions of an app, before there is a setup that they may belong to. */
export async function openSetupExecutions(options: {
  readonly home: HomePaths;
  readonly plugins: ProcessPluginHost;
  readonly log: (level: LogLevel, source: string, text: string) => void;
}): Promise<Result<SetupExecutions>> {
  const { home, plugins, log } = options;
  let runtime: Runtime | undefined;
  const opened = await openDeviceExecutions({
    home,
    onLog: (level, text) => log(level, 'executions', text),
    revive: (works) => async (header) => {
      const isWork = header.identity.request !== undefined;
      return isWork ? ok(reviveWork(header, works)) : runner.revive(header);
    },
  });
  if (!opened.ok) return opened;
  const { engine, registry, works } = opened.value;
  const runner = createPluginRunner({
    engine,
    plugins,
    works,
    entryOf: (plugin) => runtime?.current()?.entryOf(plugin),
    device: () => {
      const setup = runtime?.current();
      if (setup === undefined) throw new Error('there is no setup');
      return setup.device();
    },
    owner: 'api',
    headless: false,
    onLog: (plugin, level, text) => log(level, plugin, text),
  });

  return ok({
    ...opened.value,
    async serve(joined, { files, api, apiByDefault }) {
      runtime = joined;
      reviveLeft({ engine, runner, log: (level, text) => log(level, 'executions', text) });
      if (!(api.enabled ?? apiByDefault)) return ok(joined);
      // Off on most devices: then nobody waits for its code.
      const { startControlApi } = await import('./api/control-api.ts');
      const served = await startControlApi({
        port: api.port,
        engine,
        works: registry,
        performer: works,
        plugins: directoryOf(plugins.registry),
        host: joined,
        plan: () => planOf(joined),
        startPlugin: (request, actor) => runner.start(request, actor),
        home: home.folder,
        files,
        version: appVersion(),
        onBug: ({ message, stack }) => log('error', 'api', stack ?? message),
      });
      if (!served.ok && api.enabled === undefined) {
        log('warn', 'api', served.failure.message);
        return ok(joined);
      }
      if (!served.ok) {
        await joined.stop();
        return served;
      }
      return ok({
        ...joined,
        stop: async () => {
          await served.value.close();
          await joined.stop();
        },
      });
    },
  });
}

/** The plan in force, with what is known of it. */
function planOf(runtime: Runtime): Json | undefined {
  const setup = runtime.current();
  const { plan: info } = runtime.snapshot();
  if (setup === undefined || info === undefined) return undefined;
  return { info, plan: setup.plan } as unknown as Json;
}
