import { InvalidArgumentError } from 'commander';

/** A failure to inject: the plugin's first `times` attempts, or all of them. */
export interface InjectedFailure {
  readonly plugin: string;
  readonly times?: number;
}

/** Options of `firstlight plan run` (plan contract, section 5). */
export interface PlanRunOptions {
  readonly headless: boolean;
  /** Folder that local plugins are found in. */
  readonly plugins?: string;
  /** TOML file with a table of answers per plugin. */
  readonly answers?: string;
  /** File for the trace, or `-` for standard output. */
  readonly trace?: string;
  readonly fail: readonly InjectedFailure[];
  readonly offline: boolean;
  readonly update: boolean;
  readonly simulate: boolean;
  readonly seed: number;
  /** State folder. */
  readonly home?: string;
  /** Device configuration in place of the system's. */
  readonly deviceConfig?: string;
  /** Folder with the root of trust. */
  readonly trust?: string;
}

type Switch = 'headless' | 'offline' | 'update' | 'simulate';

/** The options as commander hands them over: a switch that was not given is not there. */
export type RunFlags = Omit<PlanRunOptions, Switch> & Partial<Pick<PlanRunOptions, Switch>>;

/** Switches that were not given are off. */
export function withDefaults(flags: RunFlags): PlanRunOptions {
  return { headless: false, offline: false, update: false, simulate: false, ...flags };
}

/** Adds one `--fail PLUGIN[:times]` to those before it. */
export function collectFailure(
  text: string,
  before: readonly InjectedFailure[],
): readonly InjectedFailure[] {
  const [, plugin = '', times] = /^([^:]+)(?::(.*))?$/.exec(text) ?? [];
  if (plugin === '') throw new InvalidArgumentError('Write PLUGIN or PLUGIN:TIMES.');
  if (times === undefined) return [...before, { plugin }];
  if (!/^[1-9]\d{0,5}$/.test(times)) {
    throw new InvalidArgumentError('TIMES is how many attempts fail: a whole number from 1.');
  }
  return [...before, { plugin, times: Number(times) }];
}

/** Reads `--seed`: any whole number that fits 32 bits. */
export function parseSeed(text: string): number {
  const seed = Number(text);
  if (!/^\d{1,10}$/.test(text) || seed > 0xffffffff) {
    throw new InvalidArgumentError('It must be a whole number from 0 to 4294967295.');
  }
  return seed;
}
