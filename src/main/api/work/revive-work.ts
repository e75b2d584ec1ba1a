import * as v from 'valibot';
import type { ExecutionIdentity, StartExecution } from '../../execution/engine/execution-engine.ts';
import type { StepPerformer } from '../../execution/engine/step-performer.ts';
import { startBatchSchema } from '../request-schemas.ts';
import { batchPerformerOf } from './batch-performer.ts';

/**
 * What goes on with work that the control API was asked for in an earlier life of the app. Its steps are
 * in the journal; what is to be done when one fails is in the request.
 */
export function reviveWork(
  { identity }: { readonly identity: ExecutionIdentity },
  performer: StepPerformer,
): Pick<StartExecution, 'performer' | 'inputs'> {
  const batch = v.safeParse(startBatchSchema, identity.request);
  return {
    performer: batch.success ? batchPerformerOf(batch.output, performer) : performer,
    inputs: {},
  };
}
