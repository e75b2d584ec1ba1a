import type { DeviceInfo, FlagDefinition } from '#shared';
import type { FlagAnswer, FlagAnswers } from '../../flow/state.ts';

/** By flag name. */
export type FlagDefinitions = { readonly [flag: string]: FlagDefinition };

/**
 * What flags give on this device (plan contract, section 7, Rollouts). A flag is decided when it is
 * first used: until then an answer follows language and region, from then on it stays until the
 * flag's definition changes.
 */
export interface Rollouts {
  /** Never fails: a flag that cannot be evaluated takes its default, with the reason `ERROR`. */
  evaluate(flags: FlagDefinitions, device: DeviceInfo): Promise<FlagAnswers>;
  /** Writes down that `answer` was used, with its inputs. Best effort: a full disk loses no setup. */
  decide(decision: {
    readonly flag: string;
    readonly definition: FlagDefinition;
    readonly answer: FlagAnswer;
    readonly device: DeviceInfo;
  }): Promise<void>;
}
