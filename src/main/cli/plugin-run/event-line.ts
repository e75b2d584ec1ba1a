import type { ExecutionEvent } from '#shared';
import { escapeUnsafe } from '../../plan/words.ts';
import { durationWords } from './words.ts';

/** A line for a log of a run: `ok       download  3.2 s`. `undefined` for what is not worth one. Pure. */
export function eventLine(event: ExecutionEvent): string | undefined {
  switch (event.type) {
    case 'StepStart':
      return line('start', event.stepName, event.stepDescription);
    case 'StepEnd': {
      const { stepName, success, skipped, errorMessage, durationSeconds } = event;
      if (skipped) return line('skip', stepName);
      const took = durationWords(durationSeconds);
      if (success) return line('ok', stepName, took);
      return line('fail', stepName, took, errorMessage);
    }
    case 'StepRetry': {
      const { stepName, attempt, delaySeconds, errorMessage } = event;
      const when = `in ${durationWords(delaySeconds)}, after attempt ${attempt}`;
      return line('retry', stepName, when, errorMessage);
    }
    case 'StepStalled':
      return line('stalled', event.stepName, `silent for ${durationWords(event.silentSeconds)}`);
    case 'StepStatus':
      return event.status === 'pending' ? undefined : line(event.status, event.stepName);
    case 'Question':
      return line('asks', event.question.stepName, event.question.text);
    case 'Answer':
      return line('answer', event.action);
    case 'StepOutput':
    case 'StepProgress':
    case 'ExecutionStatus':
      return undefined;
    default:
      return event satisfies never;
  }
}

/** Statuses take as many characters at most. */
const KIND = 9;

function line(kind: string, ...parts: readonly (string | undefined)[]): string {
  const said = parts.filter((part) => part !== undefined && part !== '');
  return [kind.padEnd(KIND), ...said.map((part) => escapeUnsafe(firstLine(part ?? '')))].join('  ');
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}
