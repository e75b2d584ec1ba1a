import type { ExecutionOnScreen, WorkProgress } from '#shared';
import { useAnnounceLatest } from '../announcer.tsx';
import { Details } from '../components/Details.tsx';
import { ProgressBar } from '../components/feedback.tsx';
import { Stage } from '../screens/Stage.tsx';
import { useI18n } from '../setup-context.tsx';
import { Elapsed } from './Elapsed.tsx';
import { ExecutionRows } from './ExecutionRows.tsx';
import { StepFacts } from './StepFacts.tsx';
import { StepList } from './StepList.tsx';
import { spokenOf, WorkNotices } from './WorkNotices.tsx';

interface StepsScreenProps {
  readonly plugin: string;
  readonly title: string;
  readonly execution: ExecutionOnScreen;
  /** 0..100; never less than before. */
  readonly progress: number;
  readonly work: WorkProgress | undefined;
}

/** Work of several steps: how far it is as a whole, and how each of them stands. */
export function StepsScreen({ plugin, title, execution, progress, work }: StepsScreenProps) {
  const translator = useI18n();
  const { t, percent } = translator;
  useAnnounceLatest(spokenOf(execution, translator));
  return (
    <Stage screen="working" plugin={plugin} icon="sliders" title={title} help={t('steps.help')}>
      <div className="work">
        <ProgressBar label={title} percent={progress} />
        <p className="work-line">
          <Elapsed key={execution.executionId} since={execution.startTime} />
          {work?.attempt !== undefined && (
            <span>{t('working.attempt', { attempt: work.attempt })}</span>
          )}
          <span data-part="percent">{percent(progress / 100)}</span>
        </p>
        <WorkNotices execution={execution} />
      </div>
      <StepList steps={execution.steps} />
      <Details>
        <dl className="card summary">
          <ExecutionRows execution={execution} />
        </dl>
        <StepFacts steps={execution.steps} />
      </Details>
    </Stage>
  );
}
