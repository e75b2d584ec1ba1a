import * as v from 'valibot';
import {
  commandSchema,
  fail,
  type CheckedCore,
  type CheckedPlan,
  type DeviceInfo,
  type Failure,
  type FlowOutcome,
  type HostEventBody,
  type Json,
  type Notice,
  type PluginEntry,
  type Preferences,
  type Result,
} from '#shared';
import type { PluginHost } from './plugins/plugin-port.ts';
import type { PluginRegistry } from './plugins/registry.ts';
import { carryOut } from './session/commands.ts';
import { EventHub } from './session/event-hub.ts';
import { openSavedSession, type SavedSession } from './session/saved-session.ts';
import type { Session } from './session/session.ts';
import { keepLog } from './session/session-log.ts';
import type { SessionPorts } from './session/session-ports.ts';
import { beginSession, resumeSession } from './session/start-session.ts';
import type { FilesPort } from './state/files-port.ts';
import type { HomePaths } from './state/home.ts';
import type { LogLine } from './state/log-file.ts';
import type { HostEndpoint } from './transport/endpoint.ts';
import type { StartChoice } from './update/plan-trial.ts';
import type { LoadedPlan } from './update/update-port.ts';

/** A running app without a face: what every shell puts a screen, or a socket, on. */
export interface Runtime extends HostEndpoint {
  readonly registry: PluginRegistry;
  /** Resolves when a setup has come to its end and no other begins. */
  readonly finished: Promise<FlowOutcome>;
  /** The setup under way; `undefined` where there is none. */
  current(): RunningSetup | undefined;
  /** Stops everything that it started. An unfinished setup can be resumed. */
  stop(): Promise<void>;
}

/** What others may know of the setup under way. */
export interface RunningSetup {
  readonly plan: CheckedPlan;
  /** What the plan says of a plugin that may be started. */
  readonly entryOf: (plugin: string) => PluginEntry | undefined;
  readonly device: () => DeviceInfo;
}

type OwnPorts = 'hub' | 'mode' | 'journal' | 'writeTrace' | 'headlessAnswers' | 'plugins';

/** What a composition root hands over: the parts that differ from shell to shell. */
export interface RuntimePorts extends Omit<SessionPorts, OwnPorts> {
  readonly files: FilesPort;
  readonly home: HomePaths;
  readonly core: CheckedCore;
  /** The plan to start with: the last accepted one, or the base plan. */
  readonly active: LoadedPlan;
  /** The plan that the saved setup may run on, if it was taken back since. */
  readonly withdrawn?: StartChoice['withdrawn'] | undefined;
  readonly plugins: PluginHost & { readonly registry: PluginRegistry };
  /** What the machine says of language and region, until a person chooses. */
  readonly preferences: Preferences;
  readonly newId: () => string;
  /** Begin anew even if a setup is unfinished? */
  readonly fresh: boolean;
  /** Things that went wrong before the runtime was there. */
  readonly notices: readonly Notice[];
  readonly writeLog: (line: LogLine) => void;
}

/**
 * Joins all the parts, and begins a setup or resumes the one that a power cut left unfinished.
 * Fails with `shell/read-only` where its state cannot be kept.
 */
export async function createRuntime(ports: RuntimePorts): Promise<Result<Runtime>> {
  const hub = new EventHub();
  keepLog(hub, ports.clock, ports.writeLog);
  let settle: (outcome: FlowOutcome) => void = () => undefined;
  const finished = new Promise<FlowOutcome>((resolve) => (settle = resolve));
  let fresh = ports.fresh;
  let saved: SavedSession | undefined;
  let session: Session | undefined;

  async function open(): Promise<Result<void>> {
    const { files, home } = ports;
    const opened = await openSavedSession({ files, home, fresh });
    if (!opened.ok) return opened;
    saved = opened.value;
    session = await startSession(ports, hub, saved);
    const current = session;
    // A stop that a person leaves begins anew, and is not the end of the app.
    void current.finished.then((outcome) => {
      if (outcome === 'completed') settle(outcome);
    });
    return { ok: true, value: undefined };
  }

  async function close(): Promise<void> {
    await session?.stop();
    await saved?.trace.sync();
    await Promise.all([saved?.journal.close(), saved?.trace.close()]);
  }

  async function restart(): Promise<void> {
    await session?.dispatch({ type: 'leave' });
    await close();
    fresh = true;
    const reopened = await open();
    if (!reopened.ok) hub.emit(stopOf(reopened.failure));
  }

  const opened = await open();
  if (!opened.ok) return opened;
  for (const notice of ports.notices) hub.emit({ type: 'notice.given', notice });
  return {
    ok: true,
    value: {
      registry: ports.plugins.registry,
      finished,
      snapshot: () => hub.snapshot(),
      subscribe: (listener) => hub.subscribe(listener),
      send: async (given) => {
        const command = v.safeParse(commandSchema, given);
        if (!command.success) return fail(badCommand(command.issues));
        if (session === undefined) return fail(NO_SESSION);
        return carryOut(command.output, { session, network: ports.network, restart });
      },
      current: () => session,
      stop: async () => {
        await close();
        await ports.executions?.dispose();
        await ports.supply?.dispose();
        await ports.plugins.dispose();
        ports.network.dispose();
      },
    },
  };
}

/**
 * An app that cannot set anything up, because what it was shipped with is broken: it shows the stop
 * screen with the reason instead of an empty window.
 */
export function createBrokenRuntime(failure: Failure, registry: PluginRegistry): Runtime {
  const hub = new EventHub();
  hub.emit(stopOf(failure));
  return {
    registry,
    finished: new Promise(() => undefined),
    snapshot: () => hub.snapshot(),
    subscribe: (listener) => hub.subscribe(listener),
    send: () => Promise.resolve<Result<Json>>(fail(NO_SESSION)),
    current: () => undefined,
    stop: () => Promise.resolve(),
  };
}

const NO_SESSION: Failure = {
  code: 'command/not-now',
  message: 'There is no setup to do this with.',
};

function badCommand(issues: readonly v.BaseIssue<unknown>[]): Failure {
  const where = issues.map((issue) => v.getDotPath(issue) ?? '(whole)').join(', ');
  return { code: 'command/bad', message: `The command is wrong at: ${where}.` };
}

function stopOf({ code, message }: Failure): HostEventBody {
  const stage = { kind: 'stop', code, message, contact: {}, canRetry: false } as const;
  return { type: 'stage.changed', stage };
}

async function startSession(
  ports: RuntimePorts,
  hub: EventHub,
  saved: SavedSession,
): Promise<Session> {
  const { core, active, preferences } = ports;
  const sessionPorts: SessionPorts = {
    ...ports,
    hub,
    mode: { headless: false, simulated: false },
    headlessAnswers: new Map(),
    journal: saved.journal,
    writeTrace: (record) => void saved.trace.write(record),
  };
  const { unfinished } = saved;
  const session =
    unfinished === undefined
      ? await beginSession({
          ports: sessionPorts,
          sessionId: ports.newId(),
          core,
          active,
          preferences,
        })
      : await resumeSession({
          ports: sessionPorts,
          saved,
          unfinished,
          active,
          withdrawn: ports.withdrawn,
        });
  if (saved.notice !== undefined) hub.emit({ type: 'notice.given', notice: saved.notice });
  return session;
}
