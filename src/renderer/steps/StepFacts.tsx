import type { StepView } from '#shared';
import { useI18n } from '../setup-context.tsx';
import { statusOf } from './step-status.ts';

/** Every step by its technical name: how it stands, how often it was begun, how long, what it said. */
export function StepFacts({ steps }: { readonly steps: readonly StepView[] }) {
  const { t } = useI18n();
  return (
    <section className="step-facts" aria-label={t('execution.steps')}>
      <h2 className="group-label">{t('execution.steps')}</h2>
      <ol className="card">
        {steps.map((step) => (
          <Facts key={step.name} step={step} />
        ))}
      </ol>
    </section>
  );
}

function Facts({ step }: { readonly step: StepView }) {
  const { t, duration } = useI18n();
  const { name, attempts, durationSeconds, message, errorMessage } = step;
  return (
    <li className={step.partOf === undefined ? undefined : 'step-facts-item'} data-facts={name}>
      <p className="step-facts-line">
        <span className="step-facts-name">
          <bdi>{name}</bdi>
        </span>
        <span>{t(statusOf(step).text)}</span>
        {attempts > 0 && <span>{t('execution.attempts', { count: attempts })}</span>}
        {durationSeconds !== undefined && <span>{duration(durationSeconds)}</span>}
      </p>
      {/* Where it failed, why; else the last that it wrote. */}
      {(errorMessage ?? message) !== undefined && (
        <p className="step-facts-said">
          <bdi>{errorMessage ?? message}</bdi>
        </p>
      )}
    </li>
  );
}
