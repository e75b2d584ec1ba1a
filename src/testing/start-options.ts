import { writeFile } from 'node:fs/promises';
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
  /** Text of the device configuration, over the app's own. */
  readonly deviceToml?: string;
  /** Folder with the root of trust. */
  readonly trust?: string;
  readonly device?: {
    /** A working cable is plugged in. */
    readonly wired?: boolean;
    /** No network is in reach. */
    readonly offline?: boolean;
  };
  /** End when setup is complete, as on a device? By default a test can look on for as long as it likes. */
  readonly endsWhenComplete?: boolean;
  /** How many first attempts of a plugin fail, by its name. */
  readonly fail?: Readonly<Record<string, number | 'always'>>;
}

/** A device as command-line options. Texts become files in `folder`. */
export async function shellArguments(options: {
  readonly setup: SetupOptions;
  readonly home: string;
  readonly folder: string;
}): Promise<string[]> {
  const { setup, home, folder } = options;
  const plan = (await asFile(folder, 'plan.toml', setup.planToml)) ?? setup.plan;
  const core = await asFile(folder, 'core.toml', setup.coreToml);
  const device = await asFile(folder, 'device.toml', setup.deviceToml);
  return [
    `--home=${home}`,
    ...(setup.endsWhenComplete === true ? [] : ['--stay']),
    ...(plan === undefined ? [] : [`--plan=${plan}`]),
    ...(core === undefined ? [] : [`--core=${core}`]),
    ...(device === undefined ? [] : [`--device-config=${device}`]),
    ...(setup.trust === undefined ? [] : [`--trust=${setup.trust}`]),
    ...(setup.plugins === undefined ? [] : [`--plugins=${setup.plugins}`]),
    ...(setup.device?.wired === true ? ['--wired'] : []),
    ...(setup.device?.offline === true ? ['--offline'] : []),
    ...Object.entries(setup.fail ?? {}).map(
      ([plugin, times]) => `--fail=${plugin}${times === 'always' ? '' : `:${times}`}`,
    ),
  ];
}

async function asFile(
  folder: string,
  name: string,
  text: string | undefined,
): Promise<string | undefined> {
  if (text === undefined) return undefined;
  const file = join(folder, name);
  await writeFile(file, text);
  return file;
}
