import { Command, Option } from 'commander';
import { appVersion } from '../app-version.ts';
import { addDeviceCommands, addDoctorCommand } from './device-commands.ts';
import { addExecutionsCommands } from './executions-commands.ts';
import { addFlagsCommand } from './flags-command.ts';
import { GRAPH_FORMATS, type GraphFormat } from './graph-format.ts';
import { terminalOutput } from './output.ts';
import { addPluginCommands } from './plugin-commands.ts';
import { addPublishCommand, addTrustCommands } from './publish-commands.ts';
import { collectFailure, parseSeed, withDefaults, type RunFlags } from './run-options.ts';

/**
 * The commands and their options. Each action loads its own code when it runs, so `--help` and one
 * command never wait for another. An action sets the exit code and lets the process end by itself, which
 * gives a pipe time to take everything.
 */
export function createProgram(): Command {
  const program = new Command('firstlight')
    .description('Sets up a new device from an execution plan, first screen to last.')
    .version(appVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .showHelpAfterError('\nTry --help for how to use it.')
    .addHelpText('after', PROGRAM_HELP);
  addPlanCommands(program.command('plan').description('check, draw, explain and run plans'));
  addPluginCommands(program.command('plugin').description('run plugins on their own'));
  addExecutionsCommands(
    program.command('executions').description('look at long work, and control it'),
  );
  addPublishCommand(program);
  addTrustCommands(program.command('trust').description('make, rotate and show the keys of plans'));
  addDeviceCommands(program.command('device').description('check device configurations'));
  addDoctorCommand(program);
  return program;
}

function addPlanCommands(plan: Command): void {
  plan
    .command('check')
    .argument('<file...>', 'execution plans')
    .description('say everything that is wrong with a plan')
    .option('--json', 'write one JSON document for tools')
    .addHelpText('after', CHECK_HELP)
    .action(async (files: readonly string[], { json = false }: { readonly json?: boolean }) => {
      const { planCheck } = await import('./plan-check.ts');
      process.exitCode = await planCheck(files, { json, output: terminalOutput() });
    });
  plan
    .command('graph')
    .argument('<file>', 'execution plan')
    .description('draw who starts after what')
    .addOption(formatOption())
    .addHelpText('after', GRAPH_HELP)
    .action(async (file: string, { format }: { readonly format: GraphFormat }) => {
      const { planGraph } = await import('./plan-graph.ts');
      process.exitCode = await planGraph(file, { format, output: terminalOutput() });
    });
  plan
    .command('why')
    .argument('<file>', 'execution plan')
    .argument('<plugin>', 'name of a plugin')
    .description('say when a plugin runs, or why it never will')
    .option('--json', 'write one JSON document for tools')
    .addHelpText('after', WHY_HELP)
    .action(async (file: string, plugin: string, { json = false }: { readonly json?: boolean }) => {
      const { planWhy } = await import('./plan-why.ts');
      process.exitCode = await planWhy(file, { plugin, json, output: terminalOutput() });
    });
  addFlagsCommand(plan);
  addRunCommand(plan);
}

function addRunCommand(plan: Command): void {
  plan
    .command('run')
    .argument('<file>', 'execution plan')
    .description('run a plan without a screen, with its real plugins')
    .option('--headless', 'no screen: answer each one from --answers or its default')
    .option('--plugins <dir>', 'folder of local plugins (default: plugins/ of the app)')
    .option('--answers <file>', 'TOML file with a table of answers for each plugin')
    .option('--trace <out>', 'write the trace to a file, or to standard output with -')
    .addOption(
      new Option('--fail <plugin[:times]>', 'make the first attempts of a plugin fail; repeatable')
        .argParser(collectFailure)
        .default([], 'none'),
    )
    .option('--offline', 'act as if there were no network')
    .option('--update', 'let the updater replace the plan')
    .option('--simulate', 'start no plugins: complete each one on a simulated clock')
    .option('--seed <n>', 'seed of a simulated run', parseSeed, 1)
    .option('--home <dir>', 'state folder (default: FIRSTLIGHT_HOME, else that of the system)')
    .option('--device-config <file>', 'device configuration (default: /etc/firstlight/device.toml)')
    .option('--trust <dir>', 'folder with the root of trust, root.json')
    .addHelpText('after', RUN_HELP)
    .action(async (file: string, options: RunFlags) => {
      const { planRun } = await import('./plan-run.ts');
      process.exitCode = await planRun(file, withDefaults(options));
    });
}

function formatOption(): Option {
  return new Option('--format <format>', 'what to write').choices(GRAPH_FORMATS).default('mermaid');
}

const PROGRAM_HELP = `
Examples:
  firstlight plan check plan.toml             everything that is wrong, with lines
  firstlight plan why plan.toml howto         when does "howto" run?
  firstlight plan graph plan.toml > plan.mmd  a picture for a README
  firstlight plan run plan.toml --headless    the whole flow, without a screen
  firstlight plugin run inventory             one plugin on its own
  firstlight executions list                  what long work came to
  firstlight doctor                           how this device stands

Exit codes: 0 fine, 1 problems found, 2 the command line was not understood.`;

const CHECK_HELP = `
Examples:
  firstlight plan check plan.toml
  firstlight plan check plans/*.toml --json

Exit codes: 0 no errors (warnings don't count), 1 errors, 2 wrong usage.`;

const GRAPH_HELP = `
Examples:
  firstlight plan graph plan.toml
  firstlight plan graph plan.toml --format svg > plan.svg

Exit codes: 0 drawn, 1 the plan has errors, 2 wrong usage.`;

const WHY_HELP = `
Examples:
  firstlight plan why plan.toml howto
  firstlight plan why plan.toml core_terms --json

Exit codes: 0 explained, 1 no such plugin or the plan has errors, 2 wrong usage.`;

const RUN_HELP = `
Examples:
  firstlight plan run plan.toml --headless --trace trace.jsonl
  firstlight plan run plan.toml --headless --fail settings:2
  firstlight plan run plan.toml --simulate --seed 7 --trace -

Exit codes: 0 completed, 3 stopped, 1 an error, 2 wrong usage.`;
