import { InvalidArgumentError, type Command } from 'commander';
import { terminalOutput } from './output.ts';
import { parseSeed } from './run-options.ts';

/** Adds `plan flags`. */
export function addFlagsCommand(plan: Command): void {
  plan
    .command('flags')
    .argument('<file>', 'execution plan')
    .description('say what each flag gives on a device, and how a population divides')
    .option('--device <profile>', 'TOML file that says what the device is like')
    .option('--population <n>', 'divide this many devices with random ids', parsePopulation)
    .option('--seed <n>', 'seed of the random ids', parseSeed, 1)
    .option('--json', 'write one JSON document for tools')
    .addHelpText('after', FLAGS_HELP)
    .action(async (file: string, flags: FlagsFlags) => {
      const { planFlags } = await import('./plan-flags.ts');
      process.exitCode = await planFlags(file, { json: false, ...flags, output: terminalOutput() });
    });
}

interface FlagsFlags {
  readonly device?: string;
  readonly population?: number;
  readonly seed: number;
  readonly json?: boolean;
}

const MOST_DEVICES = 10_000_000;

function parsePopulation(text: string): number {
  const devices = Number(text);
  if (!/^[1-9]\d{0,7}$/.test(text) || devices > MOST_DEVICES) {
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${MOST_DEVICES}.`);
  }
  return devices;
}

const FLAGS_HELP = `
A profile has any of device_id, product_family, region, locale, channel and app_version. What it leaves
out: an id made from the seed, the plan's product family, region US, locale en, channel stable, and the
version of this app.

Examples:
  firstlight plan flags plan.toml
  firstlight plan flags plan.toml --device profile.toml
  firstlight plan flags plan.toml --population 100000 --seed 7 --json

Exit codes: 0 evaluated, 1 the plan or the profile has errors, 2 wrong usage.`;
