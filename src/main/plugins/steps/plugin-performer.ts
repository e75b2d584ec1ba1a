import { fail, type Failure, type Result } from '#shared';
import type { Timer } from '../../clock.ts';
import type { StepCall, StepPerformer, WorkDone } from '../../execution/engine/step-performer.ts';
import type { CommandSpec } from '../../execution/step-spec.ts';
import type { Connection } from '../connection.ts';
import type { PluginLimits } from '../limits.ts';
import type { PerformStep, PluginSide, Reply } from '../plugin-rpc.ts';
import { ABORTED, raceAbort } from '../race-abort.ts';
import { LATE, within } from '../within.ts';
import { asCommand, commandsProblem, type CommandRights } from './command-rights.ts';
import { asAnswer, asStepFailure, asWorkDone } from './replies.ts';
import type { LiveStepCall, StepCalls } from './step-calls.ts';

/** What steps need of the plugin that they belong to. */
export interface SteppedPlugin {
  readonly connection: Connection;
  readonly limits: PluginLimits;
  readonly timer: Timer;
  readonly calls: StepCalls;
  readonly rights: CommandRights;
  /** Has it nothing but its `run`? */
  readonly isPlain: boolean;
  /** Does that. */
  run(call: StepCall): Promise<Result<void>>;
  /** Why it cannot work now; otherwise it is at work until `stepEnded`. */
  stepBegan(): Failure | undefined;
  stepEnded(): void;
  /** What it starts now has to be looked for when the process has ended. */
  startsCommands(): void;
  /** Ends the process; for what runs in it besides, that is a crash, for this reason. */
  kill(why: string): Promise<void>;
  /** The process has ended: resolves with what that means, when nothing of it is left. */
  whyEnded(): Promise<Failure>;
  /** The failure with the plugin's name. */
  named(failure: Failure): Failure;
}

/** Does a plugin's steps in its process. `works` does work items, but for those of type `command`. */
export function createPluginPerformer(
  plugin: SteppedPlugin,
  works: StepPerformer | undefined,
): StepPerformer {
  return {
    ask: (call) =>
      callStep({
        plugin,
        call,
        send: (side, request) => side.askStep({ ...request, part: call.part }),
        read: (value) => asAnswer(call.part, value),
      }),

    async perform(call) {
      const { step, part } = call;
      if (part === 'undo') return perform(plugin, call, {});
      const { work } = step;
      if (work.kind === 'commands') {
        return performCommands(plugin, call, call.commands ?? work.commands, {});
      }
      if (work.kind === 'run')
        return plugin.isPlain ? performRun(plugin, call) : perform(plugin, call, {});
      const { type, config } = call.item ?? work.item;
      // In the plugin's own process: in the app's it would have rights that the plugin has not.
      if (type === 'command') {
        const command = asCommand(config);
        return command.ok
          ? performCommands(plugin, call, [command.value], { givesOutcome: true })
          : command;
      }
      return works?.perform(call) ?? fail(noExecutor(type));
    },
  };
}

type PerformCall = StepCall & { readonly part: 'work' | 'undo' };
type What = Pick<PerformStep, 'commands' | 'sudo' | 'packagesPattern' | 'givesOutcome'>;

function perform(plugin: SteppedPlugin, call: PerformCall, what: What): Promise<Result<WorkDone>> {
  const { part, step } = call;
  const { packagesPattern } = step;
  const counted = packagesPattern === undefined ? {} : { packagesPattern };
  return callStep({
    plugin,
    call,
    send: (side, request) => side.performStep({ ...request, ...what, ...counted, part }),
    read: (value, live) => asWorkDone(value, live.reader.valueBytes),
  });
}

async function performCommands(
  plugin: SteppedPlugin,
  call: PerformCall,
  commands: readonly CommandSpec[],
  what: What,
): Promise<Result<WorkDone>> {
  const problem = commandsProblem(call.step, commands, plugin.rights);
  if (problem !== undefined) return fail(problem);
  plugin.startsCommands();
  return perform(plugin, call, { ...what, commands, sudo: call.step.sudo });
}

async function performRun(plugin: SteppedPlugin, call: PerformCall): Promise<Result<WorkDone>> {
  const ran = await plugin.run(call);
  return ran.ok ? { ok: true, value: {} } : ran;
}

/** One call, from its first word to its answer. Settles within the grace period after an abort. */
async function callStep<Sent, Read>(request: {
  readonly plugin: SteppedPlugin;
  readonly call: StepCall;
  readonly send: (side: PluginSide, request: StepRequest) => Promise<Reply<Sent>>;
  readonly read: (value: Sent, live: LiveStepCall) => Result<Read>;
}): Promise<Result<Read>> {
  const { plugin, call } = request;
  const { step, attempt, scope, signal } = call;
  if (isAborted(signal)) return fail(cancelled(step.name));
  const problem = plugin.stepBegan();
  if (problem !== undefined) return fail(problem);
  const live = plugin.calls.begin(call);
  try {
    const reply = await settled(plugin, call, live, (side) =>
      request.send(side, { callId: live.id, step: step.name, attempt, scope }),
    );
    // Whatever it came to, it was called off, unless it was done by then.
    if (isAborted(signal) && reply?.ok !== true) return fail(cancelled(step.name));
    if (reply === undefined) return fail(await plugin.whyEnded());
    if (reply.ok) return request.read(reply.value, live);
    const failure = asStepFailure(step.name, reply.failure);
    return fail(failure.code.startsWith('plugin/') ? plugin.named(failure) : failure);
  } finally {
    live.end();
    plugin.stepEnded();
  }
}

type StepRequest = Pick<PerformStep, 'callId' | 'step' | 'attempt' | 'scope'>;

/** The answer; `undefined` when the process ended without one, or was ended since it did not listen. */
async function settled<T>(
  plugin: SteppedPlugin,
  { signal, step }: StepCall,
  live: LiveStepCall,
  send: (side: PluginSide) => Promise<Reply<T>>,
): Promise<Result<T> | undefined> {
  const { connection, limits, timer } = plugin;
  const asked = connection.ask(send);
  const first = await raceAbort(asked, signal);
  if (first !== ABORTED) return first;
  connection.cancelStep(live.id);
  const late = await within(asked, limits.cancelMs, timer);
  if (late !== LATE) return late;
  await plugin.kill(`its step "${step.name}" did not end after it was called off`);
  return undefined;
}

/** A call of its own, because the compiler takes a signal that was not aborted for one that never is. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

function cancelled(step: string): Failure {
  return { code: 'step/cancelled', message: `The step "${step}" was called off.` };
}

function noExecutor(type: string): Failure {
  return {
    code: 'execution/no-executor',
    message: `Nothing here does work of type "${type}".`,
  };
}
