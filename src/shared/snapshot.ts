import type { JsonObject } from './json.ts';
import { DEFAULT_PREFERENCES, type NetworkState, type Preferences } from './device.ts';
import type { ExecutionOnScreen } from './executions.ts';
import type { HostEvent } from './events.ts';
import type { Notice, PlanInfo, SetupProgress, Stage, UpdateState, WorkProgress } from './stage.ts';

/**
 * Everything a screen needs, at one event number. Host and renderer both make it with `reduce`,
 * so they cannot disagree.
 */
export interface Snapshot {
  readonly seq: number;
  readonly sessionId: string;
  readonly plan?: PlanInfo;
  readonly stage: Stage;
  readonly progress: SetupProgress;
  readonly preferences: Preferences;
  readonly network: NetworkState;
  readonly update: UpdateState;
  /** By plugin name; only while its work runs. */
  readonly work: { readonly [plugin: string]: WorkProgress };
  /** Steps of a plugin's work, by plugin name; from their begin until the plugin has completed. */
  readonly executions: { readonly [plugin: string]: ExecutionOnScreen };
  /** Saved answers by plugin name, secrets left out. */
  readonly answers: { readonly [plugin: string]: JsonObject };
  /** What was typed but not yet completed, by plugin name, secrets left out. */
  readonly drafts: { readonly [plugin: string]: JsonObject };
  readonly notice?: Notice;
}

/** The snapshot before anything has happened. */
export function emptySnapshot(sessionId: string): Snapshot {
  return {
    seq: 0,
    sessionId,
    stage: { kind: 'starting' },
    progress: { done: 0, total: 0 },
    preferences: DEFAULT_PREFERENCES,
    network: { wired: false, scanning: false, networks: [] },
    update: { phase: 'idle' },
    work: {},
    executions: {},
    answers: {},
    drafts: {},
  };
}

/**
 * Applies one event. Pure. An event that does not follow the snapshot's `seq` is a gap: the caller
 * asks for a fresh snapshot instead of applying it.
 */
export function reduce(snapshot: Snapshot, event: HostEvent): Snapshot {
  const next = { ...snapshot, seq: event.seq };
  switch (event.type) {
    case 'session.started':
      return { ...emptySnapshot(event.sessionId), seq: event.seq };
    case 'plan.changed':
      return { ...next, plan: event.plan };
    case 'stage.changed':
      return { ...next, stage: event.stage };
    case 'progress.changed':
      return { ...next, progress: event.progress };
    case 'preferences.changed':
      return { ...next, preferences: event.preferences };
    case 'network.changed':
      return { ...next, network: event.network };
    case 'update.changed':
      return { ...next, update: event.update };
    case 'work.changed':
      return { ...next, work: { ...snapshot.work, [event.plugin]: event.work } };
    case 'work.ended':
      return { ...next, work: without(snapshot.work, event.plugin) };
    case 'execution.changed':
      return {
        ...next,
        executions: { ...snapshot.executions, [event.plugin]: event.execution },
      };
    case 'execution.ended':
      return { ...next, executions: without(snapshot.executions, event.plugin) };
    case 'answers.saved':
      return {
        ...next,
        answers: { ...snapshot.answers, [event.plugin]: event.answers },
        drafts: without(snapshot.drafts, event.plugin),
      };
    case 'draft.saved':
      return { ...next, drafts: { ...snapshot.drafts, [event.plugin]: event.draft } };
    case 'notice.given':
      return { ...next, notice: event.notice };
    case 'notice.dismissed': {
      const { notice: _dismissed, ...rest } = next;
      return rest;
    }
    case 'trace.recorded':
    case 'log.written':
      return next;
    default:
      return assertNever(event);
  }
}

/** Ends a `switch` over a closed union: a missing case is a type error. */
export function assertNever(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`);
}

function without<T>(record: { readonly [key: string]: T }, key: string): { [key: string]: T } {
  const { [key]: _removed, ...rest } = record;
  return rest;
}
