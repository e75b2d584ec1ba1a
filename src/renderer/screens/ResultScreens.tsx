import { useI18n } from '../setup-context.tsx';
import { FLASH_MS, useAfter } from '../timing.ts';
import { Stage } from './Stage.tsx';
import type { FlowOutcome } from '#shared';

/** Until there is anything to show. Empty at first, because mostly there is something at once. */
export function StartingScreen() {
  const { t } = useI18n();
  const late = useAfter(FLASH_MS);
  if (!late) return <main className="stage" data-screen="starting" />;
  return (
    <Stage
      screen="starting"
      icon="sunrise"
      calm
      title={t('starting.title')}
      help={t('starting.help')}
    />
  );
}

/** The end. There is nothing left to press: the device takes over from here. */
export function FinishedScreen({ outcome }: { readonly outcome: FlowOutcome }) {
  const { t } = useI18n();
  return outcome === 'completed' ? (
    <Stage
      screen="finished"
      icon="sunrise"
      calm
      title={t('finished.title')}
      help={t('finished.help')}
    />
  ) : (
    <Stage
      screen="finished"
      icon="info"
      calm
      title={t('finished.stoppedTitle')}
      help={t('finished.stoppedHelp')}
    />
  );
}
