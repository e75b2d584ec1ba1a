import { spawn } from 'node:child_process';
import { fail, ok, type Failure, type Result } from '#shared';
import type { ProgramStart } from './command-process.ts';

/** Puts a program under `sudo`, which never asks for a password there. As root nothing is needed. */
export function underSudo(
  start: ProgramStart,
  options: {
    readonly uid: number | undefined;
    /** Variables that the program itself is given: `sudo` would take them away. */
    readonly keep: readonly string[];
  },
): Result<ProgramStart & { readonly isUnderSudo: boolean }> {
  const { uid, keep } = options;
  if (uid === 0) return ok({ ...start, isUnderSudo: false });
  if (uid === undefined) return fail(sudoDenied(start.program, 'this system has no sudo'));
  return ok({
    ...start,
    program: 'sudo',
    args: [
      '-n',
      ...(keep.length === 0 ? [] : [`--preserve-env=${keep.join(',')}`]),
      '--',
      start.program,
      ...start.args,
    ],
    // Its own messages are looked for below, and are translated otherwise.
    env: { LANGUAGE: 'C', ...start.env },
    isUnderSudo: true,
  });
}

/**
 * What sudo says when it does not let a program run, with exit code 1. From its sources, 1.9
 * (plugins/sudoers/{auth/sudo_auth,logging,check,sudoers}.c, src/{sudo,tgetpass}.c).
 */
const REFUSALS = [
  /^sudo: .*\b(password is required|terminal is required|must have a tty|no tty present)/,
  /^sudo: .*\b(not allowed|no new privileges|effective uid is not 0|must be owned by uid 0)/,
  /^sudo: .*\b(account validation failure|authentication (error|failure))/,
  /^Sorry, user \S+ (is not allowed|may not run sudo)/,
  /^\S+ is not in the sudoers file/,
  /^\S+ is not allowed to run sudo/,
];
const NO_PROGRAM = /^sudo: .*: command not found$/;

/** What a line on stderr says of a program that ended with exit code 1 under sudo. */
export function sudoVerdict(line: string): 'refused' | 'no-program' | undefined {
  if (REFUSALS.some((refusal) => refusal.test(line))) return 'refused';
  return NO_PROGRAM.test(line) ? 'no-program' : undefined;
}

/** The failure of a program that may not run with privileges. */
export function sudoDenied(program: string, why: string): Failure {
  return {
    code: 'step/sudo-denied',
    message: `"${program}" was not run with privileges: ${why}.`,
    hint: `Allow it in sudoers with NOPASSWD for the user that runs Firstlight, or run the step without "sudo".`,
  };
}

/** Looking a rule up in a directory of the network may take long, and this is to end something. */
const KILL_MS = 2000;

/** Signals a group of processes of root, where sudo lets us. Never rejects. */
export function killUnderSudo(env: NodeJS.ProcessEnv) {
  return (group: number, signal: NodeJS.Signals): Promise<void> =>
    new Promise((resolve) => {
      const args = ['-n', '--', 'kill', '-s', signal.slice('SIG'.length), '--', `-${group}`];
      const child = spawn('sudo', args, { env, stdio: 'ignore', timeout: KILL_MS });
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
}
