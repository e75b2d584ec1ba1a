import { isFinal, type ExecutionRecord } from '../records.ts';
import type { EventBody } from './event-log.ts';
import type { LiveExecution } from './live-execution.ts';

/** Tells listeners of a record that is on the disk. */
export function publishRecord(execution: LiveExecution, record: ExecutionRecord): void {
  const at = 'at' in record ? record.at : execution.parts.clock.now();
  for (const body of eventsOf(execution, record)) execution.events.publish(body, at);
}

function eventsOf(execution: LiveExecution, record: ExecutionRecord): readonly EventBody[] {
  switch (record.type) {
    case 'step.running': {
      const spec = execution.specOf(record.step);
      return [
        {
          type: 'StepStart',
          stepName: record.step,
          stepNumber: (execution.graph.indexOf.get(spec.name) ?? 0) + 1,
          totalSteps: execution.graph.steps.length,
          stepDescription: spec.description,
        },
      ];
    }
    case 'step.ended': {
      const { success, skipped, errorMessage, durationSeconds } = record.result;
      const error = errorMessage === undefined ? {} : { errorMessage };
      return [
        { type: 'StepEnd', stepName: record.step, success, skipped, ...error, durationSeconds },
      ];
    }
    case 'step.waiting': {
      const { step: stepName, attempt, delayMs, error: errorMessage } = record;
      return [{ type: 'StepRetry', stepName, attempt, delaySeconds: delayMs / 1000, errorMessage }];
    }
    case 'steps.settled':
      return record.steps.map((stepName) => statusOf(stepName, record.status));
    case 'steps.reset':
    case 'steps.recovered':
      return record.steps.map((stepName) => statusOf(stepName, 'pending'));
    case 'step.interrupted':
      return [statusOf(record.step, 'pending')];
    case 'status': {
      const { status, reason } = record;
      const { progress, message } = execution.projection.summary();
      return [
        {
          type: 'ExecutionStatus',
          status,
          progress: isFinal(status) && status === 'completed' ? 100 : progress,
          ...(message === '' ? {} : { message }),
          ...(reason === undefined ? {} : { reason }),
        },
      ];
    }
    case 'asked':
      return [{ type: 'Question', question: record.question }];
    case 'answered':
      return [{ type: 'Answer', questionId: record.questionId, action: record.action }];
    case 'step.working':
    case 'step.expanded':
    case 'undo.began':
    case 'undo.ended':
    case 'progress':
    case 'controlled':
      return [];
    default:
      record satisfies never;
      return [];
  }
}

function statusOf(
  stepName: string,
  status: 'blocked' | 'cancelled' | 'pending',
): Extract<EventBody, { type: 'StepStatus' }> {
  return { type: 'StepStatus', stepName, status };
}
