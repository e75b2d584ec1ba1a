import { parseArgs } from 'node:util';
import { fail, ok, type Failure, type Result } from '#shared';
import { nearestOf } from './plan/nearest.ts';

/** What both shells and `npm start` can be told on the command line. */
export interface ShellOptions {
  /** State folder; each shell has a default of its own. */
  readonly home: string | undefined;
  /** Begin anew, even if a setup is unfinished. */
  readonly fresh: boolean;
  /** 0 for any free one. */
  readonly port: number;
  /** Plan file in place of the app's own. */
  readonly plan: string | undefined;
  /** Folder that local plugins are found in. */
  readonly plugins: string | undefined;
  /** Core sequence in place of the app's own. */
  readonly core: string | undefined;
  /** Device configuration over the app's own, in place of /etc/firstlight/device.toml. */
  readonly deviceConfig: string | undefined;
  /** Folder with the root of trust, before what the device configuration says. */
  readonly trust: string | undefined;
  /** Only serve, and say where. */
  readonly noOpen: boolean;
  /** Go on serving when setup is complete. */
  readonly stay: boolean;
  /** Chromium to open as a kiosk; `npm start` finds one. */
  readonly browser: string | undefined;
  /** The simulated device has a working cable. */
  readonly wired: boolean;
  /** The simulated device has no network in reach. */
  readonly offline: boolean;
  /** First attempts to fail on purpose, by plugin name. */
  readonly failures: ReadonlyMap<string, number>;
  readonly help: boolean;
}

const OPTIONS = {
  home: { type: 'string' },
  fresh: { type: 'boolean' },
  port: { type: 'string' },
  plan: { type: 'string' },
  plugins: { type: 'string' },
  core: { type: 'string' },
  'device-config': { type: 'string' },
  trust: { type: 'string' },
  'no-open': { type: 'boolean' },
  stay: { type: 'boolean' },
  browser: { type: 'string' },
  wired: { type: 'boolean' },
  offline: { type: 'boolean' },
  fail: { type: 'string', multiple: true },
  help: { type: 'boolean', short: 'h' },
} as const;

export const SHELL_HELP = `Sets a device up from its execution plan, in a fullscreen window.

Usage: npm start -- [options]

  --fresh              begin anew; without it, an unfinished setup is resumed
  --plan FILE          run this plan in place of resources/execution_plan.toml
  --plugins DIR        folder of local plugins (default: plugins)
  --device-config FILE device configuration (default: /etc/firstlight/device.toml)
  --trust DIR          folder with the root of trust, root.json
  --home DIR           state folder (default: FIRSTLIGHT_HOME, else .firstlight)
  --port N             port of the browser shell (default: any free one)
  --no-open            open no window, only print the address
  -h, --help           show this

For trying things out:
  --wired              the simulated device has a cable plugged in
  --offline            the simulated device has no network in reach
  --fail PLUGIN[:N]    make the first N attempts of a plugin fail (default: all)
  --core FILE          another core sequence than resources/core.toml
  --browser PATH       the Chromium to open
  --stay               go on serving when setup is complete

Ctrl-C ends everything. Exit codes: 0 setup is complete or the window was closed,
1 an error, 2 bad usage, 130 Ctrl-C.
`;

/** Reads the command line; any mistake is one `cli/usage` failure. */
export function parseShellOptions(args: readonly string[]): Result<ShellOptions> {
  const { values, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    tokens: true,
  });
  for (const token of tokens) {
    if (token.kind === 'positional')
      return usage(`There is nothing to do with "${token.value}".`, 'See npm start -- --help.');
    if (token.kind !== 'option') continue;
    const option = Object.entries(OPTIONS).find(([name]) => name === token.name)?.[1];
    if (option === undefined) return usage(...unknown(token.rawName));
    if (option.type === 'string' && (token.value ?? '') === '')
      return usage(`${token.rawName} needs a value.`);
    if (option.type === 'boolean' && token.value !== undefined)
      return usage(`${token.rawName} takes no value.`);
  }
  const text = (name: string) => {
    const value = (values as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : undefined;
  };
  const flag = (name: keyof typeof OPTIONS) => values[name] === true;
  const port = parsePort(text('port') ?? '0');
  if (port === undefined)
    return usage(`--port must be a whole number up to 65535, not "${text('port') ?? ''}".`);
  const failures = parseFailures((values.fail ?? []) as readonly string[]);
  if (!failures.ok) return failures;
  return ok({
    home: text('home'),
    fresh: flag('fresh'),
    port,
    plan: text('plan'),
    plugins: text('plugins'),
    core: text('core'),
    deviceConfig: text('device-config'),
    trust: text('trust'),
    noOpen: flag('no-open'),
    stay: flag('stay'),
    browser: text('browser'),
    wired: flag('wired'),
    offline: flag('offline'),
    failures: failures.value,
    help: flag('help'),
  });
}

function parsePort(text: string): number | undefined {
  const port = Number(text);
  return /^\d{1,5}$/.test(text) && port <= 65_535 ? port : undefined;
}

function parseFailures(texts: readonly string[]): Result<ReadonlyMap<string, number>> {
  const failures = new Map<string, number>();
  for (const text of texts) {
    const [, plugin, times] = /^([^:]+)(?::([1-9]\d{0,5}))?$/.exec(text) ?? [];
    if (plugin === undefined) return usage(`--fail takes PLUGIN or PLUGIN:N, not "${text}".`);
    failures.set(plugin, times === undefined ? Number.POSITIVE_INFINITY : Number(times));
  }
  return ok(failures);
}

function unknown(rawName: string): [string, string] {
  const names = Object.keys(OPTIONS).map((name) => `--${name}`);
  const meant = nearestOf(names).find(rawName);
  return [
    `There is no option ${rawName}.`,
    meant === undefined ? 'See npm start -- --help.' : `Did you mean ${meant}?`,
  ];
}

function usage(message: string, hint?: string): { readonly ok: false; readonly failure: Failure } {
  return fail({ code: 'cli/usage', message, ...(hint === undefined ? {} : { hint }) });
}

/** A failure as the one line that a terminal shows: the code is in it for whoever looks it up. */
export function failureLine({ code, message, hint }: Failure): string {
  return `${message}${hint === undefined ? '' : ` ${hint}`} (${code})`;
}
