import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { onTestFinished } from 'vitest';
import type { CommandSpec } from '../../../execution/step-spec.ts';
import { runCommand, type RunCommandOptions } from '../run-command.ts';

/** A temporary folder that goes with the test. */
export async function testFolder(): Promise<string> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-command-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** One real command, begun, with everything that it has said by now. */
export interface BegunCommand {
  readonly result: ReturnType<typeof runCommand>;
  readonly lines: readonly string[];
  /** Resolves with the first line. */
  readonly firstLine: Promise<string>;
  abort(): void;
}

/** Begins a real command with what a step gives it. */
export function begin(
  command: CommandSpec,
  options: Partial<RunCommandOptions> = {},
): BegunCommand {
  const controller = new AbortController();
  const lines: string[] = [];
  let hear: (line: string) => void = () => undefined;
  const firstLine = new Promise<string>((resolve) => (hear = resolve));
  const result = runCommand(command, {
    signal: controller.signal,
    graceMs: 60_000,
    sudo: false,
    env: process.env,
    cwd: tmpdir(),
    onOutput: (stream, text) => {
      lines.push(stream === 'stdout' ? text : `! ${text}`);
      hear(text);
    },
    ...options,
  });
  return { result, lines, firstLine, abort: () => controller.abort() };
}

/** Begins a line of the shell, which is the program here. */
export function sh(
  script: string,
  command: Omit<CommandSpec, 'cmd'> = {},
  options: Partial<RunCommandOptions> = {},
): BegunCommand {
  return begin({ cmd: ['sh', '-c', script], ...command }, options);
}

/** Does a process run? A dead one that nobody has collected does not. */
export function isRunning(pid: number): boolean {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return !text.slice(text.lastIndexOf(')')).startsWith(') Z');
  } catch {
    return false;
  }
}

/** Ends a process that a test has left on purpose. */
export function endAfterTest(pid: number): void {
  onTestFinished(() => {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It is gone.
    }
  });
}
