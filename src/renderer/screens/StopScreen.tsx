import type { Stage as SetupStage } from '#shared';
import { useState } from 'react';
import { Button } from '../components/Button.tsx';
import { Confirm } from '../components/feedback.tsx';
import { actionError, closestCode, failureText } from '../failure-text.ts';
import { useI18n, useSending, useSnapshot } from '../setup-context.tsx';
import { ContactRows, FailureDetails } from './FailureDetails.tsx';
import { Stage } from './Stage.tsx';

interface StopScreenProps {
  readonly stage: Extract<SetupStage, { readonly kind: 'stop' }>;
}

/** Setup cannot go on by itself: whom to ask, and the ways to begin again. */
export function StopScreen({ stage }: StopScreenProps) {
  const { t } = useI18n();
  const { send, busy, failure } = useSending();
  const [confirming, setConfirming] = useState(false);
  const { plugin = '', contact, message, canRetry } = stage;
  const code = closestCode(
    stage.code,
    useSnapshot((snapshot) => snapshot.executions[plugin]),
  );
  const hasContact = contact.team !== undefined || contact.email !== undefined;
  const restart = (
    <Button action="restart" kind="quiet" onPress={() => setConfirming(true)}>
      {t('stop.restart')}
    </Button>
  );
  return (
    <>
      <Stage
        screen="stop"
        plugin={stage.plugin}
        icon="alert"
        tone="danger"
        title={t('stop.title')}
        help={t(failureText(code))}
        error={failure && t(actionError(failure))}
        onSubmit={() => {
          if (canRetry) void send({ type: 'setup.retry' });
        }}
        secondary={canRetry && restart}
        primary={
          // What the app was shipped with is broken: there is nothing to try or begin again.
          canRetry && (
            <Button action="retry" kind="primary" busy={busy}>
              {t('action.retry')}
            </Button>
          )
        }
      >
        <div className="stack">
          <p>{t('stop.help')}</p>
          {hasContact && (
            <section className="group" aria-label={t('stop.contact')}>
              <h2 className="group-label">{t('stop.contact')}</h2>
              <dl className="card summary">
                <ContactRows contact={contact} />
              </dl>
            </section>
          )}
          <FailureDetails code={code} message={message} contact={{}} />
        </div>
      </Stage>
      {confirming && (
        <Confirm
          title={t('stop.confirmTitle')}
          text={t('stop.confirmText')}
          action={t('stop.restart')}
          onCancel={() => setConfirming(false)}
          onConfirm={() => {
            setConfirming(false);
            void send({ type: 'setup.restart' });
          }}
        />
      )}
    </>
  );
}
