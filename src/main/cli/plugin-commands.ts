import { Option, type Command } from 'commander';
import { terminalOutput } from './output.ts';

/** The options as commander hands them over. */
interface Flags {
  readonly plugins?: string;
  readonly home?: string;
  readonly resumeFrom?: string;
  readonly answers?: string;
  readonly fresh?: boolean;
  readonly json?: boolean;
}

/** Adds `plugin run`. */
export function addPluginCommands(plugin: Command): void {
  plugin
    .command('run')
    .argument('<name>', 'name of a plugin')
    .description('run one plugin on its own, without a plan')
    .option('--plugins <dir>', 'folder that it is in (default: plugins/ of the app)')
    .option('--home <dir>', 'state folder (default: FIRSTLIGHT_HOME, else that of the system)')
    .addOption(
      new Option('--resume-from <step>', 'run a step of its last run, and all that depend on it'),
    )
    .option('--answers <file>', 'TOML file with a table of answers for the plugin')
    .addOption(
      new Option('--fresh', 'begin anew, whatever its last run left').conflicts('resumeFrom'),
    )
    .option('--json', 'write each event as a line of JSON, and nothing else')
    .addHelpText('after', RUN_HELP)
    .action(async (name: string, { json = false, fresh = false, ...flags }: Flags) => {
      const { pluginRun } = await import('./plugin-run.ts');
      process.exitCode = await pluginRun(name, {
        ...flags,
        json,
        fresh,
        output: terminalOutput(),
      });
    });
}

const RUN_HELP = `
A run that failed, or that Ctrl-C or a power cut ended, is gone on with: what is done stays done. On a
terminal it asks its questions there; elsewhere they get their answer from --answers, else their default.

Examples:
  firstlight plugin run inventory
  firstlight plugin run greeting --plugins . --home /tmp/try
  firstlight plugin run greeting --resume-from download
  firstlight plugin run greeting --json | jq -r 'select(.type == "StepEnd").stepName'

Exit codes: 0 completed, 1 failed, 2 wrong usage, 130 ended with Ctrl-C (the next run goes on).`;
