import * as v from 'valibot';
import type { JsonObject } from './json.ts';

/**
 * The only way back from a screen to the host. A closed union, checked at the border because a
 * renderer is less trusted than the host.
 */
const plugin = v.pipe(v.string(), v.minLength(1), v.maxLength(200));
const name = v.pipe(v.string(), v.minLength(1), v.maxLength(300));
const object = v.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
);

export const commandSchema = v.variant('type', [
  v.strictObject({ type: v.literal('screen.complete'), plugin, answers: object }),
  v.strictObject({ type: v.literal('screen.back'), plugin }),
  /** The plugin's screen never came up, as only the renderer can tell. */
  v.strictObject({
    type: v.literal('screen.failed'),
    plugin,
    message: v.pipe(v.string(), v.maxLength(1000)),
  }),
  v.strictObject({ type: v.literal('draft.save'), plugin, draft: object }),
  v.strictObject({ type: v.literal('failure.retry'), plugin }),
  v.strictObject({ type: v.literal('failure.skip'), plugin }),
  /** A step that was interrupted and must not run twice: what a person decides of it. */
  v.strictObject({ type: v.literal('step.retry'), plugin, step: name }),
  v.strictObject({ type: v.literal('step.skip'), plugin, step: name }),
  v.strictObject({ type: v.literal('question.answer'), plugin, questionId: name, action: name }),
  v.strictObject({ type: v.literal('setup.retry') }),
  v.strictObject({ type: v.literal('setup.restart') }),
  v.strictObject({
    type: v.literal('preferences.set'),
    preferences: v.strictObject({
      language: v.optional(v.pipe(v.string(), v.maxLength(35))),
      region: v.optional(v.pipe(v.string(), v.maxLength(3))),
      colorScheme: v.optional(v.picklist(['system', 'light', 'dark'])),
      textSize: v.optional(v.picklist(['normal', 'large', 'larger'])),
      highContrast: v.optional(v.boolean()),
      reducedMotion: v.optional(v.boolean()),
      screenReader: v.optional(v.boolean()),
    }),
  }),
  v.strictObject({ type: v.literal('network.scan') }),
  v.strictObject({
    type: v.literal('network.connect'),
    ssid: v.pipe(v.string(), v.minLength(1), v.maxLength(32)),
    password: v.optional(v.pipe(v.string(), v.maxLength(63))),
    hidden: v.optional(v.boolean()),
  }),
  v.strictObject({ type: v.literal('update.skip') }),
  v.strictObject({ type: v.literal('notice.dismiss') }),
  v.strictObject({
    type: v.literal('plugin.call'),
    plugin,
    route: v.pipe(v.string(), v.maxLength(200)),
    body: v.optional(v.unknown()),
  }),
]);

export type Command = v.InferOutput<typeof commandSchema>;
