import * as v from 'valibot';
import {
  EXECUTION_STATUSES,
  STEP_STATUSES,
  type AuditEntry,
  type ExecutionEvent,
  type ExecutionQuestion,
  type ExecutionSummary,
  type ExecutionView,
  type StepResult,
  type StepView,
} from '#shared';
import type { Problem } from '../../http/problem.ts';
import type { HealthView } from '../routes/health-routes.ts';
import type { ExecutionStatusView } from '../views.ts';

/**
 * What the control API answers, for its OpenAPI document. Nothing is checked with these on a device: the
 * tests hold every answer to them.
 */

const { exactOptional: maybe } = v;
const text = v.string();
const flag = v.boolean();
const time = v.pipe(text, v.isoTimestamp(), v.description('RFC 3339.'));
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const percent = v.pipe(v.number(), v.minValue(0), v.maxValue(100));
const seconds = v.pipe(v.number(), v.minValue(0));
const anything = v.record(text, v.any());
/** Some fields, and others that are not named here. */
const open = <T extends v.ObjectEntries>(entries: T) => v.objectWithRest(entries, v.any());

const executionStatus = v.pipe(
  v.picklist(EXECUTION_STATUSES),
  v.description(
    '`completed`, `failed` and `cancelled` are final: only a person goes on from there.',
  ),
);
const stepStatus = v.picklist(STEP_STATUSES);

const question = v.object({
  id: text,
  stepName: v.pipe(text, v.description('Empty where it is about the whole execution.')),
  class: v.pipe(text, v.description('What kind of question it is, for an answers file.')),
  text,
  actions: v.array(v.object({ id: text, label: text })),
  default: v.pipe(text, v.description('The action that is taken where nobody is asked.')),
}) satisfies v.GenericSchema<ExecutionQuestion>;

const stepResult = v.object({
  stepName: text,
  success: flag,
  skipped: v.pipe(flag, v.description('A skipped step is a success.')),
  output: v.pipe(text, v.description('The end of what it wrote, 16 KiB at most.')),
  errorMessage: maybe(text),
  errorCode: maybe(v.pipe(text, v.description('As in the list of error codes.'))),
  durationSeconds: seconds,
  attempts: count,
  outputs: anything,
  packagesUpdated: maybe(count),
  metrics: maybe(v.record(text, v.number())),
}) satisfies v.GenericSchema<StepResult>;

const stepView = v.object({
  name: text,
  description: text,
  status: stepStatus,
  percent: maybe(percent),
  message: maybe(text),
  startedAt: maybe(time),
  durationSeconds: maybe(seconds),
  attempts: count,
  errorMessage: maybe(text),
  reason: maybe(v.pipe(text, v.description('Why it was skipped, or why it does not run.'))),
  stalled: maybe(
    v.pipe(flag, v.description('It has said nothing for longer than its `heartbeatSeconds`.')),
  ),
  interrupted: maybe(
    v.pipe(
      flag,
      v.description(
        'It was under way when the power went, and must not run twice: retry or skip it.',
      ),
    ),
  ),
  partOf: maybe(v.pipe(text, v.description('The container step that it is one item of.'))),
  dependsOn: v.array(text),
}) satisfies v.GenericSchema<StepView>;

const error = v.object({
  step: maybe(text),
  message: text,
  code: maybe(v.pipe(text, v.description('As in the list of error codes.'))),
});

const about = {
  executionId: text,
  type: v.pipe(text, v.description('`plugin`, or the type of its work.')),
  name: text,
  status: executionStatus,
  reason: maybe(v.pipe(text, v.description('Why it stands so, where there is more to say.'))),
  progress: v.pipe(percent, v.integer(), v.description('Weighted; never goes back.')),
  message: v.pipe(text, v.description('One line for a person.')),
  startTime: time,
  endTime: maybe(time),
  lastUpdated: time,
  error: maybe(error),
};

const executionView = v.object({
  ...about,
  steps: v.array(stepView),
  results: v.pipe(v.record(text, stepResult), v.description('By step, of those that ended.')),
  questions: v.array(question),
}) satisfies v.GenericSchema<ExecutionView>;

const executionSummary = v.object({
  ...about,
  totalSteps: count,
  endedSteps: count,
}) satisfies v.GenericSchema<ExecutionSummary>;

const executionState = v.object({
  executionId: text,
  status: executionStatus,
  startTime: time,
  progress: percent,
  message: text,
  result: v.pipe(
    v.nullable(v.object({ outputs: v.record(text, anything) })),
    v.description('What its steps gave, by step, once it has come to its end.'),
  ),
  error: v.nullable(error),
}) satisfies v.GenericSchema<ExecutionStatusView>;

const actor = v.object({
  who: v.pipe(text, v.description('`person` (at the screen), `api`, `cli`, `flow` or `engine`.')),
  from: maybe(text),
});

