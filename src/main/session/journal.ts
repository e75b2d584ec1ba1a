import type { CheckedPlan, JsonObject, PlanInfo, Preferences, Result, TraceEntry } from '#shared';
import { begin, transition } from '../flow/transition.ts';
import type { FlowBegin, FlowInput } from '../flow/inputs.ts';
import type { FlowState } from '../flow/state.ts';
import { openAppendLog, type AppendLog } from '../state/append-log.ts';
import type { FilesPort } from '../state/files-port.ts';

/** How a session began: enough to play it again without the plan file it came from. */
export interface SessionBegin extends FlowBegin {
  readonly sessionId: string;
  /** Unix milliseconds. */
  readonly startedAt: number;
  readonly plan: CheckedPlan;
  readonly preferences: Preferences;
}

/** One record of the session's journal, in the order in which things happened. */
export type JournalRecord =
  | { readonly kind: 'begin'; readonly begin: SessionBegin }
  | { readonly kind: 'input'; readonly input: FlowInput }
  /** Secrets left out: a password is here only as its hash. */
  | { readonly kind: 'answers'; readonly plugin: string; readonly answers: JsonObject }
  | { readonly kind: 'draft'; readonly plugin: string; readonly draft: JsonObject }
  | { readonly kind: 'preferences'; readonly preferences: Preferences };

/** A session as it was when the app ended. */
export interface ReplayedSession {
  readonly begin: SessionBegin;
  readonly state: FlowState;
  readonly plan: CheckedPlan;
  readonly info: PlanInfo;
  /** All that the flow traced, so that lines which a power cut lost can be written again. */
  readonly traced: readonly TraceEntry[];
  readonly answers: { readonly [plugin: string]: JsonObject };
  readonly drafts: { readonly [plugin: string]: JsonObject };
  readonly preferences: Preferences;
}

export type Journal = AppendLog<JournalRecord>;

/** Opens the journal of a home. Fails with `session/damaged` or `shell/read-only`. */
export function openJournal(files: FilesPort, path: string): Promise<Result<Journal>> {
  return openAppendLog({ files, path, decode: decodeRecord });
}

/**
 * Plays a session again, input by input, through the same pure machine. `undefined` for an empty
 * journal. Throws where the records make no sense to this version of the app: the caller treats
 * that as damage.
 */
export function replay(records: readonly JournalRecord[]): ReplayedSession | undefined {
  const [first, ...rest] = records;
  if (first === undefined) return undefined;
  if (first.kind !== 'begin') throw new Error('the journal does not start with a beginning');
  const traced: TraceEntry[] = [];
  let [state, effects] = begin(first.begin);
  for (const effect of effects) if (effect.type === 'trace') traced.push(effect.entry);
  let { plan, info, preferences } = first.begin;
  const answers: { [plugin: string]: JsonObject } = {};
  const drafts: { [plugin: string]: JsonObject } = {};
  for (const record of rest) {
    switch (record.kind) {
      case 'begin':
        throw new Error('the journal has two beginnings');
      case 'input':
        [state, effects] = transition(state, record.input);
        for (const effect of effects) if (effect.type === 'trace') traced.push(effect.entry);
        if (record.input.type === 'plan.changed') {
          // The runner writes whole plans into its inputs; the flow asks for less.
          plan = record.input.plan as CheckedPlan;
          info = record.input.info;
        }
        break;
      case 'answers':
        answers[record.plugin] = record.answers;
        Reflect.deleteProperty(drafts, record.plugin);
        break;
      case 'draft':
        drafts[record.plugin] = record.draft;
        break;
      case 'preferences':
        preferences = record.preferences;
    }
  }
  return { begin: first.begin, state, plan, info, traced, answers, drafts, preferences };
}

/** The checksum vouches for the content; the shape only tells a record from another version's. */
function decodeRecord(json: unknown): JournalRecord | undefined {
  const kinds: readonly unknown[] = ['begin', 'input', 'answers', 'draft', 'preferences'];
  const isRecord = typeof json === 'object' && json !== null && 'kind' in json;
  return isRecord && kinds.includes(json.kind) ? (json as JournalRecord) : undefined;
}
