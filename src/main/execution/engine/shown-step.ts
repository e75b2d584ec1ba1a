import type { StepResult, StepStatus, StepView } from '#shared';
import type { NodeView } from '../machine/execution-machine.ts';
import type { StepSpec } from '../step-spec.ts';
import { isoTime } from './iso-time.ts';

/** One step as it is shown: what is on the disk of it, and what its attempt under way says. */
export interface ShownStep {
  readonly spec: StepSpec;
  readonly partOf: string | undefined;
  status: StepStatus;
  attempts: number;
  startedAt: number | undefined;
  result: StepResult | undefined;
  reason: string | undefined;
  interrupted: boolean;
  error: string | undefined;
  // Said by the attempt under way, and kept nowhere.
  percent: number | undefined;
  message: string | undefined;
  stalled: boolean;
}

/** A step that has not begun. */
export function newStep(spec: StepSpec, partOf: string | undefined): ShownStep {
  return {
    spec,
    partOf,
    status: 'pending',
    attempts: 0,
    startedAt: undefined,
    result: undefined,
    reason: undefined,
    interrupted: false,
    error: undefined,
    percent: undefined,
    message: undefined,
    stalled: false,
  };
}

/** A step as the machine knows it. */
export function stepOfNode(spec: StepSpec, node: NodeView): ShownStep {
  const { partOf, status, attempts, startedAt, result, reason, interrupted } = node;
  const fresh = newStep(spec, partOf);
  return { ...fresh, status, attempts, startedAt, result, reason, interrupted };
}

/** As it leaves the engine. */
export function viewOf(name: string, step: ShownStep): StepView {
  const { spec, result, percent, message, startedAt, reason, partOf } = step;
  const errorMessage = result?.errorMessage ?? step.error;
  return {
    name,
    description: spec.description,
    status: step.status,
    attempts: step.attempts,
    dependsOn: spec.dependsOn,
    ...(percent === undefined ? {} : { percent }),
    ...(message === undefined ? {} : { message }),
    ...(startedAt === undefined ? {} : { startedAt: isoTime(startedAt) }),
    ...(result === undefined ? {} : { durationSeconds: result.durationSeconds }),
    ...(errorMessage === undefined ? {} : { errorMessage }),
    ...(reason === undefined ? {} : { reason }),
    ...(step.stalled ? { stalled: true } : {}),
    ...(step.interrupted ? { interrupted: true } : {}),
    ...(partOf === undefined ? {} : { partOf }),
  };
}
