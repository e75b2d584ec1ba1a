import path from 'node:path';
import { fail, ok, type Result } from '#shared';
import type { CommandSpec } from '../../execution/step-spec.ts';
import { countMatches } from './output-patterns.ts';
import { lastBytes } from './output-tail.ts';
import {
  runCommand,
  type CommandDone,
  type CommandFailure,
  type RunCommandOptions,
} from './run-command.ts';

export interface RunCommandsOptions extends RunCommandOptions {
  /** Before each command: how much is done, 0..100, and one line for a person. */
  readonly onProgress?: (percent: number, message: string) => void;
  /** A regular expression: each match in a line of output is an updated package. */
  readonly packagesPattern?: string | undefined;
}

export interface CommandsDone {
  /** Of each, in order. */
  readonly done: readonly CommandDone[];
  /** The end of what all of them wrote, 16 KiB at most. */
  readonly output: string;
  /** Where there is a `packagesPattern`. */
  readonly packagesUpdated?: number;
}

/** Runs commands one after the other; the first failure ends it. */
export async function runCommands(
  commands: readonly CommandSpec[],
  options: RunCommandsOptions,
): Promise<Result<CommandsDone, CommandFailure>> {
  const { packagesPattern } = options;
  const counted = packagesPattern === undefined ? undefined : countMatches(packagesPattern);
  if (counted?.ok === false) return fail({ ...counted.failure, output: '' });
  const counter = counted?.value;

  const done: CommandDone[] = [];
  let output = '';
  const add = (more: string): void => {
    output = lastBytes(output === '' || more === '' ? output + more : `${output}\n${more}`);
  };
  for (const [index, command] of commands.entries()) {
    const percent = (index / commands.length) * 100;
    options.onProgress?.(percent, progressLine(command, index, commands.length));
    const one = await runCommand(command, {
      ...options,
      onLine: (line) => {
        counter?.line(line);
        options.onLine?.(line);
      },
    });
    add(one.ok ? one.value.output : one.failure.output);
    if (!one.ok) return fail({ ...one.failure, output });
    done.push(one.value);
  }
  return ok({ done, output, ...(counter && { packagesUpdated: counter.count }) });
}

/** `2 of 3: Fetch the archive (download)`. Arguments are left out: they may hold secrets. */
function progressLine(command: CommandSpec, index: number, count: number): string {
  const number = command.stepNumber ?? index + 1;
  const total = command.totalSteps ?? count;
  const what = command.description ?? command.stepName ?? path.basename(command.cmd[0] ?? '');
  const phase = command.phase === undefined ? '' : ` (${command.phase})`;
  return `${total > 1 ? `${number} of ${total}: ` : ''}${what}${phase}`;
}
