import { homedir } from 'node:os';
import type { JsonObject } from '#shared';
import type { CommandSpec, WorkItem } from '../../execution/step-spec.ts';
import type { WorkContext, WorkExecutor, WorkProblem, WorkResult } from '../work-executor.ts';
import { compileConfigSchema, inWords, type CheckConfig } from '../config-problems.ts';
import { patternProblem } from './output-patterns.ts';
import { runCommand, type RunCommandOptions } from './run-command.ts';

/** Lines of output that a result keeps; all of them went by as events. */
const MAX_LOGS = 100;

const text = { type: 'string' };
const texts = { type: 'array', items: text };

/** Of the config of work of the type `command`. */
const SCHEMA: JsonObject = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  title: 'A program that is run without a shell',
  type: 'object',
  required: ['cmd'],
  additionalProperties: false,
  properties: {
    cmd: {
      ...texts,
      items: [{ type: 'string', minLength: 1 }],
      additionalItems: text,
      minItems: 1,
      description: 'Program and arguments.',
    },
    description: { ...text, description: 'What a person reads while it runs.' },
    env: {
      type: 'object',
      additionalProperties: text,
      writeOnly: true,
      description: 'Variables of its environment, beside those that all commands have.',
    },
    cwd: { ...text, description: 'The folder that it runs in.' },
    timeoutSeconds: { type: 'number', exclusiveMinimum: 0 },
    ignoreExitCodes: {
      type: 'array',
      items: { type: 'integer', minimum: 0, maximum: 255 },
      description: 'Exit codes other than 0 that pass.',
    },
    errorPatterns: {
      ...texts,
      description: 'Regular expressions: a match in the output fails a command that exits 0.',
    },
    successPatterns: {
      ...texts,
      description: 'Regular expressions: a match passes a command that does not exit 0.',
    },
    sudo: { type: 'boolean', description: 'Run with privileges, without a password.' },
  },
};

/** What all commands of an executor have in common. */
export interface CommandExecutorOptions {
  /** By default that of this process. */
  readonly env?: NodeJS.ProcessEnv;
  /** Absolute; by default the home folder of the user. */
  readonly cwd?: string;
  /** Milliseconds between SIGTERM and SIGKILL. */
  readonly graceMs?: number;
  readonly uid?: RunCommandOptions['uid'];
}

/** Makes the executor of work of the type `command`: one program, its outputs `exitCode` and `output`. */
export function commandExecutor(options: CommandExecutorOptions = {}): WorkExecutor {
  const { env = process.env, cwd = homedir(), graceMs = 5000 } = options;
  let check: CheckConfig | undefined;
  const validate = (work: WorkItem): readonly WorkProblem[] => {
    check ??= compileConfigSchema(SCHEMA);
    return [...check(work.config, 'declared'), ...patternProblems(work)];
  };
  return {
    getMetadata: () => ({
      name: 'command',
      version: '1.0.0',
      description: 'Runs a program without a shell.',
    }),
    getSupportedTypes: () => ['command'],
    canExecute: (type) => type === 'command',
    getSchema: () => SCHEMA,
    validate,
    execute: async (work, context) => {
      const problems = validate(work);
      if (problems.length > 0) return refused(problems);
      const uid = 'uid' in options ? { uid: options.uid } : {};
      return execute(work, context, { env, cwd, graceMs, ...uid });
    },
  };
}

async function execute(
  work: WorkItem,
  context: WorkContext,
  options: Pick<RunCommandOptions, 'env' | 'cwd' | 'graceMs' | 'uid'>,
): Promise<WorkResult> {
  // It was checked against the schema.
  const command = work.config as unknown as CommandSpec;
  const begin = performance.now();
  const logs: WorkResult['logs'][number][] = [];
  let outputLines = 0;
  if (command.description !== undefined) {
    context.onEvent({ type: 'progress', message: command.description });
  }
  const done = await runCommand(command, {
    ...options,
    signal: context.signal,
    sudo: false,
    onOutput: (stream, line) => {
      logs.push({ level: stream === 'stdout' ? 'info' : 'warn', text: line });
      if (logs.length > MAX_LOGS) logs.shift();
      context.onEvent({ type: 'output', stream, text: line });
    },
    onLine: (line) => {
      outputLines += 1;
      context.onLine?.(line);
    },
  });
  const metrics = { durationSeconds: (performance.now() - begin) / 1000, outputLines };
  if (done.ok) {
    const { exitCode, output } = done.value;
    return { success: true, outputs: { exitCode, output }, logs, metrics };
  }
  const { code, message, exitCode, output } = done.failure;
  return {
    success: false,
    outputs: { ...(exitCode === undefined ? {} : { exitCode }), output },
    logs,
    metrics,
    error: { code, message },
  };
}

function refused(problems: readonly WorkProblem[]): WorkResult {
  return {
    success: false,
    outputs: {},
    logs: [],
    metrics: { durationSeconds: 0 },
    error: { code: 'execution/bad-work', message: `The config is wrong: ${inWords(problems)}.` },
  };
}

function patternProblems({ config }: WorkItem): readonly WorkProblem[] {
  return (['errorPatterns', 'successPatterns'] as const).flatMap((field) => {
    const patterns = config[field];
    if (!Array.isArray(patterns)) return [];
    return patterns.flatMap((pattern: unknown, index) => {
      const problem =
        typeof pattern === 'string' && !pattern.includes('${{')
          ? patternProblem(pattern)
          : undefined;
      return problem === undefined ? [] : [{ pointer: `/${field}/${index}`, message: problem }];
    });
  });
}
