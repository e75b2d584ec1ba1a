import { assertNever, type UpdateState } from '#shared';
import { Button } from '../components/Button.tsx';
import { ProgressBar } from '../components/feedback.tsx';
import { actionError } from '../failure-text.ts';
import { useI18n, useSending, useSnapshot } from '../setup-context.tsx';
import { useAfter, WAY_ON_MS } from '../timing.ts';
import { useCoreScreen, type CoreScreenProps } from './core-screen.ts';
import { Stage } from './Stage.tsx';

/** Shows the updater at work. The host moves on when it is done; nothing has to be pressed. */
export function UpdateScreen({ stage }: CoreScreenProps) {
  const { t } = useI18n();
  const update = useSnapshot((snapshot) => snapshot.update);
  const { back, error } = useCoreScreen<'update'>(stage);
  const skipping = useSending();
  const mayGoOn = useAfter(WAY_ON_MS);
  const status = t(`update.${update.phase}`);
  const skipError = skipping.failure && t(actionError(skipping.failure));
  return (
    <Stage
      screen="update"
      plugin={stage.plugin}
      icon="update"
      calm
      title={t('update.title')}
      help={t('update.help')}
      error={skipError ?? error}
      onBack={back}
      secondary={
        mayGoOn && (
          <Button
            action="skip"
            busy={skipping.busy}
            onPress={() => void skipping.send({ type: 'update.skip' })}
          >
            {t('update.skip')}
          </Button>
        )
      }
    >
      <div className="work" data-phase={update.phase}>
        <ProgressBar label={t('update.title')} percent={percentOf(update)} />
        <p className="work-line" role="status">
          {status}
        </p>
      </div>
    </Stage>
  );
}

/** 0..100; `undefined` while it cannot be known. */
function percentOf(update: UpdateState): number | undefined {
  switch (update.phase) {
    case 'idle':
    case 'checking':
      return undefined;
    case 'fetching':
    case 'installing':
      return update.total === undefined || update.total === 0
        ? undefined
        : (100 * update.done) / update.total;
    case 'offline':
    case 'updated':
    case 'unchanged':
    case 'failed':
      return 100;
    default:
      return assertNever(update);
  }
}
