/**
 * The session trace (plan contract, section 5): one JSON object a line, written by every session.
 * Field names and types are fixed by the contract; tools outside this project read them.
 */

/** How a plugin ended: its work done, left out or skipped by a person, or given up. */
export type Outcome = 'completed' | 'skipped' | 'failed';

/** Where the active plan came from. */
export type PlanSource = 'base' | 'cached' | 's3' | 'local' | 'unc';

/** Screens that belong to no plugin. */
export type BuiltinScreen = 'working' | 'failure' | 'stop';

export type FlowOutcome = 'completed' | 'stopped';

/** One thing that happened in the flow, before the recorder numbers and times it. */
export type TraceEntry =
  | {
      readonly type: 'plan.activated';
      readonly product_family: string;
      readonly execution_plan_version: string;
      readonly revision: number;
      readonly digest: string;
      readonly source: PlanSource;
    }
  | {
      readonly type: 'plan.unchanged' | 'plan.update_failed';
      readonly reason: string;
      readonly message: string;
    }
  | {
      readonly type: 'flag.evaluated';
      readonly flag: string;
      readonly variant: string;
      readonly reason: string;
      readonly plugin: string;
    }
  | {
      readonly type: 'event.raised';
      readonly event: string;
      /** Plugin name, or `engine`. */
      readonly source: string;
      readonly outcome: Outcome;
    }
  | {
      readonly type: 'plugin.started';
      readonly plugin: string;
      readonly core: boolean;
      readonly after: string | null;
      readonly lane: 'foreground' | 'background';
    }
  | {
      readonly type: 'plugin.failed';
      readonly plugin: string;
      readonly reason: string;
      readonly message: string;
      /** Counts from 1 over the whole session, one line per attempt. */
      readonly attempt: number;
    }
  | { readonly type: 'plugin.completed'; readonly plugin: string; readonly outcome: Outcome }
  | {
      readonly type: 'screen.shown' | 'screen.closed';
      readonly plugin: string;
      readonly route: string;
    }
  | { readonly type: 'screen.builtin'; readonly name: BuiltinScreen; readonly plugin: string }
  | { readonly type: 'handoff'; readonly event: string; readonly to: string }
  | {
      readonly type: 'flow.finished';
      readonly outcome: FlowOutcome;
      readonly duration_ms: number;
    };

/** A line of the trace: `seq` counts from 1 without gaps, `time` is RFC 3339 UTC. */
export type TraceRecord = { readonly seq: number; readonly time: string } & TraceEntry;
