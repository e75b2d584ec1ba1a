import type { ExecutionOnScreen } from './executions.ts';
import type { JsonObject } from './json.ts';
import type { NetworkState, Preferences } from './device.ts';
import type { Notice, PlanInfo, SetupProgress, Stage, UpdateState, WorkProgress } from './stage.ts';
import type { TraceRecord } from './trace.ts';

/** Everything the host tells its subscribers, before it is numbered. A closed union. */
export type HostEventBody =
  | { readonly type: 'session.started'; readonly sessionId: string }
  | { readonly type: 'plan.changed'; readonly plan: PlanInfo }
  | { readonly type: 'stage.changed'; readonly stage: Stage }
  | { readonly type: 'progress.changed'; readonly progress: SetupProgress }
  | { readonly type: 'preferences.changed'; readonly preferences: Preferences }
  | { readonly type: 'network.changed'; readonly network: NetworkState }
  | { readonly type: 'update.changed'; readonly update: UpdateState }
  | { readonly type: 'work.changed'; readonly plugin: string; readonly work: WorkProgress }
  | { readonly type: 'work.ended'; readonly plugin: string }
  | {
      readonly type: 'execution.changed';
      readonly plugin: string;
      readonly execution: ExecutionOnScreen;
    }
  /** It is of no interest to a screen any more: the plugin completed, or was skipped. */
  | { readonly type: 'execution.ended'; readonly plugin: string }
  | { readonly type: 'answers.saved'; readonly plugin: string; readonly answers: JsonObject }
  | { readonly type: 'draft.saved'; readonly plugin: string; readonly draft: JsonObject }
  | { readonly type: 'notice.given'; readonly notice: Notice }
  | { readonly type: 'notice.dismissed' }
  | { readonly type: 'trace.recorded'; readonly record: TraceRecord }
  | {
      readonly type: 'log.written';
      readonly plugin: string;
      readonly level: LogLevel;
      readonly text: string;
    };

export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

/** An event as subscribers get it: `seq` counts from 1 without gaps within one app start. */
export type HostEvent = { readonly seq: number } & HostEventBody;
