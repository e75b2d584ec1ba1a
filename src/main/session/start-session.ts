import type { CheckedCore, DeviceInfo, PlanInfo, Preferences } from '#shared';
import { begin, transition } from '../flow/transition.ts';
import type { StartChoice } from '../update/plan-trial.ts';
import type { LoadedPlan } from '../update/update-port.ts';
import type { SessionBegin } from './journal.ts';
import type { SavedSession } from './saved-session.ts';
import { Session } from './session.ts';
import { logFlagErrors } from './session-log.ts';
import { shownOnly } from './session-memory.ts';
import type { SessionPorts } from './session-ports.ts';
import { TraceRecorder } from './trace-recorder.ts';

/** Begins a new setup with the plan that is in force. */
export async function beginSession(options: {
  readonly ports: SessionPorts;
  readonly sessionId: string;
  readonly core: CheckedCore;
  readonly active: LoadedPlan;
  readonly preferences: Preferences;
}): Promise<Session> {
  const { ports, active, preferences, sessionId } = options;
  const { hub } = ports;
  hub.emit({ type: 'session.started', sessionId });
  hub.emit({ type: 'preferences.changed', preferences });
  hub.emit({ type: 'plan.changed', plan: infoOf(active) });
  const device: DeviceInfo = {
    productFamily: active.plan.general.product_family,
    language: preferences.language,
    region: preferences.region,
    online: false,
    appVersion: ports.appVersion,
    deviceId: ports.deviceId,
  };
  const flags = await ports.rollouts.evaluate(active.plan.flags, device);
  logFlagErrors(flags, hub);
  const sessionBegin: SessionBegin = {
    sessionId,
    startedAt: ports.clock.now(),
    core: options.core.plugins,
    plan: active.plan,
    info: infoOf(active),
    flags,
    mode: ports.mode,
    needless: [],
    preferences,
  };
  await ports.journal?.append({ kind: 'begin', begin: sessionBegin });
  const [state, effects] = begin(sessionBegin);
  const { startedAt } = sessionBegin;
  const session = new Session(ports, {
    ...{ state, effects, active, startedAt },
    answers: {},
    traceLength: 0,
  });
  session.watchNetwork();
  return session;
}

/**
 * Goes on with an unfinished setup: the same screen, answers kept, nothing that finished runs again.
 * With another plan in force than the setup was left with, that is a plan change within it.
 */
export async function resumeSession(options: {
  readonly ports: SessionPorts;
  readonly saved: SavedSession;
  readonly unfinished: NonNullable<SavedSession['unfinished']>;
  readonly active: LoadedPlan;
  readonly withdrawn?: StartChoice['withdrawn'] | undefined;
}): Promise<Session> {
  const { ports, saved, unfinished, active, withdrawn } = options;
  const { hub } = ports;
  hub.emit({ type: 'session.started', sessionId: unfinished.begin.sessionId });
  hub.emit({ type: 'preferences.changed', preferences: unfinished.preferences });
  hub.emit({ type: 'plan.changed', plan: unfinished.info });
  for (const [plugin, answers] of Object.entries(unfinished.answers)) {
    hub.emit({ type: 'answers.saved', plugin, answers: shownOnly(answers) });
  }
  for (const [plugin, draft] of Object.entries(unfinished.drafts)) {
    hub.emit({ type: 'draft.saved', plugin, draft });
  }
  const traceLength = writeLostTrace(ports, saved, unfinished.traced);
  await ports.journal?.append({ kind: 'input', input: { type: 'resumed' } });
  const [state, effects] = transition(unfinished.state, { type: 'resumed' });
  const session = new Session(ports, {
    state,
    effects,
    active: { plan: unfinished.plan, digest: unfinished.info.digest },
    answers: unfinished.answers,
    startedAt: unfinished.begin.startedAt,
    traceLength,
  });
  if (withdrawn !== undefined && withdrawn.digest === unfinished.info.digest) {
    await session.withdrawPlan(active, withdrawn.failure);
  } else if (active.digest !== unfinished.info.digest) {
    await session.changePlan(active);
  }
  session.watchNetwork();
  return session;
}

/** What the journal knows to have happened but a power cut kept out of the trace is written now. */
function writeLostTrace(
  ports: SessionPorts,
  saved: SavedSession,
  traced: NonNullable<SavedSession['unfinished']>['traced'],
): number {
  const { lastSeq } = saved.trace;
  const { clock, writeTrace } = ports;
  const recorder = new TraceRecorder({ clock, after: lastSeq, write: writeTrace });
  for (const entry of traced.slice(lastSeq)) recorder.record(entry);
  return Math.max(lastSeq, traced.length);
}

function infoOf({ plan, digest, source }: LoadedPlan): PlanInfo {
  const { product_family, execution_plan_version, revision } = plan.general;
  return { product_family, execution_plan_version, revision, digest, source };
}
