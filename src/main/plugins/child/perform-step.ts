import type { Json } from '#shared';
import type { StepContext } from '../../../sdk/index.ts';
import type { WorkDone } from '../../execution/engine/step-performer.ts';
import type { StepFunctions } from '../../execution/graph/declare-steps.ts';
import type { CommandSpec } from '../../execution/step-spec.ts';
import { countMatches } from '../../executors/command/output-patterns.ts';
import { runCommands } from '../../executors/command/run-commands.ts';
import { jsonProblem } from '../json-problem.ts';
import type { AskStep, PerformStep, Reply, StepQuestion } from '../plugin-rpc.ts';
import { raceAbort, ABORTED } from '../race-abort.ts';
import { COMMAND_MARK } from '../steps/command-mark.ts';
import { driveStep } from './drive-step.ts';
import { badValue, StepProblem } from './step-problem.ts';
import type { StepVoice } from './step-voice.ts';

/** Between SIGTERM and SIGKILL; less than the app gives a step that it has called off. */
const COMMAND_GRACE_MS = 3_000;

/** One call of a step, as its own process has it. */
export interface StepCallInside {
  /** Of the step; absent where there is no such step any more. */
  readonly functions: StepFunctions | undefined;
  readonly ctx: StepContext;
  readonly voice: StepVoice;
  readonly signal: AbortSignal;
  readonly ask: (question: StepQuestion) => Promise<Reply<string>>;
  readonly commandMark: string | undefined;
  /** Those that run. */
  readonly commands: Set<Promise<unknown>>;
}

/** Asks one of a step's functions. Throws what it throws, and `step/bad-value` for a useless answer. */
export async function askFunction({ part }: AskStep, call: StepCallInside): Promise<Json> {
  const asked = call.functions?.[part];
  if (asked === undefined) throw missing(part);
  const answer: unknown = await asked(call.ctx);
  if (part !== 'forEach') {
    if (typeof answer === 'boolean') return answer;
    throw badValue(`its \`${part}\` must give true or false, but gave ${inWords(answer)}`);
  }
  if (!Array.isArray(answer)) {
    throw badValue(`its \`forEach\` must give a list, but gave ${inWords(answer)}`);
  }
  const problem = jsonProblem(answer);
  if (problem !== undefined) throw badValue(`what its \`forEach\` gave is not JSON: ${problem}`);
  return answer as readonly Json[];
}

/** Does a step's work, or undoes it. Throws a `StepProblem`, or what its code throws. */
export function performPart(request: PerformStep, call: StepCallInside): Promise<WorkDone> {
  const { commands } = request;
  return commands === undefined
    ? performFunction(request, call)
    : performCommands(commands, request, call);
}

async function performFunction(
  { part, packagesPattern }: PerformStep,
  call: StepCallInside,
): Promise<WorkDone> {
  const { functions, ctx, voice, signal } = call;
  const made = part === 'work' ? functions?.run : functions?.undo;
  if (made === undefined) throw missing(part === 'work' ? 'run' : part);
  const counted = packagesPattern === undefined ? undefined : countMatches(packagesPattern);
  if (counted?.ok === false) throw badValue(counted.failure.message);
  const counter = counted?.value;
  const returned = await driveStep(made(ctx), {
    voice,
    signal,
    ask: (question) => askPerson(question, call),
    onLine: (line) => counter?.line(line),
  });
  if (part === 'undo') return {};
  const outputs = voice.outputs(returned);
  return {
    ...(outputs === undefined ? {} : { outputs }),
    ...(counter === undefined ? {} : { packagesUpdated: counter.count }),
  };
}

async function askPerson(question: StepQuestion, call: StepCallInside): Promise<string> {
  const reply = await raceAbort(call.ask(question), call.signal);
  if (reply === ABORTED) throw new StepProblem('step/cancelled', 'it was called off');
  if (!reply.ok) throw new StepProblem(reply.code, reply.error.message);
  return reply.value;
}

async function performCommands(
  commands: readonly CommandSpec[],
  request: PerformStep,
  call: StepCallInside,
): Promise<WorkDone> {
  const { voice, signal, commandMark } = call;
  const mark = commandMark === undefined ? {} : { [COMMAND_MARK]: commandMark };
  const running = runCommands(commands, {
    signal,
    graceMs: COMMAND_GRACE_MS,
    sudo: request.sudo ?? false,
    env: { ...process.env, ...mark },
    cwd: process.cwd(),
    onOutput: (stream, text) => voice.line(stream, text),
    onProgress: (percent, message) => voice.progress(percent, message),
    packagesPattern: request.packagesPattern,
  });
  call.commands.add(running);
  try {
    const ended = await running;
    if (!ended.ok) {
      const { code, message, hint } = ended.failure;
      throw new StepProblem(code, message, hint);
    }
    const { packagesUpdated, done } = ended.value;
    const [only] = done;
    return {
      ...(packagesUpdated === undefined ? {} : { packagesUpdated }),
      ...(request.givesOutcome === true && only !== undefined ? { outputs: { ...only } } : {}),
    };
  } finally {
    call.commands.delete(running);
  }
}

/** The app asks for nothing that was not declared, but a plugin's `steps` may differ from call to call. */
function missing(part: string): StepProblem {
  return new StepProblem('step/failed', `the step has no \`${part}\``);
}

function inWords(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}
