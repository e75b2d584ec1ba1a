import type { Stage as SetupStage } from '#shared';
import { Button } from '../components/Button.tsx';
import { actionError, closestCode, failureText, failureTitle } from '../failure-text.ts';
import { isolate } from '../i18n/isolate.ts';
import { useI18n, useSending, useSnapshot } from '../setup-context.tsx';
import { failedStep } from '../steps/step-tree.ts';
import { FailureDetails } from './FailureDetails.tsx';
import { Stage } from './Stage.tsx';

interface FailureScreenProps {
  readonly stage: Extract<SetupStage, { readonly kind: 'failure' }>;
}

/** A step failed: what happened, what to do, and, for those who can use it, the details. */
export function FailureScreen({ stage }: FailureScreenProps) {
  const { t, text } = useI18n();
  const { send, busy, failure } = useSending();
  const { plugin, message, contact, canSkip } = stage;
  const execution = useSnapshot((snapshot) => snapshot.executions[plugin]);
  const code = closestCode(stage.code, execution);
  const step = execution && failedStep(execution);
  return (
    <Stage
      screen="failure"
      plugin={plugin}
      icon="alert"
      tone="danger"
      title={t(failureTitle(code))}
      help={t(failureText(code))}
      error={failure && t(actionError(failure))}
      onSubmit={() => void send({ type: 'failure.retry', plugin })}
      secondary={
        canSkip && (
          <Button action="skip" onPress={() => void send({ type: 'failure.skip', plugin })}>
            {t('action.skip')}
          </Button>
        )
      }
      primary={
        <Button action="retry" kind="primary" busy={busy}>
          {t('action.retry')}
        </Button>
      }
    >
      <div className="stack">
        <div>
          <p>{t('failure.named', { name: text(stage.description) ?? plugin })}</p>
          {step && <p data-part="step">{t('failure.at', { name: isolate(step.description) })}</p>}
        </div>
        <div>
          <p>{canSkip ? t('failure.canSkip') : t('failure.cannotSkip')}</p>
          {step && <p>{t('failure.resumes')}</p>}
        </div>
        <FailureDetails {...{ code, message, contact, execution }} />
      </div>
    </Stage>
  );
}
