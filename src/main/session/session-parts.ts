import type { Failure, SequencedPlugin, WorkProgress } from '#shared';
import type { FlowInput } from '../flow/inputs.ts';
import type { LoadedPlan } from '../update/update-port.ts';
import { PluginExecutions } from './plugin-executions.ts';
import type { SessionPorts } from './session-ports.ts';
import { contactOf } from './stage.ts';
import { UpdateService } from './update-service.ts';

/** The updater of a session; `undefined` for one that keeps the plan it has. */
export function createUpdate(
  { updater, base, network, hub, trial }: SessionPorts,
  session: {
    readonly log: (text: string) => void;
    readonly activeDigest: () => string;
    readonly dispatch: (input: FlowInput) => Promise<void>;
    readonly changePlan: (loaded: LoadedPlan) => Promise<void>;
  },
): UpdateService | undefined {
  if (updater === undefined) return undefined;
  return new UpdateService({
    updater,
    base,
    network,
    activeDigest: session.activeDigest,
    onState: (update) => hub.emit({ type: 'update.changed', update }),
    // The trace has no place for the mend.
    onFailure: ({ code, message, hint = '' }) =>
      session.log(`${code}: ${message} ${hint}`.trimEnd()),
    dispatch: session.dispatch,
    changePlan: (loaded) => {
      trial?.begin(loaded.digest);
      return session.changePlan(loaded);
    },
  });
}

/** What does the work of a session's plugins; `undefined` for one that starts none. */
export function createExecutions(
  { executions: engine, works, mode, headlessAnswers, hub }: SessionPorts,
  session: {
    readonly planDigest: () => string;
    readonly onWork: (plugin: string, work: WorkProgress) => void;
  },
): PluginExecutions | undefined {
  if (engine === undefined || mode.simulated) return undefined;
  return new PluginExecutions({
    engine,
    works,
    emit: (event) => hub.emit(event),
    onWork: session.onWork,
    sessionId: hub.snapshot().sessionId,
    planDigest: session.planDigest,
    headless: mode.headless,
    questionsOf: (plugin) => headlessAnswers.get(plugin)?.questions ?? {},
  });
}

/** A failure for the log: whoever reads it should know whom to ask (plan contract, section 1). */
export function failureWithContact(
  { code, message, hint }: Failure,
  plugin: SequencedPlugin | undefined,
): string {
  const { team, email } = plugin === undefined ? {} : contactOf(plugin);
  const whom = [team, email].filter((part) => part !== undefined).join(', ');
  const mend = hint === undefined ? '' : ` ${hint}`;
  return `${code}: ${message}${mend}${whom === '' ? '' : ` (${whom})`}`;
}
