import { Button } from '../components/Button.tsx';
import { useI18n } from '../setup-context.tsx';
import { useCoreScreen, type CoreScreenProps } from './core-screen.ts';
import { Stage } from './Stage.tsx';
import { Summary } from './Summary.tsx';

/** Shows what is about to be applied; the work itself is shown by the working screen. */
export function ProvisionScreen({ stage }: CoreScreenProps) {
  const { t } = useI18n();
  const { complete, back, busy, error } = useCoreScreen<'provision'>(stage);
  return (
    <Stage
      screen="provision"
      plugin={stage.plugin}
      icon="sliders"
      title={t('provision.title')}
      help={t('provision.help')}
      error={error}
      onBack={back}
      onSubmit={() => void complete({})}
      primary={
        <Button action="primary" kind="primary" busy={busy}>
          {t('provision.action')}
        </Button>
      }
    >
      <Summary />
    </Stage>
  );
}
