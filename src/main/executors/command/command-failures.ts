import { stat } from 'node:fs/promises';
import type { Failure } from '#shared';
import type { ProgramExit, ProgramStart } from './command-process.ts';
import { sudoDenied } from './sudo.ts';

// What the failures of commands say. Arguments are never in them: they may hold secrets.

/** Characters of a line of output in a message. */
const MAX_QUOTE = 200;

/** The command was called off; `isGone` is false where it could not be ended. */
export function cancelled(program: string, isGone = true): Failure {
  return { code: 'step/cancelled', message: `"${program}" was called off${still(isGone)}.` };
}

/** The command took longer than `timeoutSeconds`. */
export function timedOut(
  program: string,
  timeoutSeconds: number,
  lastLine: string,
  isGone: boolean,
): Failure {
  return {
    code: 'step/timeout',
    message: `"${program}" took longer than ${timeoutSeconds} seconds${still(isGone)}${after(lastLine)}`,
    hint: 'Raise its "timeoutSeconds", or find out in the log what it waits for.',
  };
}

/** The command ended with an exit code, or by a signal, that counts as failure. */
export function badExit(program: string, { code, signal }: ProgramExit, lastLine: string): Failure {
  const how =
    code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with exit code ${code}`;
  return { code: 'step/command-failed', message: `"${program}" ${how}${after(lastLine)}` };
}

/** An error pattern was met. */
export function errorPattern(
  program: string,
  { pattern, line }: { readonly pattern: string; readonly line: string },
): Failure {
  return {
    code: 'step/command-failed',
    message: `"${program}" wrote what its error pattern "${pattern}" looks for${after(line)}`,
  };
}

/** `sudo` did not run the program. */
export function underSudo(
  program: string,
  verdict: { readonly kind: 'refused' | 'no-program'; readonly line: string },
): Failure {
  return verdict.kind === 'refused'
    ? sudoDenied(program, quoted(verdict.line))
    : noProgram(program, 'was not found on the PATH of sudo');
}

/** The system could not start the program. */
export async function notStarted(
  program: string,
  start: ProgramStart & { readonly isUnderSudo: boolean },
  error: unknown,
): Promise<Failure> {
  const { code = 'unknown', message } = error as NodeJS.ErrnoException;
  if (code === 'ERR_ACCESS_DENIED') {
    return {
      ...noProgram(program, 'may not be started by this plugin'),
      hint: 'Name it in "permissions.commands" of the plugin.',
    };
  }
  const isMissing = code === 'ENOENT' || code === 'ENOTDIR';
  // The system has one word for both.
  if (isMissing && !(await isFolder(start.cwd))) {
    return noProgram(program, `cannot run in "${start.cwd}": there is no such folder`);
  }
  if (start.isUnderSudo && (isMissing || code === 'EACCES')) {
    return sudoDenied(program, 'there is no "sudo" on this device');
  }
  if (isMissing) return noProgram(program, 'was not found');
  if (code === 'EACCES') return noProgram(program, 'may not be executed');
  return noProgram(program, `could not be started (${code}: ${message})`);
}

function noProgram(program: string, what: string): Failure {
  return { code: 'step/no-program', message: `"${program}" ${what}.` };
}

function still(isGone: boolean): string {
  return isGone ? '' : ', and could not be ended: it may still run';
}

function after(line: string): string {
  return line === '' ? '.' : `: ${quoted(line)}`;
}

function quoted(line: string): string {
  const text = line.trim();
  return text.length > MAX_QUOTE ? `${text.slice(0, MAX_QUOTE - 1)}…` : text;
}

/** Where we may not look (Node's permission model), it is taken to be there. */
async function isFolder(folder: string): Promise<boolean> {
  try {
    return (await stat(folder)).isDirectory();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}
