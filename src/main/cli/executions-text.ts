import type {
  ExecutionControl,
  ExecutionQuestion,
  ExecutionSummary,
  ExecutionView,
  StepView,
} from '#shared';
import type { ExecutionStatusView } from '../api/views.ts';
import { isFinal } from '../execution/records.ts';
import { escapeUnsafe } from '../plan/words.ts';
import { tableLines, type Column } from './table.ts';

/** As much of an id as a person must write, at least this much. */
const SHORTEST_ID = 8;

const OTHER_HOMES =
  '  Hint: Name another home with --home. That of npm start is .firstlight, beside package.json.';

const LIST_COLUMNS: readonly Column[] = [
  { title: 'id', widest: 36 },
  { title: 'type', widest: 12 },
  { title: 'name', widest: 20 },
  { title: 'state', widest: 11 },
  { title: 'done', widest: 5, align: 'right' },
  { title: 'message', widest: 80 },
];

/** The table of `executions list`, of what is in a home. */
export function listLines(
  executions: readonly ExecutionSummary[],
  home: string,
): readonly string[] {
  // Each home has its own: somebody who looks for one that ran may be at the wrong one.
  if (executions.length === 0) return [`There are no executions in ${home}.`, OTHER_HOMES];
  const short = shortIds(executions.map(({ executionId }) => executionId));
  return tableLines(
    LIST_COLUMNS,
    executions.map(({ type, name, status, progress, message }, at) =>
      [short[at] ?? '', type, name, status, `${progress} %`, message].map(escapeUnsafe),
    ),
  );
}

const STEP_COLUMNS: readonly Column[] = [
  { title: 'step', widest: 24 },
  { title: 'state', widest: 11 },
  { title: 'took', widest: 9, align: 'right' },
  { title: 'tries', widest: 5, align: 'right' },
  { title: 'message', widest: 80 },
];

/** What `executions show` says: the execution, its steps, and what it asks. */
export function executionLines(view: ExecutionView): readonly string[] {
  const { executionId, type, name, status, reason, progress, error } = view;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ['id', executionId],
    ['type', type],
    ['state', reason === undefined ? status : `${status} (${reason})`],
    ['done', `${progress} %`],
    ['started', view.startTime],
    ['ended', view.endTime],
    ['message', view.message === '' ? undefined : view.message],
    ['error', error?.step === undefined ? error?.message : `${error.step}: ${error.message}`],
  ];
  return [
    escapeUnsafe(name),
    ...facts
      .filter(([, value]) => value !== undefined)
      .map(([fact, value = '']) => `  ${fact.padEnd(9)}${escapeUnsafe(value)}`),
    '',
    ...tableLines(STEP_COLUMNS, view.steps.map(stepCells)),
    ...view.questions.flatMap(questionLines),
  ];
}

/** The one line after a control. What runs is called off and cleaned up before a stop is over. */
export function stateLine(
  { executionId, status, progress, message }: ExecutionStatusView,
  { type }: Pick<ExecutionControl, 'type'>,
): string {
  const said = message === '' ? '' : `: ${escapeUnsafe(message)}`;
  const state = type === 'stop' && !isFinal(status) ? 'being stopped' : status;
  return `${executionId} is ${state}, ${progress} % done${said}`;
}

function stepCells(step: StepView): readonly string[] {
  const { name, status, durationSeconds, attempts } = step;
  const took = durationSeconds === undefined ? '' : `${durationSeconds.toFixed(1)} s`;
  return [name, status, took, String(attempts), wordsOf(step)].map(escapeUnsafe);
}

function wordsOf({ errorMessage, interrupted, stalled, reason, message }: StepView): string {
  if (interrupted === true) return 'interrupted: retry or skip it';
  if (errorMessage !== undefined) return errorMessage;
  if (stalled === true) return 'has said nothing for a long time';
  return reason ?? message ?? '';
}

function questionLines({ stepName, text, actions, ...asked }: ExecutionQuestion): string[] {
  const choices = actions.map(({ id, label }) => `${id} (${label})`).join(', ');
  const who = stepName === '' ? '' : `${stepName} `;
  return ['', `${who}asks: ${text}`, `  answers: ${choices}; else ${asked.default}`].map(
    escapeUnsafe,
  );
}

/** The beginnings of ids that tell them apart. */
function shortIds(ids: readonly string[]): readonly string[] {
  let length = SHORTEST_ID;
  const longest = Math.max(...ids.map((id) => id.length));
  while (length < longest && new Set(ids.map((id) => id.slice(0, length))).size < ids.length) {
    length += 4;
  }
  return ids.map((id) => id.slice(0, length));
}
