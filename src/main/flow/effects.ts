import type { FlowOutcome, TraceEntry } from '#shared';

/** What the flow asks its runner to do. Performed in order; results come back as inputs. */
export type FlowEffect =
  | { readonly type: 'trace'; readonly entry: TraceEntry }
  /**
   * Have the plugin's process up, then say `opened` or `failed`. After `delayRound` failures in a
   * row the runner waits first (exponential backoff with full jitter).
   */
  | {
      readonly type: 'open';
      readonly plugin: string;
      readonly after: string | undefined;
      readonly delayRound: number;
    }
  /** Its own screen is up: it will be `answered`, or end by itself. */
  | { readonly type: 'show'; readonly plugin: string }
  /** Do its work, then say `completed` or `failed`. */
  | { readonly type: 'work'; readonly plugin: string; readonly attempt: number }
  /** A person, or whoever answers for one, decides between `retry` and `skip`. */
  | { readonly type: 'ask'; readonly plugin: string; readonly canSkip: boolean }
  /** Stop it gracefully. Nothing that it says counts any more. */
  | { readonly type: 'cancel'; readonly plugin: string }
  | { readonly type: 'finish'; readonly outcome: FlowOutcome };
