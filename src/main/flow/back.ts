import { nameOf, reviewed, trace, type Draft } from './draft.ts';
import { traceScreen } from './life.ts';
import { isCore } from './roster.ts';
import { show } from './sequence.ts';
import type { FailureReason, FlowState, Review } from './state.ts';

// Back shows an earlier completed screen again, up to the last point of no return. Completing it
// again runs its work again and raises nothing (plan contract, section 4, rule 9). Going forward
// leads through the same screens back to the one where Back was pressed, which kept its place.

/** Can the person go back from what is shown? */
export function canGoBack(state: FlowState): boolean {
  const { review, screen } = state;
  // What ran meanwhile may have passed a point of no return.
  if (state.history.isEmpty()) return false;
  if (review !== undefined) return review.phase === 'screen' && review.at > 0;
  if (screen?.kind !== 'plugin') return false;
  const plugin = state.plugins.get(screen.plugin);
  return plugin?.status === 'started' && plugin.phase === 'screen';
}

/** Shows the completed screen before the one that is shown. */
export function goBack(draft: Draft): void {
  const { review, screen } = draft;
  if (review !== undefined) {
    traceScreen(draft, 'screen.closed', reviewed(review));
    leave(draft, review);
    showReview(draft, review.path, review.at - 1);
    return;
  }
  if (screen === undefined) return;
  traceScreen(draft, 'screen.closed', screen.plugin);
  showReview(draft, draft.history, draft.history.size - 1);
}

/** The process of the plugin under review is up again. */
export function reviewOpened(draft: Draft, review: Review): void {
  draft.review = { ...review, phase: 'screen' };
  const index = reviewed(review);
  traceScreen(draft, 'screen.shown', index);
  draft.effects.push({ type: 'show', plugin: nameOf(draft, index) });
}

/** The screen under review was completed again. */
export function reviewAnswered(draft: Draft, review: Review, hasWork: boolean): void {
  traceScreen(draft, 'screen.closed', reviewed(review));
  if (hasWork) reviewWork(draft, review);
  else goForward(draft, review);
}

/** Leaves the screen under review for the next one, at last for the one where Back was pressed. */
export function goForward(draft: Draft, review: Review): void {
  leave(draft, review);
  const next = review.at + 1;
  if (next < review.path.size) {
    showReview(draft, review.path, next);
    return;
  }
  endReview(draft);
}

/** Ends going back at once, wherever it is: the screen where Back was pressed is shown again. */
export function callOffReview(draft: Draft, review: Review): void {
  if (review.phase === 'screen') traceScreen(draft, 'screen.closed', reviewed(review));
  leave(draft, review);
  endReview(draft);
}

function endReview(draft: Draft): void {
  draft.review = undefined;
  if (draft.screen !== undefined) show(draft, draft.screen);
}

/** Its work failed this time. Nothing depends on it, so a person is asked, whatever `on_failure`. */
export function reviewFailed(draft: Draft, review: Review, failure: FailureReason): void {
  const index = reviewed(review);
  if (review.phase === 'screen') traceScreen(draft, 'screen.closed', index);
  draft.review = { ...review, phase: 'failed', lastFailure: failure };
  trace(draft, { type: 'screen.builtin', name: 'failure', plugin: nameOf(draft, index) });
  draft.effects.push({ type: 'ask', plugin: nameOf(draft, index), canSkip: true });
}

/** A person chose Retry after a failure under review: the screen is shown once more. */
export function retryReview(draft: Draft, review: Review): void {
  showReview(draft, review.path, review.at);
}

/** After a restart of the app, what was shown is brought up again. */
export function showAgain(draft: Draft): void {
  const { review, screen } = draft;
  if (review !== undefined) {
    if (review.phase === 'screen') {
      traceScreen(draft, 'screen.closed', reviewed(review));
    }
    showReview(draft, review.path, review.at);
    return;
  }
  if (screen === undefined || screen.kind === 'plugin') return;
  show(draft, screen);
}

function showReview(draft: Draft, path: Review['path'], at: number): void {
  const review: Review = { path, at, phase: 'opening' };
  draft.review = review;
  const index = reviewed(review);
  if (draft.mode.simulated || isCore(draft.roster, index)) {
    reviewOpened(draft, review);
    return;
  }
  const plugin = nameOf(draft, index);
  draft.effects.push({ type: 'open', plugin, after: undefined, delayRound: 0 });
}

/** The process that was brought up for the review is not needed any more. */
function leave(draft: Draft, review: Review): void {
  draft.effects.push({ type: 'cancel', plugin: nameOf(draft, reviewed(review)) });
}

function reviewWork(draft: Draft, review: Review): void {
  draft.review = { ...review, phase: 'work' };
  const plugin = nameOf(draft, reviewed(review));
  trace(draft, { type: 'screen.builtin', name: 'working', plugin });
  draft.effects.push({ type: 'work', plugin, attempt: 1 });
}
