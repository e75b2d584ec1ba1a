import * as v from 'valibot';
import type { JsonObject } from '#shared';

/**
 * What the control API takes. Requests are checked with these, and the OpenAPI document is made from
 * them. Unknown fields are refused: a slip in an optional one would otherwise be silently ignored.
 */

const name = (description: string) =>
  v.pipe(v.string(), v.nonEmpty(), v.maxLength(200), v.description(description));

const json = v.pipe(
  v.record(v.string(), v.unknown()),
  // What is checked here was parsed from JSON: nothing else can be in it.
  v.transform((value) => value as JsonObject),
);

const workType = v.pipe(
  name('Type of the work. `GET /api/health` lists the executors.'),
  v.check((type) => type !== 'plugin', '"plugin" is no type of work: give the name of a plugin.'),
);

const workEntries = {
  type: workType,
  config: v.pipe(json, v.description("What to do, in the form of the executor's schema.")),
  name: v.exactOptional(name('What people read while it runs, and the name of its step.')),
};

/** One piece of work. */
export const workItemSchema = v.pipe(
  v.strictObject(workEntries),
  v.description('Work for an executor.'),
);

const limit = {
  timeLimitSeconds: v.exactOptional(
    v.pipe(
      v.number(),
      v.gtValue(0),
      v.maxValue(7 * 24 * 3600),
      v.description('Of the whole execution. Left out: that of its type, if it has one.'),
    ),
  ),
};

/** How much one request may ask for. */
const MOST_ITEMS = 500;

const items = v.pipe(v.array(workItemSchema), v.maxLength(MOST_ITEMS));

/** Begins the steps of a plugin of the active plan. */
export const startPluginSchema = v.pipe(
  v.strictObject({
    type: v.literal('plugin'),
    plugin: name('Name of a plugin of the active plan.'),
    answers: v.exactOptional(
      v.pipe(
        json,
        v.description('What a person would have answered. Left out: what was answered.'),
      ),
    ),
    from: v.exactOptional(name('Step to begin at: what it depends on counts as done.')),
  }),
  v.description('The work of a plugin.'),
);

/** Begins one piece of work. */
export const startWorkSchema = v.pipe(
  v.strictObject({ ...workEntries, ...limit }),
  v.description('One piece of work.'),
);

/** Begins pieces of work, one after the other. */
export const startBatchSchema = v.pipe(
  v.strictObject({
    type: v.pipe(workType, v.description('Type of the execution, which has its time limit.')),
    batch: v.pipe(
      items,
      v.nonEmpty(),
      v.description('Done one after the other, each as a step of its own.'),
    ),
    retryActions: v.exactOptional(
      v.pipe(items, v.description('Done when one fails, which is then tried once more.')),
    ),
    failureActions: v.exactOptional(
      v.pipe(items, v.description('Done when one stays failed; the others are not begun.')),
    ),
    name: v.exactOptional(name('What the whole is called.')),
    ...limit,
  }),
  v.description('Several pieces of work.'),
);

/** `POST …/resume`. */
export const resumeSchema = v.strictObject({
  from: v.exactOptional(
    name('This step and all that depend on it run again; everything else keeps its result.'),
  ),
});

/** Of controls that need nothing more. */
export const emptySchema = v.strictObject({});

/** `POST …/questions/{questionId}`. */
export const answerSchema = v.strictObject({
  action: name("The `id` of one of the question's actions."),
});

/** The query of event streams. */
export const streamQuerySchema = v.object({
  lastEventId: v.exactOptional(
    v.pipe(v.string(), v.description('As the header `Last-Event-ID`, which comes before it.')),
  ),
  until: v.exactOptional(
    v.pipe(v.literal('end'), v.description('`end`: close after a final status.')),
  ),
});

export type WorkRequest = v.InferOutput<typeof workItemSchema>;
export type StartPluginRequest = v.InferOutput<typeof startPluginSchema>;
export type StartWorkRequest = v.InferOutput<typeof startWorkSchema>;
export type StartBatchRequest = v.InferOutput<typeof startBatchSchema>;
