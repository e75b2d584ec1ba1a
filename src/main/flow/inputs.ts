import type { CorePluginEntry, PlanInfo } from '#shared';
import type { SequencedPlan } from './roster.ts';
import type { FailureReason, FlagAnswers, FlowMode } from './state.ts';

/**
 * Everything that can happen to the flow. Plain data without functions, so that a session can be
 * written down input by input and played again after a power cut.
 */
export type FlowInput =
  /** Another plan replaces everything that has not started. */
  | {
      readonly type: 'plan.changed';
      readonly plan: SequencedPlan;
      readonly info: PlanInfo;
      readonly flags: FlagAnswers;
      /** The plan until now is taken back, for this reason: what it has started is ended. */
      readonly withdrawn?: FailureReason;
    }
  /** The updater had nothing to give. Only recorded. */
  | {
      readonly type: 'plan.unchanged' | 'plan.update_failed';
      readonly reason: string;
      readonly message: string;
    }
  /** Flags give something else now, since language or region were chosen. */
  | { readonly type: 'flags.changed'; readonly flags: FlagAnswers }
  /** A core plugin would have something, or nothing, to ask when its turn comes. */
  | { readonly type: 'needless.changed'; readonly plugin: string; readonly needless: boolean }
  /** The plugin's process is up. */
  | { readonly type: 'opened'; readonly plugin: string; readonly hasScreen: boolean }
  /** Its screen was completed; is there work to do now? */
  | { readonly type: 'answered'; readonly plugin: string; readonly hasWork: boolean }
  | { readonly type: 'completed'; readonly plugin: string }
  /** One attempt failed. */
  | {
      readonly type: 'failed';
      readonly plugin: string;
      readonly reason: string;
      readonly message: string;
    }
  /** A person's answers to a failure. */
  | { readonly type: 'retry'; readonly plugin: string }
  | { readonly type: 'skip'; readonly plugin: string }
  /** Nobody can be asked: the failure stops the flow. */
  | { readonly type: 'give-up'; readonly plugin: string }
  | { readonly type: 'back'; readonly plugin: string }
  /** The stop screen was left. */
  | { readonly type: 'leave' }
  /** The app was started again in the middle of the session: nothing that ran is running. */
  | { readonly type: 'resumed' };

/** What a session begins with. */
export interface FlowBegin {
  readonly core: readonly CorePluginEntry[];
  readonly plan: SequencedPlan;
  readonly info: PlanInfo;
  readonly flags: FlagAnswers;
  readonly mode: FlowMode;
  readonly needless: readonly string[];
}
