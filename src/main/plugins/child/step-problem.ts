import type { ErrorCode } from '#shared';

/** Ends a step for a reason of ours, not of its code: a value that is no JSON, a call that was called off. */
export class StepProblem extends Error {
  readonly code: ErrorCode;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, hint?: string) {
    super(message);
    this.code = code;
    this.hint = hint;
  }
}

/** A value that a step gave and that cannot be used. */
export function badValue(message: string): StepProblem {
  return new StepProblem('step/bad-value', message);
}
