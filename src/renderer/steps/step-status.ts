import type { StepView } from '#shared';
import type { IconName } from '../components/Icon.tsx';
import type { PlainKey } from '../i18n/catalogue.ts';

/** How a step stands, for someone who reads it in a list. */
export interface ShownStatus {
  readonly text: PlainKey;
  /** `spinner` is no drawing but the one sign of work that all screens have. */
  readonly icon: IconName | 'spinner';
}

/** Why a step was skipped, where that says more than that it was. */
const SKIPPED: { readonly [reason: string]: PlainKey } = {
  check: 'steps.status.alreadyDone',
  when: 'steps.status.notNeeded',
  empty: 'steps.status.notNeeded',
};

const SHOWN: { readonly [status in StepView['status']]: ShownStatus } = {
  pending: { text: 'steps.status.pending', icon: 'circle' },
  running: { text: 'steps.status.running', icon: 'spinner' },
  completed: { text: 'steps.status.completed', icon: 'check' },
  failed: { text: 'steps.status.failed', icon: 'alert' },
  skipped: { text: 'steps.status.skipped', icon: 'skip' },
  blocked: { text: 'steps.status.blocked', icon: 'forbidden' },
  cancelled: { text: 'steps.status.cancelled', icon: 'close' },
};

/** The words and the drawing for a step: told apart by both, so never by colour alone. */
export function statusOf({ status, reason, attempts, interrupted }: StepView): ShownStatus {
  if (interrupted === true) return { text: 'steps.status.interrupted', icon: 'alert' };
  const shown = SHOWN[status];
  if (status === 'skipped') return { ...shown, text: SKIPPED[reason ?? ''] ?? shown.text };
  // It has begun before: it waits between two attempts, or is to be done over.
  if (status === 'pending' && attempts > 0) return { icon: 'clock', text: 'steps.status.again' };
  return shown;
}
