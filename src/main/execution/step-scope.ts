import type { Json, JsonObject } from '#shared';

/** What a step may read. Secrets are in here, and nowhere else. */
export interface StepScope {
  readonly inputs: JsonObject;
  /** Of the steps that it depends on, directly or not. */
  readonly steps: { readonly [step: string]: { readonly outputs: JsonObject } };
  /** Of a `forEach`. */
  readonly item?: Json;
  readonly index?: number;
}