const auditEntry = v.object({
  time,
  actor,
  action: text,
  step: maybe(text),
  detail: maybe(text),
}) satisfies v.GenericSchema<AuditEntry>;

const ofEvent = { id: text, executionId: text, time };
const stepName = text;
const executionEvent = v.pipe(
  v.variant('type', [
    v.object({
      ...ofEvent,
      type: v.literal('StepStart'),
      stepName,
      stepNumber: count,
      totalSteps: count,
      stepDescription: text,
    }),
    v.object({
      ...ofEvent,
      type: v.literal('StepOutput'),
      stepName,
      stream: v.picklist(['stdout', 'stderr']),
      text,
    }),
    v.object({
      ...ofEvent,
      type: v.literal('StepProgress'),
      stepName,
      percent: maybe(percent),
      message: maybe(text),
    }),
    v.object({
      ...ofEvent,
      type: v.literal('StepEnd'),
      stepName,
      success: flag,
      skipped: flag,
      errorMessage: maybe(text),
      durationSeconds: seconds,
    }),
    v.object({
      ...ofEvent,
      type: v.literal('ExecutionStatus'),
      status: executionStatus,
      progress: percent,
      message: maybe(text),
      reason: maybe(text),
    }),
    v.object({
      ...ofEvent,
      type: v.literal('StepRetry'),
      stepName,
      attempt: count,
      delaySeconds: seconds,
      errorMessage: text,
    }),
    v.object({ ...ofEvent, type: v.literal('StepStatus'), stepName, status: stepStatus }),
    v.object({ ...ofEvent, type: v.literal('StepStalled'), stepName, silentSeconds: seconds }),
    v.object({ ...ofEvent, type: v.literal('Question'), question }),
    v.object({ ...ofEvent, type: v.literal('Answer'), questionId: text, action: text }),
  ]),
  v.description('`data` of an event of an execution. Its `type` is the name of the event.'),
) satisfies v.GenericSchema<ExecutionEvent>;

const traceRecord = v.pipe(
  open({ seq: count, time, type: text }),
  v.description('A line of the trace: what happened, with the fields of its type.'),
);

const flow = v.pipe(
  v.object({
    seq: count,
    sessionId: text,
    plan: maybe(anything),
    stage: open({ kind: text }),
    progress: v.object({ done: v.number(), total: v.number() }),
    preferences: anything,
    network: anything,
    update: open({ phase: text }),
    work: v.record(text, anything),
    executions: v.record(text, anything),
    notice: maybe(v.object({ code: text, message: text })),
  }),
  v.description('What the screen shows, without anything that a person has typed.'),
);

const plugin = v.object({ name: text, route: text, version: text, hasScreen: flag });

const processState = v.picklist(['starting', 'ready', 'running', 'stopping', 'stopped', 'crashed']);

const health = v.object({
  status: v.pipe(
    v.picklist(['ok', 'impaired']),
    v.description('`impaired` where any part is not as it should be.'),
  ),
  version: text,
  engine: v.object({
    healthy: flag,
    alive: v.pipe(count, v.description('Executions that are not at their end.')),
    total: count,
    reason: maybe(v.pipe(text, v.description('Why executions wait that would go on.'))),
  }),
  plugins: v.array(
    v.object({
      name: text,
      route: text,
      state: processState,
      healthy: flag,
      message: v.exactOptional(text),
    }),
  ),
  executors: v.array(
    v.object({ name: text, version: text, description: text, types: v.array(text) }),
  ),
}) satisfies v.GenericSchema<HealthView>;

const problem = v.pipe(
  v.object({
    type: text,
    title: text,
    status: v.pipe(count, v.description('The status of the answer.')),
    detail: text,
    code: maybe(v.pipe(text, v.description('Stable code of the failure: see `docs/errors.md`.'))),
    hint: maybe(v.pipe(text, v.description('What to do about it.'))),
    problems: maybe(
      v.pipe(
        v.array(v.object({ pointer: text, message: text })),
        v.description('All that is wrong with the body, with JSON pointers into it.'),
      ),
    ),
    executionStatus: maybe(executionStatus),
  }),
  v.description('An error (RFC 9457).'),
) satisfies v.GenericSchema<unknown, Omit<Problem, 'code'>>;

/** By the names that they have in the document. */
export const VIEW_SCHEMAS = {
  ExecutionView: executionView,
  ExecutionSummary: executionSummary,
  ExecutionState: executionState,
  ExecutionEvent: executionEvent,
  ExecutionQuestion: question,
  StepView: stepView,
  StepResult: stepResult,
  AuditEntry: auditEntry,
  TraceRecord: traceRecord,
  Flow: flow,
  Plugin: plugin,
  Health: health,
  Problem: problem,
};
