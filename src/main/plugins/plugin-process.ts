import { createBirpc } from 'birpc';
import type { ErrorCode, Json, JsonObject } from '#shared';
import type { PluginContext, PluginDefinition } from '../../sdk/index.ts';
// Not through the barrel: it would load the schemas, which cost more than starting the process.
import { serializeError } from '../../shared/failure.ts';
import { openChannel } from './child/channel.ts';
import { asJson, lookAt, stepsKindOf } from './child/definition.ts';
import { provideSdk } from './child/provide-sdk.ts';
import { createReporter } from './child/reporter.ts';
import type { StepRunner } from './child/step-runner.ts';
import { createStorage } from './child/storage.ts';
import {
  MAX_ERROR_LENGTH,
  MAX_MESSAGE_BYTES,
  type HostSide,
  type PluginSide,
  type Reply,
  type StartedPlugin,
  type StartRequest,
} from './plugin-rpc.ts';

/**
 * The program that every plugin process runs. It is started blank, so that one can be kept warm, and
 * becomes a plugin with `start`. It does what the app asks, one plugin to a process, and ends when
 * the app does.
 */

/** What a rehearsal starts: a plugin without anything. */
const blankRequest = {
  name: '',
  root: '.',
  device: {
    productFamily: '',
    language: 'en',
    region: 'US',
    online: false,
    appVersion: '',
    deviceId: '',
  },
};
const TOO_LARGE = 'the answer is larger than 1 MiB';

// Beside this program in the build; where it belongs in the sources.
const isSource = import.meta.url.endsWith('.ts');
const sdk = new URL(isSource ? '../../sdk/index.ts' : './sdk.js', import.meta.url);
provideSdk(sdk);

const channel = openChannel();
const stopping = new AbortController();
let running: AbortController | undefined;
let answers: JsonObject = {};
let plugin: { readonly definition: PluginDefinition; readonly request: StartRequest } | undefined;
/** From the first time that its steps are asked for. */
let steps: StepRunner | undefined;

/** The rehearsal under way, if any: a process can be taken in the middle of one. */
let rehearsal: Promise<unknown> = Promise.resolve();

const functions: PluginSide = {
  warm: (round) => {
    const rehearsed = attempt('plugin/start-failed', () => rehearse(round));
    rehearsal = rehearsed;
    return rehearsed;
  },

  start: (request) =>
    attempt('plugin/start-failed', async () => {
      // Both put their plugin into the same place: the real one must be the last.
      await rehearsal;
      return startPlugin(request);
    }),

  run: (work) =>
    attempt('plugin/failed', async () => {
      if (plugin === undefined) return refuse('plugin/failed', 'it was not started');
      const { definition } = plugin;
      if (definition.run === undefined) {
        return stepsKindOf(definition) === 'none'
          ? accept(null)
          : refuse('plugin/failed', 'it has no `run`: its work are steps');
      }
      ({ answers } = work);
      running = new AbortController();
      const signal = AbortSignal.any([running.signal, stopping.signal]);
      try {
        await definition.run(contextFor(plugin.request, { signal }));
        return accept(null);
      } finally {
        running = undefined;
      }
    }),

  cancel: () => running?.abort(),

  call: (route, body) =>
    attempt('plugin/route-failed', async () => {
      const routes = plugin?.definition.routes ?? {};
      const handler = Object.hasOwn(routes, route) ? routes[route] : undefined;
      if (handler === undefined || plugin === undefined) {
        return refuse('plugin/no-route', `there is no route "${route}"`);
      }
      return answer(await handler(body, contextFor(plugin.request)), route);
    }),

  health: () =>
    attempt('plugin/failed', async () => {
      const health = await plugin?.definition.health?.();
      return answer(health ?? { healthy: true }, 'health');
    }),

  describeSteps: (request) =>
    attempt('plugin/failed', async () => {
      if (plugin === undefined) return refuse('plugin/failed', 'it was not started');
      ({ answers } = request);
      steps ??= await loadSteps(plugin);
      return steps.describe(answers);
    }),

  askStep: async (request) => (await steps?.ask(request)) ?? NO_STEPS,
  performStep: async (request) => (await steps?.perform(request)) ?? NO_STEPS,
  cancelStep: (callId) => steps?.cancel(callId),

  stop: () =>
    attempt('plugin/failed', async () => {
      stopping.abort();
      try {
        await plugin?.definition.shutdown?.();
      } finally {
        // After the reply, which this turn still sends.
        setImmediate(() => channel.exit(0));
      }
      return accept(null);
    }),
};

