import * as v from 'valibot';
import {
  answerSchema,
  emptySchema,
  resumeSchema,
  startBatchSchema,
  startPluginSchema,
  startWorkSchema,
  workItemSchema,
} from '../request-schemas.ts';
import { VIEW_SCHEMAS } from './view-schemas.ts';

/** All that is sent and answered, by the names that they have in the document. */
export const NAMED_SCHEMAS = {
  ...VIEW_SCHEMAS,
  StartPlugin: startPluginSchema,
  StartWork: startWorkSchema,
  StartBatch: startBatchSchema,
  WorkItem: workItemSchema,
  Resume: resumeSchema,
  Answer: answerSchema,
  Nothing: emptySchema,
  Anything: v.any(),
  Started: v.object({ executionId: v.string() }),
};
