import type { ExecutionView } from '#shared';
import type { StepSpec } from '../../../step-spec.ts';
import type { LedgerLine } from './ledger.test-support.ts';
import type { CrashCase, CrashExecution } from './random-case.test-support.ts';

/** Everything that is wrong with what became of a case; `reference` is what an uninterrupted run came to. */
export function violations(
  { executions }: CrashCase,
  views: readonly ExecutionView[],
  reference: readonly ExecutionView[],
  ledger: readonly LedgerLine[],
): readonly string[] {
  return executions.flatMap((execution, index) => {
    const [view, wanted] = [views[index], reference[index]];
    if (view === undefined || wanted === undefined) return [`${execution.name}: it is missing`];
    const lines = ledger.filter((line) => line.execution === execution.name);
    return [
      ...againOrTooEarly(execution, lines),
      ...lost(view, lines),
      ...notUndone(execution, view, lines),
      ...fallen(lines),
      ...different(execution, view, wanted),
    ].map((problem) => `${execution.name}: ${problem}`);
  });
}

function againOrTooEarly(execution: CrashExecution, lines: readonly LedgerLine[]) {
  const problems: string[] = [];
  const acknowledged = new Set<string>();
  const begun = new Set<string>();
  for (const { what, step, number } of lines) {
    if (what === 'ack') acknowledged.add(step);
    if (what !== 'begin') continue;
    const spec = specOf(execution, step);
    const attempt = `attempt ${number} of ${step}`;
    if (acknowledged.has(step)) problems.push(`${step} runs again after its end`);
    if (!spec.idempotent && begun.has(attempt)) problems.push(`${attempt} runs twice`);
    begun.add(attempt);
    for (const before of spec.always ? [] : spec.dependsOn) {
      if (!acknowledged.has(before)) problems.push(`${step} runs before the end of ${before}`);
    }
  }
  return problems;
}

/** What is said to have been done must have been done. */
function lost({ steps, results }: ExecutionView, lines: readonly LedgerLine[]) {
  const isContainer = (name: string) => steps.some(({ partOf }) => partOf === name);
  return steps.flatMap(({ name, status }) => {
    if (status === 'pending' || status === 'running') return [`${name} is still ${status}`];
    if (status !== 'completed' || isContainer(name)) return [];
    // Of a sweep over a journal the ledger begins with what is in it.
    const isDone = lines.some(
      ({ what, step }) => step === name && (what === 'end' || what === 'ack'),
    );
    if (!isDone) return [`${name} counts as completed, and was not done`];
    return results[name] === undefined ? [`${name} has no result`] : [];
  });
}

function notUndone(
  execution: CrashExecution,
  { status }: ExecutionView,
  lines: readonly LedgerLine[],
) {
  if (status !== 'failed' || !execution.rollback) return [];
  const begun = new Set(lines.flatMap(({ what, step }) => (what === 'begin' ? [step] : [])));
  return [...begun].flatMap((name) => {
    const { has, always } = specOf(execution, name);
    const isUndone = lines.some(({ what, step }) => what === 'undo' && step === name);
    return has.undo && !always && !isUndone ? [`${name} was not undone`] : [];
  });
}

function fallen(lines: readonly LedgerLine[]) {
  let highest = 0;
  return lines.flatMap(({ what, number }) => {
    if (what !== 'progress') return [];
    if (number < highest) return [`progress falls from ${highest} to ${number}`];
    highest = number;
    return [];
  });
}

function different(execution: CrashExecution, view: ExecutionView, wanted: ExecutionView) {
  const [is, was] = [outcomeOf(execution, view), outcomeOf(execution, wanted)];
  return is === was ? [] : [`it came to ${is} instead of ${was}`];
}

/**
 * What must be the same whatever happened on the way. Where a crash hit a step that is done already, or
 * one that must not run twice, the step is skipped instead.
 */
function outcomeOf(execution: CrashExecution, { status, progress, steps, results }: ExecutionView) {
  const all = steps.map((step) => {
    const { check } = specOf(execution, step.name).has;
    const { reason } = step;
    const isDone =
      step.status === 'skipped' &&
      (reason === 'check' || reason === 'interrupted' || reason === 'person');
    const shown = isDone ? 'completed' : step.status;
    const { idempotent, forEach } = specOf(execution, step.name);
    const isComparable = idempotent && !check && forEach === undefined;
    const outputs = isComparable ? JSON.stringify(results[step.name]?.outputs ?? null) : '';
    return `${step.name} ${shown} ${outputs}`;
  });
  const reached = status === 'completed' ? ` ${progress}%` : '';
  return `${status}${reached}: ${all.join(', ')}`;
}

function specOf({ steps }: CrashExecution, node: string): StepSpec {
  const name = node.replace(/\[\d+\]$/, '');
  const spec = steps.find((step) => step.name === name);
  if (spec === undefined) throw new Error(`there is no step ${name}`);
  return spec;
}
