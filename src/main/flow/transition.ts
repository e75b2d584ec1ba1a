import { assertNever } from '#shared';
import {
  goBack,
  goForward,
  canGoBack,
  retryReview,
  reviewAnswered,
  reviewFailed,
  reviewOpened,
  showAgain,
} from './back.ts';
import { commit, draftOf, reviewed, stateOf, trace, update, type Draft } from './draft.ts';
import type { FlowEffect } from './effects.ts';
import { raiseSetupStarted } from './events.ts';
import type { FlowBegin, FlowInput } from './inputs.ts';
import {
  answered,
  attemptFailed,
  complete,
  hasTheScreen,
  open,
  opened,
  retry,
  traceScreen,
} from './life.ts';
import { changePlan, startWhatIsDue } from './plan-change.ts';
import { makeRoster, pluginAt } from './roster.ts';
import { finish, handle, joinNextCore, moveOn, settle } from './sequence.ts';
import { initialState, type FlowState, type Review } from './state.ts';

/** The next state, and what the runner must do, in order. */
export type Step = readonly [FlowState, readonly FlowEffect[]];

/**
 * Begins a session: the plan becomes active, `SetupStarted` is raised first of all, the first core
 * plugin joins behind whatever that started, and plugins without an event join behind it.
 */
export function begin(options: FlowBegin): Step {
  const roster = makeRoster(options.core, options.plan);
  const { flags, mode } = options;
  const draft = draftOf(initialState({ roster, flags, mode }));
  draft.needless = new Set(options.needless);
  trace(draft, { type: 'plan.activated', ...options.info });
  raiseSetupStarted(draft);
  for (let event = draft.pending.shift(); event !== undefined; event = draft.pending.shift()) {
    handle(draft, event);
  }
  joinNextCore(draft);
  moveOn(draft);
  startWhatIsDue(draft);
  settle(draft);
  return commit(draft);
}

/**
 * The sequencer (plan contract, section 4): pure, no clock, no I/O. An input that makes no sense in
 * the present state, such as news of a plugin that is done, changes nothing.
 */
export function transition(state: FlowState, input: FlowInput): Step {
  if (state.finished !== undefined) return [state, []];
  const draft = draftOf(state);
  if (!apply(draft, input)) return [state, []];
  settle(draft);
  return commit(draft);
}

/** Applies one input; `false` where it makes no sense now. */
function apply(draft: Draft, input: FlowInput): boolean {
  switch (input.type) {
    case 'plan.changed':
      changePlan(draft, input);
      return true;
    case 'plan.unchanged':
    case 'plan.update_failed':
      trace(draft, { type: input.type, reason: input.reason, message: input.message });
      return true;
    case 'flags.changed':
      draft.flags = input.flags;
      return true;
    case 'needless.changed':
      draft.needless = withMember(draft.needless, input.plugin, input.needless);
      return true;
    case 'leave':
      if (draft.screen?.kind !== 'stop') return false;
      finish(draft, 'stopped');
      return true;
    case 'resumed':
      resume(draft);
      return true;
    case 'opened':
    case 'answered':
    case 'completed':
    case 'failed':
    case 'retry':
    case 'skip':
    case 'give-up':
    case 'back': {
      const index = draft.roster.indexOf.get(input.plugin);
      if (index === undefined) return false;
      const { review } = draft;
      return review !== undefined && reviewed(review) === index
        ? applyToReview(draft, review, input)
        : applyToPlugin(draft, index, input);
    }
    default:
      return assertNever(input);
  }
}

/** News of one plugin, or a person's word about it. */
type PluginInput = Extract<
  FlowInput,
  {
    type: 'opened' | 'answered' | 'completed' | 'failed' | 'retry' | 'skip' | 'give-up' | 'back';
  }
>;

function applyToPlugin(draft: Draft, index: number, input: PluginInput): boolean {
  const state = stateOf(draft, index);
  if (state.status !== 'started') return false;
  const isFailed = state.phase === 'failed';
  const isAsked = draft.review === undefined && draft.screen?.plugin === index && isFailed;
  switch (input.type) {
    case 'opened':
      if (state.open || isFailed) return false;
      opened(draft, index, input.hasScreen);
      return true;
    case 'answered':
      if (state.phase !== 'screen' || !hasTheScreen(draft, index)) return false;
      answered(draft, index, input.hasWork);
      return true;
    case 'completed':
      if (isFailed) return false;
      complete(draft, index, 'completed');
      return true;
    case 'failed':
      if (isFailed) return false;
      attemptFailed(draft, index, { reason: input.reason, message: input.message });
      return true;
    case 'retry':
      if (!isAsked) return false;
      if (draft.screen?.kind === 'stop') retryAfterStop(draft);
      else retry(draft, index);
      return true;
    case 'skip':
      if (!isAsked || draft.screen?.kind !== 'failure') return false;
      complete(draft, index, 'skipped');
      return true;
    case 'give-up':
      if (!isFailed) return false;
      draft.stoppedBy = index;
      return true;
    case 'back':
      if (draft.review !== undefined || !canGoBack(draft)) return false;
      if (!hasTheScreen(draft, index)) return false;
      goBack(draft);
      return true;
    default:
      return assertNever(input);
  }
}

function applyToReview(draft: Draft, review: Review, input: PluginInput): boolean {
  const { phase } = review;
  switch (input.type) {
    case 'opened':
      if (phase !== 'opening') return false;
      reviewOpened(draft, review);
      return true;
    case 'answered':
      if (phase !== 'screen') return false;
      reviewAnswered(draft, review, input.hasWork);
      return true;
    case 'completed':
      if (phase !== 'work') return false;
      goForward(draft, review);
      return true;
    case 'failed':
      if (phase === 'failed') return false;
      reviewFailed(draft, review, { reason: input.reason, message: input.message });
      return true;
    case 'retry':
      if (phase !== 'failed') return false;
      retryReview(draft, review);
      return true;
    case 'skip':
    case 'give-up':
      // What it did the first time still stands.
      if (phase !== 'failed') return false;
      goForward(draft, review);
      return true;
    case 'back':
      if (!canGoBack(draft)) return false;
      goBack(draft);
      return true;
    default:
      return assertNever(input);
  }
}

/** Retry on the stop screen: everyone whose failure stopped the flow gets a new round. */
function retryAfterStop(draft: Draft): void {
  draft.stoppedBy = undefined;
  for (const [index, state] of draft.plugins.entries()) {
    const isStopping = pluginAt(draft.roster, index).on_failure === 'stop';
    if (isStopping && state.status === 'started' && state.phase === 'failed') retry(draft, index);
  }
  startWhatIsDue(draft);
}

/** Nothing that ran is running any more: every process is brought up again, nothing starts twice. */
function resume(draft: Draft): void {
  draft.workingFor = undefined;
  for (const [index, state] of draft.plugins.entries()) {
    if (state.status !== 'started' || state.phase === 'failed') continue;
    if (state.phase === 'screen' && hasTheScreen(draft, index)) {
      traceScreen(draft, 'screen.closed', index);
    }
    update(draft, index, { phase: 'opening', open: false });
    open(draft, index, 0);
  }
  showAgain(draft);
}

function withMember(set: ReadonlySet<string>, member: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (isIn) next.add(member);
  else next.delete(member);
  return next;
}
