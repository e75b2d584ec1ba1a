import { InvalidArgumentError, Option, type Command } from 'commander';
import { ROLES, type Role } from '../publish/roles.ts';
import { terminalOutput } from './output.ts';
import type { PublishFlags } from './publish.ts';

/** Adds `publish PLAN`. */
export function addPublishCommand(program: Command): void {
  program
    .command('publish')
    .argument('<plan>', 'execution plan; never written to')
    .requiredOption('--to <folder>', 'folder that devices read, or that is copied there')
    .option('--keys <dir>', 'sign with the keys of this folder')
    .option('--unsigned', 'do not sign: for devices without a root of trust')
    .option('--plugins <dir>', 'folder of local plugins (default: plugins/ of the app)')
    .option('--repin', 'replace digests in the plan that no longer fit its plugins')
    .option('--expires-days <n>', 'days until the signatures expire (default: 90)', parseCount)
    .option('--dry-run', 'do all but sign and write')
    .option('--json', 'write one JSON document for tools')
    .description('check a plan, pack and pin its plugins, sign, and publish')
    .addHelpText('after', PUBLISH_HELP)
    .action(async (plan: string, flags: PublishFlags) => {
      const { publish } = await import('./publish.ts');
      process.exitCode = await publish(plan, { ...flags, output: terminalOutput() });
    });
}

/** Adds `trust init`, `trust rotate` and `trust show`. */
export function addTrustCommands(trust: Command): void {
  trust
    .command('init')
    .argument('<keys>', 'folder to make')
    .option('--threshold <n>', 'root keys that must sign a new root (default: 1)', parseCount)
    .option('--keys <n>', 'root keys to make (default: the threshold)', parseCount)
    .option('--expires-days <n>', 'days until the root expires (default: 1825)', parseCount)
    .description('make keys and a first root of trust')
    .addHelpText('after', INIT_HELP)
    .action(async (folder: string, flags: InitFlags) => {
      const { trustInit } = await import('./trust.ts');
      process.exitCode = await trustInit(folder, { ...flags, output: terminalOutput() });
    });
  trust
    .command('rotate')
    .argument('<keys>', 'folder of keys')
    .addOption(roleOption())
    .option('--use <name>', 'take this key of the folder instead of a new one; repeatable', collect)
    .option('--expires-days <n>', 'days until the new root expires (default: 1825)', parseCount)
    .description('give a role new keys')
    .addHelpText('after', ROTATE_HELP)
    .action(async (folder: string, { use = [], ...flags }: RotateFlags) => {
      const { trustRotate } = await import('./trust.ts');
      process.exitCode = await trustRotate(folder, { ...flags, use, output: terminalOutput() });
    });
  trust
    .command('show')
    .argument('<folder>', 'folder of keys, of published plans, or with a root.json')
    .option('--json', 'write one JSON document for tools')
    .description('say who signs for what, and until when')
    .addHelpText('after', SHOW_HELP)
    .action(async (folder: string, { json = false }: { readonly json?: boolean }) => {
      const { trustShow } = await import('./trust.ts');
      process.exitCode = await trustShow(folder, { json, output: terminalOutput() });
    });
}

interface InitFlags {
  readonly threshold?: number;
  readonly keys?: number;
  readonly expiresDays?: number;
}

interface RotateFlags {
  readonly role: Role | 'all';
  readonly use?: readonly string[];
  readonly expiresDays?: number;
}

function roleOption(): Option {
  return new Option('--role <role>', 'which keys to replace')
    .choices([...ROLES, 'all'])
    .makeOptionMandatory();
}

function collect(name: string, before: readonly string[] = []): readonly string[] {
  return [...before, name];
}

function parseCount(text: string): number {
  if (!/^[1-9]\d{0,4}$/.test(text)) {
    throw new InvalidArgumentError('It must be a whole number from 1 to 99999.');
  }
  return Number(text);
}

const PUBLISH_HELP = `
The plan stays as it is; the published copy also pins the digest of each local plugin. Publishing the
same plan again signs it anew, which needs no keys but those of snapshot and timestamp.

Examples:
  firstlight publish plan.toml --to updates --keys keys
  firstlight publish plan.toml --to updates --unsigned --plugins ../plugins
  firstlight publish plan.toml --to updates --keys keys --dry-run

Exit codes: 0 published, 1 not published, 2 wrong usage.`;

const INIT_HELP = `
Examples:
  firstlight trust init keys
  firstlight trust init keys --threshold 2 --keys 3

Exit codes: 0 made, 1 not made, 2 wrong usage.`;

const ROTATE_HELP = `
Takes a threshold of the root keys. New keys are files; to sign with a hardware module or a key service,
name it in signers.toml of the folder and say --use:

  [keys.release-hsm]
  public = """-----BEGIN PUBLIC KEY----- ... """
  command = ["hsm-sign", "--slot", "3"]   # bytes on stdin, signature in hex or base64 on stdout

Examples:
  firstlight trust rotate keys --role timestamp
  firstlight trust rotate keys --role targets --use release-hsm

Exit codes: 0 rotated, 1 not rotated, 2 wrong usage.`;

const SHOW_HELP = `
Examples:
  firstlight trust show keys
  firstlight trust show updates --json

Exit codes: 0 all of it holds, 1 something is past its date or does not verify, 2 wrong usage.`;
