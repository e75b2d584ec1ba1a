import * as v from 'valibot';
import type { JsonObject } from '#shared';
import type { StartExecution } from '../../execution/engine/execution-engine.ts';
import type { StepPerformer } from '../../execution/engine/step-performer.ts';
import { workItemSchema } from '../request-schemas.ts';
import { batchPerformer } from './batch-performer.ts';

const handlingSchema = v.object({
  retryActions: v.array(workItemSchema),
  failureActions: v.array(workItemSchema),
});

/**
 * What goes on with work that the control API was asked for in an earlier life of the app, from what was
 * kept of it. Its steps are in the journal; actions for failures are kept as its inputs.
 */
export function reviveWork(
  { inputs }: { readonly inputs: JsonObject },
  performer: StepPerformer,
): Pick<StartExecution, 'performer' | 'inputs'> {
  const handling = v.safeParse(handlingSchema, inputs);
  return {
    performer: handling.success ? batchPerformer(performer, handling.output) : performer,
    inputs,
  };
}
