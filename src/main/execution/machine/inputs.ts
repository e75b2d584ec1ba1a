import type { Actor, ExecutionControl, Json, StepResult } from '#shared';

/** How one attempt of a step ended, as the runner saw it. */
export type StepOutcome =
  | {
      readonly kind: 'completed';
      readonly result: StepResult;
      readonly secretOutputs?: readonly string[];
    }
  | {
      readonly kind: 'skipped';
      readonly result: StepResult;
      readonly reason: 'check' | 'when' | 'empty';
    }
  /** `final`: no retry, whatever the policy says (a refused `sudo`, a bad reference). */
  | { readonly kind: 'failed'; readonly result: StepResult; readonly final?: boolean }
  /** Its signal was aborted, by `stop`, `skip`, or a failure elsewhere. */
  | { readonly kind: 'cancelled'; readonly result: StepResult }
  /** It is a `forEach`: these are its items. */
  | { readonly kind: 'expanded'; readonly items: readonly Json[] };

/** What happens to one execution. `at` is Unix milliseconds. */
export type MachineInput =
  /** Begins, or goes on after a recovery. */
  | { readonly type: 'begin'; readonly at: number }
  /** The mutexes that `acquire` asked for are held now. */
  | { readonly type: 'granted'; readonly step: string; readonly at: number }
  /** `random` is 0 (inclusive) to 1 (exclusive), for the jitter of a wait. */
  | {
      readonly type: 'settled';
      readonly step: string;
      readonly outcome: StepOutcome;
      readonly random: number;
      readonly at: number;
    }
  /** A wait between attempts is over. */
  | { readonly type: 'due'; readonly step: string; readonly at: number }
  | {
      readonly type: 'undone';
      readonly step: string;
      readonly success: boolean;
      readonly error?: string;
      readonly at: number;
    }
  /** The work of a step that must not run twice begins now. */
  | { readonly type: 'working'; readonly step: string }
  /** 0..100 of the attempt under way. */
  | { readonly type: 'progressed'; readonly step: string; readonly percent: number }
  | {
      readonly type: 'control';
      readonly control: ExecutionControl;
      readonly actor: Actor;
      readonly at: number;
    };

/** What the runner is to do, once the records decided with it are on the disk. */
export type MachineAction =
  | { readonly type: 'run'; readonly step: string; readonly attempt: number }
  /** At once, before the records: asks the table of mutexes, which answers with `granted`. */
  | { readonly type: 'acquire'; readonly step: string; readonly mutexes: readonly string[] }
  /** At once: gives back what is held, or takes back what was asked for. */
  | { readonly type: 'release'; readonly step: string }
  | { readonly type: 'wait'; readonly step: string; readonly delayMs: number }
  | { readonly type: 'cancel-wait'; readonly step: string }
  | { readonly type: 'abort'; readonly step: string }
  | { readonly type: 'undo'; readonly step: string };
