import type { Stage as SetupStage } from '#shared';
import { Button } from '../components/Button.tsx';
import { actionError, failureText } from '../failure-text.ts';
import { useI18n, useSending } from '../setup-context.tsx';
import { FailureDetails } from './FailureDetails.tsx';
import { Stage } from './Stage.tsx';

interface FailureScreenProps {
  readonly stage: Extract<SetupStage, { readonly kind: 'failure' }>;
}

/** A step failed: what happened, what to do, and, for those who can use it, the details. */
export function FailureScreen({ stage }: FailureScreenProps) {
  const { t, text } = useI18n();
  const { send, busy, failure } = useSending();
  const { plugin, code, message, contact, canSkip } = stage;
  return (
    <Stage
      screen="failure"
      plugin={plugin}
      icon="alert"
      tone="danger"
      title={t('failure.title')}
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
        <p>{t('failure.named', { name: text(stage.description) ?? plugin })}</p>
        <p>{canSkip ? t('failure.canSkip') : t('failure.cannotSkip')}</p>
        <FailureDetails code={code} message={message} contact={contact} />
      </div>
    </Stage>
  );
}
