import type { StepView } from '#shared';
import { useEffect, useRef } from 'react';
import { Icon } from '../components/Icon.tsx';
import type { Translator } from '../i18n/translator.ts';
import { useOverflow } from '../overflow.ts';
import { useI18n } from '../setup-context.tsx';
import { statusOf } from './step-status.ts';
import {
  endedCount,
  laterAttempt,
  notableChildren,
  stepRows,
  stepsAtWork,
  waitsForRetry,
  type StepRow,
} from './step-tree.ts';

/** So many lines that they need no scrolling of their own. */
const FEW = 3;

/** All steps with their state. Scrolls within itself and keeps the one at work in view. */
export function StepList({ steps }: { readonly steps: readonly StepView[] }) {
  const { t } = useI18n();
  const scroller = useRef<HTMLDivElement>(null);
  const scrolls = useOverflow(scroller);
  const atWork = stepsAtWork(steps).map(({ name }) => name);
  const first = atWork[0];

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    if (first === undefined) return;
    const observer = new ResizeObserver(() => keepInView(element, first));
    // Tells the present size at once, and again when the screen is turned.
    observer.observe(element);
    return () => observer.disconnect();
  }, [first]);

  const label = t('steps.list');
  const rows = stepRows(steps);
  const lines = rows.reduce((sum, row) => sum + 1 + notableChildren(row).length, 0);
  return (
    <div
      ref={scroller}
      className={lines <= FEW ? 'steps-scroll steps-few' : 'steps-scroll'}
      // What scrolls must be reachable by keyboard.
      {...(scrolls ? { tabIndex: 0, role: 'group', 'aria-label': label } : {})}
    >
      <ol className="steps" aria-label={label}>
        {rows.map((row) => (
          <Row key={row.step.name} row={row} atWork={atWork} />
        ))}
      </ol>
    </div>
  );
}

interface RowProps {
  readonly row: StepRow;
  /** Names of the steps that are emphasised. */
  readonly atWork: readonly string[];
}

function Row({ row, atWork }: RowProps) {
  const { step, children } = row;
  const translator = useI18n();
  const { t } = translator;
  const { icon } = statusOf(step);
  const isAtWork = atWork.includes(step.name);
  const attempt = laterAttempt(step);
  const waits = waitsForRetry(step);
  // Before its next attempt, what counts is why the last one was not enough.
  const said = waits ? step.errorMessage : step.message;
  return (
    <li
      className="step"
      data-step={step.name}
      data-status={step.status}
      aria-current={isAtWork ? 'step' : undefined}
    >
      <span className="step-icon">
        {icon === 'spinner' ? (
          <span className="spinner" aria-hidden="true" />
        ) : (
          <Icon name={icon} />
        )}
      </span>
      <div className="step-words">
        <span className="step-name">
          <bdi>{step.description}</bdi>
        </span>
        <span className="step-state">{stateOf(row, translator)}</span>
        {attempt !== undefined && (
          <span className="step-note">
            {t(waits ? 'steps.nextAttempt' : 'working.attempt', { attempt })}
          </span>
        )}
        {isAtWork && said !== undefined && (
          <span className="step-note">
            <bdi>{said}</bdi>
          </span>
        )}
      </div>
      {children.length > 0 && (
        <ol className="steps step-children">
          {notableChildren(row).map((child) => (
            <Row key={child.name} row={{ step: child, children: [] }} atWork={atWork} />
          ))}
        </ol>
      )}
    </li>
  );
}

/** What stands at the end of the line: how many items are done, how far it is, or how it stands. */
function stateOf({ step, children }: StepRow, { t }: Translator): string {
  if (step.status === 'running' && children.length > 0) {
    const done = endedCount({ step, children });
    return t('steps.count', { done, total: children.length });
  }
  if (step.status === 'running' && step.percent !== undefined) {
    return t('steps.status.runningPercent', { share: step.percent / 100 });
  }
  return t(statusOf(step).text);
}

/**
 * Puts the step of that name at the top: with its container and what came before it, as far as there
 * is room. Moves nothing but the list.
 */
function keepInView(scroller: HTMLElement, name: string): void {
  const step = scroller.querySelector<HTMLElement>(`[data-step="${CSS.escape(name)}"]`);
  if (step === null) return;
  const end = step.offsetTop + step.offsetHeight;
  const before = step.parentElement?.closest<HTMLElement>('.step') ?? step.previousElementSibling;
  const top = before instanceof HTMLElement ? before.offsetTop : step.offsetTop;
  scroller.scrollTop = end - top <= scroller.clientHeight ? top : step.offsetTop;
}
