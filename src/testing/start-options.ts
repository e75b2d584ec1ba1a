import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** How a test wants its device. Everything left out is as `npm start` has it. */
export interface SetupOptions {
  /** File of the base plan. */
  readonly plan?: string;
  /** Text of the base plan, in place of a file. */
  readonly planToml?: string;
  /** Text of the core sequence. */
  readonly coreToml?: string;
  /** Folder that local plugins are found in. */
  readonly plugins?: string;
  /** State folder; a new one by default, and the same again after `restart`. */
  readonly home?: string;
  readonly device?: {
    /** A working cable is plugged in. */
    readonly wired?: boolean;
    /** No network is in reach. */
    readonly offline?: boolean;
  };
  /** How many first attempts of a plugin fail, by its name. */
  readonly fail?: Readonly<Record<string, number | 'always'>>;
}

/** A device as command-line options: where its state is, and how it behaves. */
export async function shellArguments(options: SetupOptions, home: string): Promise<string[]> {
  const plan = options.planToml === undefined ? options.plan : await asFile(options.planToml);
  const core = options.coreToml === undefined ? undefined : await asFile(options.coreToml);
  return [
    `--home=${home}`,
    // A test looks at the last screen for as long as it likes.
    '--stay',
    ...(plan === undefined ? [] : [`--plan=${plan}`]),
    ...(core === undefined ? [] : [`--core=${core}`]),
    ...(options.plugins === undefined ? [] : [`--plugins=${options.plugins}`]),
    ...(options.device?.wired === true ? ['--wired'] : []),
    ...(options.device?.offline === true ? ['--offline'] : []),
    ...Object.entries(options.fail ?? {}).map(
      ([plugin, times]) => `--fail=${plugin}${times === 'always' ? '' : `:${times}`}`,
    ),
  ];
}

async function asFile(toml: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'firstlight-plan-'));
  const file = join(folder, 'plan.toml');
  await writeFile(file, toml);
  return file;
}
