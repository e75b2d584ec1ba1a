import type { ExecutionOnScreen, Stage as SetupStage, WorkProgress } from '#shared';
import { useState } from 'react';
import { ProgressBar } from '../components/feedback.tsx';
import { useI18n, useSnapshot } from '../setup-context.tsx';
import { AskScreen } from '../steps/AskScreen.tsx';
import { pendingAsks } from '../steps/asks.ts';
import { StepsScreen } from '../steps/StepsScreen.tsx';
import { laterAttempt, waitsForRetry } from '../steps/step-tree.ts';
import { WorkNotices } from '../steps/WorkNotices.tsx';
import { EXPLAIN_MS, useAfter, WAY_ON_MS } from '../timing.ts';
import { Stage } from './Stage.tsx';

interface WorkingScreenProps {
  readonly stage: Extract<SetupStage, { readonly kind: 'working' }>;
}

/** Work that nobody has to do anything for, until it asks something. */
export function WorkingScreen({ stage }: WorkingScreenProps) {
  const { plugin } = stage;
  const { t, text } = useI18n();
  const executions = useSnapshot((snapshot) => snapshot.executions);
  const work = useSnapshot((snapshot) => snapshot.work[plugin]);
  const execution = executions[plugin];
  const progress = useHighest(execution);
  const [ask] = pendingAsks(executions, plugin);
  const title = text(stage.description) ?? t('working.title');
  if (ask !== undefined) {
    return (
      <AskScreen key={ask.id} ask={ask}>
        {execution !== undefined && <ProgressBar label={title} percent={progress} />}
      </AskScreen>
    );
  }
  return execution !== undefined && execution.steps.length > 1 ? (
    <StepsScreen {...{ plugin, title, execution, progress, work }} />
  ) : (
    <PlainWork {...{ stage, title, execution, work }} />
  );
}

interface PlainWorkProps extends WorkingScreenProps {
  readonly title: string;
  readonly execution: ExecutionOnScreen | undefined;
  readonly work: WorkProgress | undefined;
}

/** Work in one piece. */
function PlainWork({ stage, title, execution, work }: PlainWorkProps) {
  const { t, text, percent } = useI18n();
  const explains = useAfter(EXPLAIN_MS);
  const isLong = useAfter(WAY_ON_MS);
  const step = execution?.steps[0];
  const share = work?.percent ?? step?.percent;

  const again = work?.attempt ?? (step && laterAttempt(step));
  const waits = step !== undefined && waitsForRetry(step);
  const attempt =
    again === undefined
      ? undefined
      : t(waits ? 'steps.nextAttempt' : 'working.attempt', { attempt: again });
  const fetching = work?.doing === 'fetching' ? t('update.fetching') : undefined;
  // A plugin that says nothing of itself is at least called by its name.
  const name = text(stage.description) ?? stage.plugin;
  const named = explains ? t('working.now', { name }) : undefined;
  return (
    <Stage
      screen="working"
      plugin={stage.plugin}
      icon="sliders"
      calm
      title={title}
      help={isLong ? t('working.long') : t('working.help')}
    >
      <div className="work">
        <ProgressBar label={title} percent={share} />
        <p className="work-line">
          <span role="status">
            {(waits ? attempt : (work?.message ?? step?.message ?? fetching ?? attempt)) ?? named}
          </span>
          {share !== undefined && <span>{percent(share / 100)}</span>}
        </p>
        {waits && (
          <p className="step-note">
            <bdi>{step.errorMessage}</bdi>
          </p>
        )}
        {execution !== undefined && <WorkNotices execution={execution} />}
      </div>
    </Stage>
  );
}

/** The progress of an execution, 0..100, which for a person never goes back, whatever is sent. */
function useHighest(execution: ExecutionOnScreen | undefined): number {
  const { executionId = '', progress = 0 } = execution ?? {};
  const [highest, setHighest] = useState({ executionId, progress });
  if (highest.executionId !== executionId || highest.progress < progress) {
    setHighest({ executionId, progress });
    return progress;
  }
  return highest.progress;
}
