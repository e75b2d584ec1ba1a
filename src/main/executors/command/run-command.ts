import path from 'node:path';
import { constants } from 'node:os';
import { fail, ok, type Failure, type Result } from '#shared';
import { systemClock } from '../../clock.ts';
import type { CommandSpec } from '../../execution/step-spec.ts';
import * as failures from './command-failures.ts';
import { startProgram, type CommandProcess, type ProgramExit } from './command-process.ts';
import { compilePatterns } from './output-patterns.ts';
import { keepTail } from './output-tail.ts';
import { readOutput } from './read-output.ts';
import { killUnderSudo, sudoVerdict, underSudo } from './sudo.ts';
import { thinOutput, type OutputStream } from './thin-output.ts';

export interface RunCommandOptions {
  /** Its abort ends the command and all that it has started. */
  readonly signal: AbortSignal;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs: number;
  /** Whether the step asks for privileges; the command may ask by itself. */
  readonly sudo: boolean;
  /** The whole environment, but for what the command adds. */
  readonly env: NodeJS.ProcessEnv;
  /** Absolute; what a relative `cwd` of the command is against. */
  readonly cwd: string;
  /** Hears one line at a time, without its end, or 4 KiB of a longer one; thinned out in a flood. */
  readonly onOutput: (stream: OutputStream, text: string) => void;
  /** Hears every line, for counting. */
  readonly onLine?: (text: string) => void;
  /** Who we are; by default the user of this process, `undefined` where the system has no such thing. */
  readonly uid?: number | undefined;
}

/** What a command that counts as a success came to. */
export interface CommandDone {
  /** As a shell has it: 128 and the signal's number where a signal ended it. */
  readonly exitCode: number;
  /** The end of both streams, 16 KiB at most. */
  readonly output: string;
}

/** A failure with what there is of an end. */
export interface CommandFailure extends Failure {
  readonly exitCode?: number;
  readonly output: string;
}

/**
 * Runs a program, without a shell, to its end, and judges it by its exit code and its output: an error
 * pattern fails it whatever its exit code, a success pattern or an ignored exit code passes it. Settles
 * when nothing of it is left to wait for and its output was read; never rejects.
 */
export async function runCommand(
  command: CommandSpec,
  options: RunCommandOptions,
): Promise<Result<CommandDone, CommandFailure>> {
  const { signal } = options;
  const [program = '', ...args] = command.cmd;
  const tail = keepTail();
  const failed = (failure: Failure, exitCode?: number) =>
    fail({ ...failure, output: tail.text(), ...(exitCode === undefined ? {} : { exitCode }) });

  if (signal.aborted) return failed(failures.cancelled(program));
  const patterns = compilePatterns(command);
  if (!patterns.ok) return failed(patterns.failure);
  const plain = {
    program,
    args,
    cwd: path.resolve(options.cwd, command.cwd ?? '.'),
    env: { ...options.env, ...command.env },
    isUnderSudo: false,
  };
  const isPrivileged = command.sudo ?? options.sudo;
  const uid = 'uid' in options ? options.uid : process.getuid?.();
  const keep = Object.keys(command.env ?? {});
  const prepared = isPrivileged ? underSudo(plain, { uid, keep }) : ok(plain);
  if (!prepared.ok) return failed(prepared.failure);
  const start = prepared.value;

  let child: CommandProcess;
  try {
    child = await startProgram(start, start.isUnderSudo ? killUnderSudo(start.env) : undefined);
  } catch (error) {
    return failed(await failures.notStarted(program, start, error));
  }

  const thinner = thinOutput(systemClock, options.onOutput);
  let verdictOfSudo: { readonly kind: 'refused' | 'no-program'; readonly line: string } | undefined;
  const reader = readOutput(child, (stream, line, isContinued) => {
    tail.add(line);
    patterns.value.line(line, isContinued);
    options.onLine?.(line);
    if (start.isUnderSudo && stream === 'stderr') {
      const kind = sudoVerdict(line);
      if (kind !== undefined) verdictOfSudo ??= { kind, line };
    }
    thinner.line(stream, line);
  });

  const end = await endOf(child, command.timeoutSeconds, options);
  await reader.finish();
  thinner.close();

  if (end.kind === 'stopped') {
    return failed(
      end.why === 'timeout'
        ? failures.timedOut(program, command.timeoutSeconds ?? 0, tail.lastLine, end.isGone)
        : failures.cancelled(program, end.isGone),
    );
  }
  const exitCode = exitCodeOf(end.exit);
  if (verdictOfSudo !== undefined && exitCode === 1) {
    return failed(failures.underSudo(program, verdictOfSudo), exitCode);
  }
  const { error, isSuccess } = patterns.value;
  if (error !== undefined) return failed(failures.errorPattern(program, error), exitCode);
  const passes = exitCode === 0 || isSuccess || (command.ignoreExitCodes ?? []).includes(exitCode);
  return passes
    ? ok({ exitCode, output: tail.text() })
    : failed(failures.badExit(program, end.exit, tail.lastLine), exitCode);
}

type CommandEnd =
  | { readonly kind: 'exited'; readonly exit: ProgramExit }
  | { readonly kind: 'stopped'; readonly why: 'timeout' | 'cancelled'; readonly isGone: boolean };

/** Waits for the end of a program, or makes one when it is called off or its time is over. */
async function endOf(
  child: CommandProcess,
  timeoutSeconds: number | undefined,
  options: { readonly signal: AbortSignal; readonly graceMs: number },
): Promise<CommandEnd> {
  const { signal, graceMs } = options;
  let callOff: () => void = () => undefined;
  const stopped = new Promise<'timeout' | 'cancelled'>((resolve) => {
    const onAbort = (): void => resolve('cancelled');
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
    const cancelTimer =
      timeoutSeconds === undefined
        ? undefined
        : systemClock.after(timeoutSeconds * 1000, () => resolve('timeout'));
    callOff = () => {
      signal.removeEventListener('abort', onAbort);
      cancelTimer?.();
    };
  });
  const first = await Promise.race([child.exited, stopped]);
  callOff();
  if (typeof first !== 'string') return { kind: 'exited', exit: first };
  return { kind: 'stopped', why: first, isGone: await child.end(graceMs) };
}

function exitCodeOf({ code, signal }: ProgramExit): number {
  if (code !== null) return code;
  return 128 + (signal === null ? 0 : constants.signals[signal]);
}
