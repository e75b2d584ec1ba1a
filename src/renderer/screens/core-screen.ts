import type { CoreAnswers, Builtin, Result, Json, Stage } from '#shared';
import { actionError } from '../failure-text.ts';
import { useI18n, useSending } from '../setup-context.tsx';

export type CoreStage = Extract<Stage, { readonly kind: 'core' }>;

/** What every core screen is given. */
export interface CoreScreenProps {
  readonly stage: CoreStage;
}

/** What every core screen can do. */
export interface CoreScreen<B extends Builtin> {
  /** Hands the answers to the host, which shows the next screen. */
  readonly complete: (answers: CoreAnswers[B]) => Promise<Result<Json>>;
  /** Absent where there is no way back. */
  readonly back: (() => void) | undefined;
  readonly busy: boolean;
  /** Why the last of these did not work. */
  readonly error: string | undefined;
}

/**
 * Completing and going back, which all core screens have in common. `leave` is called before going
 * back, while the host still takes what belongs to this screen.
 */
export function useCoreScreen<B extends Builtin>(
  stage: CoreStage,
  leave?: () => void,
): CoreScreen<B> {
  const { t } = useI18n();
  const { send, busy, failure } = useSending();
  const { plugin, canGoBack } = stage;
  const goBack = () => {
    leave?.();
    void send({ type: 'screen.back', plugin });
  };
  return {
    complete: (answers) => {
      return send({ type: 'screen.complete', plugin, answers });
    },
    back: canGoBack ? goBack : undefined,
    busy,
    error: failure === undefined ? undefined : t(actionError(failure)),
  };
}
