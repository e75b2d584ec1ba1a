import type { Command } from 'commander';
import type { ExecutionControl } from '#shared';
import { terminalOutput } from './output.ts';

interface Flags {
  readonly home?: string;
  readonly json?: boolean;
}

/** Adds `executions list`, `show`, `logs`, and the controls. */
export function addExecutionsCommands(executions: Command): void {
  executions.addHelpText('after', EXECUTIONS_HELP);
  common(executions.command('list').description('list executions, the newest first'))
    .addHelpText('after', LIST_HELP)
    .action(async (flags: Flags) => {
      const { executionsList } = await import('./executions.ts');
      process.exitCode = await executionsList(optionsOf(flags));
    });
  common(
    executions.command('show').argument('<id>', ID).description('show an execution with its steps'),
  )
    .addHelpText('after', SHOW_HELP)
    .action(async (id: string, flags: Flags) => {
      const { executionsShow } = await import('./executions.ts');
      process.exitCode = await executionsShow(id, optionsOf(flags));
    });
  withHome(
    executions.command('logs').argument('<id>', ID).description('print what its steps wrote'),
  )
    .addHelpText('after', LOGS_HELP)
    .action(async (id: string, flags: Flags) => {
      const { executionsLogs } = await import('./executions.ts');
      process.exitCode = await executionsLogs(id, optionsOf(flags));
    });
  addControls(executions);
}

function addControls(executions: Command): void {
  const whole = {
    pause: 'let running steps end, and start no more',
    stop: 'call off running steps',
  } as const;
  for (const [type, description] of entriesOf(whole)) {
    common(executions.command(type).argument('<id>', ID).description(description))
      .addHelpText('after', examples(`firstlight executions ${type} 3f2a9c1e`))
      .action((id: string, flags: Flags) => control(id, { type }, flags));
  }
  common(
    executions.command('resume').argument('<id>', ID).description('go on, or restart from a step'),
  )
    .option('--from <step>', 'run this step and all that depend on it again')
    .addHelpText('after', RESUME_HELP)
    .action((id: string, { from, ...flags }: Flags & { readonly from?: string }) =>
      control(id, { type: 'resume', ...(from === undefined ? {} : { from }) }, flags),
    );
  const ofStep = {
    skip: 'go on without a step',
    retry: 'try a failed step again',
    run: 'run one step',
  } as const;
  for (const [type, description] of entriesOf(ofStep)) {
    const command = executions
      .command(type)
      .argument('<id>', ID)
      .argument('<step>', 'name of a step');
    common(command.description(description))
      .addHelpText('after', examples(`firstlight executions ${type} 3f2a9c1e download`))
      .action((id: string, step: string, flags: Flags) => control(id, { type, step }, flags));
  }
}

async function control(id: string, asked: ExecutionControl, flags: Flags): Promise<void> {
  const { executionsControl } = await import('./executions.ts');
  process.exitCode = await executionsControl(id, asked, optionsOf(flags));
}

function optionsOf({ json = false, ...flags }: Flags) {
  return { ...flags, json, output: terminalOutput() };
}

function common(command: Command): Command {
  return withHome(command.option('--json', 'write one JSON document for tools'));
}

function withHome(command: Command): Command {
  return command.option(
    '--home <dir>',
    'state folder (default: FIRSTLIGHT_HOME, else that of the system)',
  );
}

function entriesOf<K extends string>(record: { readonly [key in K]: string }): [K, string][] {
  return Object.entries(record) as [K, string][];
}

const ID = 'id of an execution, or its beginning';

function examples(...lines: readonly string[]): string {
  return `
Examples:
${lines.map((line) => `  ${line}`).join('\n')}

Exit codes: 0 done, 1 not done (the state is in the message), 2 wrong usage.`;
}

const EXECUTIONS_HELP = `
Looking works whether or not the app runs. Controls are carried out by the running app, which must have its
control API on: the browser shell has, others with [api] enabled = true in the device configuration.

Examples:
  firstlight executions list
  firstlight executions show 3f2a9c1e
  firstlight executions retry 3f2a9c1e download`;

const LIST_HELP = `
Examples:
  firstlight executions list
  firstlight executions list --home .firstlight --json

Exit codes: 0 listed, 1 they cannot be read, 2 wrong usage.`;

const SHOW_HELP = `
Examples:
  firstlight executions show 3f2a9c1e
  firstlight executions show 3f2a9c1e --json

Exit codes: 0 shown (however the execution ended), 1 there is none, 2 wrong usage.`;

const LOGS_HELP = `
Examples:
  firstlight executions logs 3f2a9c1e > install.log

Exit codes: 0 printed, 1 there is no such execution, 2 wrong usage.`;

const RESUME_HELP = examples(
  'firstlight executions resume 3f2a9c1e',
  'firstlight executions resume 3f2a9c1e --from extract',
);
