import type { InferOutput } from 'valibot';
import { describe, expectTypeOf, it } from 'vitest';
import type { CheckedCore, CheckedPlan, CorePluginEntry, PluginEntry } from './plan.ts';
import type { coreSchema, corePluginSchema, planSchema, pluginSchema } from './plan-schema.ts';

// These fail in the type check, not when they run: what the schema gives out is what the rest of the app
// takes, so no field can be renamed or lose its default in one place only.
describe('the output of the schemas', () => {
  it('is a checked plan', () => {
    expectTypeOf<InferOutput<typeof planSchema>>().toEqualTypeOf<CheckedPlan>();
    expectTypeOf<InferOutput<typeof pluginSchema>>().toEqualTypeOf<PluginEntry>();
  });

  it('is a checked core sequence', () => {
    expectTypeOf<InferOutput<typeof coreSchema>>().toEqualTypeOf<CheckedCore>();
    expectTypeOf<InferOutput<typeof corePluginSchema>>().toEqualTypeOf<CorePluginEntry>();
  });
});
