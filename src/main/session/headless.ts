import type { JsonObject } from '#shared';
import type { FlowInput } from '../flow/inputs.ts';

/** What a run without a screen answers for one plugin (plan contract, section 5). */
export interface HeadlessAnswer {
  /** In place of the plugin's default answers. */
  readonly answers?: JsonObject;
  /** Answers to the questions of its steps, by class. */
  readonly questions?: { readonly [questionClass: string]: string };
  /** What a failure that would ask is answered with; `skip` without one. */
  readonly onFailure?: 'skip' | 'stop';
}

/** By plugin name. */
export type HeadlessAnswers = ReadonlyMap<string, HeadlessAnswer>;

/** Answers the question after a failure. A core plugin that nobody can skip stops the flow. */
export function answerFailure(
  answer: HeadlessAnswer | undefined,
  plugin: string,
  canSkip: boolean,
): FlowInput {
  const skips = canSkip && answer?.onFailure !== 'stop';
  return { type: skips ? 'skip' : 'give-up', plugin };
}
