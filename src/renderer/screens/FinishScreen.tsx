import { Button } from '../components/Button.tsx';
import { useI18n } from '../setup-context.tsx';
import { useCoreScreen, type CoreScreenProps } from './core-screen.ts';
import { Stage } from './Stage.tsx';
import { Summary } from './Summary.tsx';

/** Everything is done: what was chosen, and the step out of setup. */
export function FinishScreen({ stage }: CoreScreenProps) {
  const { t } = useI18n();
  const { complete, back, busy, error } = useCoreScreen<'finish'>(stage);
  return (
    <Stage
      screen="finish"
      plugin={stage.plugin}
      icon="check"
      title={t('finish.title')}
      help={t('finish.help')}
      error={error}
      onBack={back}
      onSubmit={() => void complete({})}
      primary={
        <Button action="primary" kind="primary" busy={busy}>
          {t('finish.action')}
        </Button>
      }
    >
      <Summary />
    </Stage>
  );
}