async function startPlugin(request: StartRequest): Promise<Reply<StartedPlugin>> {
  process.chdir(request.root);
  const module = (await import(request.main)) as Record<string, unknown>;
  const looked = lookAt(module);
  if (!looked.ok) return refuse('plugin/start-failed', looked.problem);
  const { definition, defaultAnswers } = looked;
  plugin = { definition, request };
  await definition.initialize?.(contextFor(request));
  return accept({
    stepsKind: stepsKindOf(definition),
    secretInputs: definition.secrets ?? [],
    routes: Object.keys(definition.routes ?? {}),
    defaultAnswers,
  });
}

/** Not before there is a plugin with steps: the code for them would slow every other start. */
async function loadSteps(loaded: NonNullable<typeof plugin>): Promise<StepRunner> {
  const { createStepRunner } = await import('./child/step-runner.ts');
  return createStepRunner({
    definition: loaded.definition,
    contextFor: (about) => contextFor(loaded.request, about),
    stopping: stopping.signal,
    host: {
      stepEvents: (callId, events) => void host.stepEvents(callId, events),
      askPerson: (callId, question) => host.askPerson(callId, question),
    },
    logError: (text) => reporter.log.error(text),
    commandMark: loaded.request.commandMark,
  });
}

/** Does once what a plugin will do, so that the code for it is loaded and compiled by then. */
async function rehearse(round: number): Promise<Reply<null>> {
  // A module of a file and, without one, the shape of a plugin: each time others, else they are there.
  await import(`${sdk.href}?round=${round}`);
  const module = `export default { routes: { echo: (body) => body }, round: ${round} }`;
  await startPlugin({ ...blankRequest, main: `data:text/javascript,${module}` });
  await functions.call('echo', { round });
  plugin = undefined;
  return accept(null);
}

/** The app asks for the steps first. */
const NO_STEPS = refuse('step/failed', 'its steps were not asked for');

const host = createBirpc<HostSide, PluginSide>(functions, {
  post: (message: string) => channel.send(message),
  on: (handle: (message: string) => void) => {
    channel.onMessage((message) => {
      if (message !== undefined) handle(message);
    });
  },
  serialize: (message: { readonly i?: string }) => {
    const text = JSON.stringify(message);
    if (Buffer.byteLength(text) <= MAX_MESSAGE_BYTES) return text;
    return JSON.stringify({ t: 's', i: message.i, r: refuse('plugin/bad-answer', TOO_LARGE) });
  },
  deserialize: (text: string) => JSON.parse(text) as unknown,
  eventNames: ['log', 'progress', 'fatal', 'stepEvents'],
  timeout: -1,
});

const storage = createStorage(host);
const reporter = createReporter({
  log: (level, text) => void host.log(level, text),
  progress: (work) => void host.progress(work),
});

process.on('uncaughtException', (thrown: unknown) => {
  const { name, message, stack } = serializeError(thrown);
  reporter.log.error(stack ?? `${name}: ${message}`);
  void host.fatal({ name, message: message.slice(0, MAX_ERROR_LENGTH) });
  channel.exit(1);
});
channel.onClose(() => void endWithApp());

/** The app is gone: so must be whatever this plugin has started, in its own group or as commands. */
async function endWithApp(): Promise<void> {
  await steps?.end();
  try {
    process.kill(-process.pid, 'SIGKILL');
  } catch {
    // It leads no group: there is nobody else in one.
  }
  process.exit(1);
}

/** Runs a plugin's code; whatever it throws becomes data, its stack a line of the log. */
async function attempt<T>(code: ErrorCode, work: () => Promise<Reply<T>>): Promise<Reply<T>> {
  try {
    return await work();
  } catch (thrown) {
    const error = serializeError(thrown);
    reporter.log.error(error.stack ?? error.message);
    const { name, message } = error;
    return { ok: false, code, error: { name, message: message.slice(0, MAX_ERROR_LENGTH) } };
  } finally {
    reporter.flush();
  }
}

function accept<T>(value: T): Reply<T> {
  return { ok: true, value };
}

function refuse(code: ErrorCode, message: string): Reply<never> {
  return { ok: false, code, error: { name: 'Error', message } };
}

function answer(value: unknown, from: string): Reply<Json> {
  const json = asJson(value);
  if (json.ok) return accept(json.value);
  return refuse('plugin/bad-answer', `the answer of "${from}" is not JSON: ${json.problem}`);
}

function contextFor(request: StartRequest, about: Partial<PluginContext> = {}): PluginContext {
  return {
    answers,
    device: request.device,
    event: request.event,
    log: reporter.log,
    progress: (percent, message) => reporter.progress(percent, message),
    signal: stopping.signal,
    storage,
    dataFolder: request.dataFolder,
    ...about,
  };
}
