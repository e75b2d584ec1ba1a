import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Result } from '#shared';
import { publishPlan, type PublishOptions } from '../publish-plan.ts';

/** A publisher's desk: a plan, a folder of plugins, keys, and what is published, in one temporary folder. */
export interface PublishRig {
  readonly folder: string;
  readonly plugins: string;
  readonly keys: string;
  /** What `--to` names. */
  readonly to: string;
  /** The folder of the rig's plan below it. */
  readonly planFolder: string;
  /** Writes the plan. */
  plan(text: string): Promise<string>;
  /** Writes a plugin's folder; the name of a file to its content. */
  plugin(name: string, files?: { readonly [file: string]: string }): Promise<string>;
  /** Publishes the plan that was written last, with the rig's keys unless told otherwise. */
  publish(
    options?: Partial<PublishOptions> & { readonly unsigned?: boolean },
  ): ReturnType<typeof publishPlan>;
  dispose(): Promise<void>;
}

export async function createPublishRig(): Promise<PublishRig> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-publish-test-'));
  const plugins = path.join(folder, 'plugins');
  const keys = path.join(folder, 'keys');
  const to = path.join(folder, 'out');
  const planFile = path.join(folder, 'plan.toml');
  await mkdir(plugins);
  return {
    folder,
    plugins,
    keys,
    to,
    planFolder: path.join(to, 'kiosk', '1.0'),
    plan: async (text) => {
      await writeFile(planFile, text);
      return planFile;
    },
    plugin: async (name, files = {}) => {
      const root = path.join(plugins, name);
      for (const [file, content] of Object.entries({ ...pluginFiles(name), ...files })) {
        await mkdir(path.dirname(path.join(root, file)), { recursive: true });
        await writeFile(path.join(root, file), content);
      }
      return root;
    },
    publish: ({ unsigned = false, ...options } = {}) =>
      publishPlan({
        planFile,
        to,
        pluginsFolder: plugins,
        ...(unsigned ? {} : { keys }),
        ...options,
      }),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** A plugin that does nothing. */
function pluginFiles(name: string): { readonly [file: string]: string } {
  return {
    'package.json': JSON.stringify({
      name,
      version: '1.0.0',
      firstlight: { apiVersion: 1, main: 'index.js' },
    }),
    'index.js': 'export default {};\n',
  };
}

/** A plan without errors. `plugins` are the texts of its `[[plugins]]` tables. */
export function planOf({
  revision = 1,
  plugins = [],
}: {
  readonly revision?: number;
  readonly plugins?: readonly string[];
} = {}): string {
  return `[general]
product_family = "kiosk"
execution_plan_version = "1.0"
update_from = "local"
update_path_root = "./updates"
revision = ${revision}
${plugins.join('')}`;
}

/** The `[[plugins]]` table of a headless plugin; `more` are further lines. */
export function pluginTable(name: string, more = ''): string {
  return `
[[plugins]]
name = "${name}"
plugin_route = "${name}"
version = "1.0.0"
plugin_location_type = "local"
plugin_base_path = "./"
visible_in_ui = false
run_async = true
${more}`;
}

/** The value of a result that must be there. */
export function valueOf<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(JSON.stringify(result.failure));
  return result.value;
}

/** Code and message of a failure that must be there. */
export function failureOf(result: Result<unknown>): string {
  if (result.ok) throw new Error('it did not fail');
  return `${result.failure.code}: ${result.failure.message}`;
}

/** Writes a program for this Node and makes it one that can be run by its name. */
export async function writeProgram(file: string, source: string): Promise<void> {
  await writeFile(file, `#!${process.execPath}\n${source}`);
  await chmod(file, 0o755);
}
