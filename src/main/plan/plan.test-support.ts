import type { CheckedCore, Diagnostic } from '#shared';
import { checkCore, checkPlan } from './check.ts';

/** A core sequence of three, with names that no sample plan uses. */
export const CORE_TEXT = `
[[plugins]]
name = "core_one"
plugin_route = "one"
builtin = "welcome"
completed_event_name = "OneDone"

[[plugins]]
name = "core_two"
plugin_route = "two"
builtin = "terms"
completed_event_name = "TwoDone"

[[plugins]]
name = "core_three"
plugin_route = "three"
builtin = "finish"
completed_event_name = "ThreeDone"
`;

/** The `[general]` table that most tests don't care about: six lines. */
export const GENERAL = `[general]
product_family = "demo"
execution_plan_version = "1.0"
update_from = "local"
update_path_root = "./updates"
`;

/** The checked form of `CORE_TEXT`. */
export async function testCore(): Promise<CheckedCore> {
  const { core } = await checkCore({ file: 'core.toml', bytes: bytesOf(CORE_TEXT) });
  if (core === undefined) throw new Error('the core sequence of the tests has errors');
  return core;
}

/** Text as a file holds it. */
export function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Checks a text against the core sequence of the tests. */
export async function check(text: string | Uint8Array) {
  const bytes = typeof text === 'string' ? bytesOf(text) : text;
  return checkPlan({ file: 'plan.toml', bytes, core: await testCore() });
}

/** What a plugin table may say in tests; all the rest is filled in. */
export type PluginLines = Readonly<Record<string, string | boolean | number>>;

/** A `[[plugins]]` table: six required lines, then whatever is given. A given field replaces a required one. */
export function pluginText(name: string, lines: PluginLines = {}): string {
  const fields: PluginLines = {
    name,
    plugin_route: name.toLowerCase(),
    version: '1.0.0',
    plugin_location_type: 'local',
    plugin_base_path: './',
    ...lines,
  };
  const rows = Object.entries(fields).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  return `\n[[plugins]]\n${rows.join('\n')}\n`;
}

/** A finding in one line: `plugins[0].name 8:10 plan/unsafe-value`. */
export function shortly({ path, line, column, rule }: Diagnostic): string {
  return `${path} ${line}:${column} ${rule}`;
}

/** All findings of a text, in one line each. */
export async function findingsOf(text: string | Uint8Array): Promise<readonly string[]> {
  return (await check(text)).diagnostics.map(shortly);
}

/** The rules that speak about a text, in order. */
export async function rulesOf(text: string | Uint8Array): Promise<readonly string[]> {
  return (await check(text)).diagnostics.map(({ rule }) => rule);
}
