import type { Stage as SetupStage } from '#shared';
import { ProgressBar } from '../components/feedback.tsx';
import { useI18n, useSnapshot } from '../setup-context.tsx';
import { EXPLAIN_MS, useAfter, WAY_ON_MS } from '../timing.ts';
import { Stage } from './Stage.tsx';

interface WorkingScreenProps {
  readonly stage: Extract<SetupStage, { readonly kind: 'working' }>;
}

/** Work that nobody has to do anything for. */
export function WorkingScreen({ stage }: WorkingScreenProps) {
  const { t, text, percent } = useI18n();
  const work = useSnapshot((snapshot) => snapshot.work[stage.plugin]);
  const explains = useAfter(EXPLAIN_MS);
  const isLong = useAfter(WAY_ON_MS);
  const description = text(stage.description);

  const attempt =
    work?.attempt === undefined ? undefined : t('working.attempt', { attempt: work.attempt });
  const fetching = work?.doing === 'fetching' ? t('update.fetching') : undefined;
  // A plugin that says nothing of itself is at least called by its name.
  const named = explains ? t('working.now', { name: description ?? stage.plugin }) : undefined;
  return (
    <Stage
      screen="working"
      plugin={stage.plugin}
      icon="sliders"
      calm
      title={description ?? t('working.title')}
      help={isLong ? t('working.long') : t('working.help')}
    >
      <div className="work">
        <ProgressBar label={description ?? t('working.title')} percent={work?.percent} />
        <p className="work-line">
          <span role="status">{work?.message ?? fetching ?? attempt ?? named}</span>
          {work?.percent !== undefined && <span>{percent(work.percent / 100)}</span>}
        </p>
      </div>
    </Stage>
  );
}
