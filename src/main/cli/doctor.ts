import { statSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { buildTime } from '../build-time.ts';
import { loadDeviceConfig, type LoadedDeviceConfig } from '../config/load-device-config.ts';
import { deviceConfigFiles, shippedTrust } from '../config/read-device-config.ts';
import { escapeUnsafe } from '../plan/words.ts';
import { describeIsolation } from '../plugins/isolation/describe-isolation.ts';
import { homePaths, resolveHome } from '../state/home.ts';
import { acceptedTopic } from './doctor/accepted-topic.ts';
import { isolationTopic } from './doctor/isolation-topic.ts';
import { clockTopic, homeTopic, versionsTopic } from './doctor/machine-topics.ts';
import { mountsTopics } from './doctor/mounts-topics.ts';
import { planTopics, shippedTrustTopics, trustTopic } from './doctor/plan-topics.ts';
import { storeTopic } from './doctor/store-topic.ts';
import type { Topic } from './doctor/topic.ts';
import { EXIT, type Output } from './output.ts';

export interface DoctorOptions {
  /** State folder. */
  readonly home?: string;
  /** In place of the system's device configuration. */
  readonly deviceConfig?: string;
  /** Folder with the root of trust, in place of the configured one. */
  readonly trust?: string;
  readonly json: boolean;
  readonly output: Output;
}

/**
 * `firstlight doctor`: how this device stands, one line a topic. Only looks: it changes nothing and asks
 * nobody over the network. The exit code is 1 where something is a problem; warnings do not count.
 */
export async function doctor(options: DoctorOptions): Promise<number> {
  const { json, output } = options;
  const topics = await examine(options);
  const ok = topics.every(({ status }) => status !== 'problem');
  if (json) output.out(JSON.stringify({ ok, topics }, undefined, 2));
  else for (const topic of topics) show(topic, output);
  return ok ? EXIT.ok : EXIT.problems;
}

async function examine({ home, deviceConfig, trust }: DoctorOptions): Promise<readonly Topic[]> {
  const { env, platform } = process;
  const around = { env, platform, userFolder: homedir(), workingFolder: process.cwd() };
  const paths = homePaths(resolveHome(home, around));
  const loaded = await loadDeviceConfig({ files: deviceConfigFiles({ deviceConfig }, env), env });
  const { config } = loaded;
  const shipped = shippedTrust();
  // As the app chooses it.
  const root = trust === undefined ? (config?.trust.root ?? shipped) : path.resolve(trust);
  return [
    versionsTopic(),
    clockTopic({ now: Date.now(), built: buildTime() }),
    homeTopic(paths, homeOfNpmStart(home)),
    configTopic(loaded),
    ...(await planTopics(config)),
    await acceptedTopic(paths, root !== undefined),
    isolationTopic(await describeIsolation(), await describeIsolation({ shell: 'electron' })),
    ...(config === undefined
      ? []
      : [
          await trustTopic(root, { paths, buildTime: buildTime() }),
          ...shippedTrustTopics(config, shipped),
          await storeTopic(paths, config.store.max_mib),
          ...mountsTopics(config.unc.mounts),
        ]),
  ];
}

/** The home that `npm start` makes in its folder, where this one was asked for no other. */
function homeOfNpmStart(home: string | undefined): string | undefined {
  const { FIRSTLIGHT_HOME: variable = '' } = process.env;
  if ((home ?? '') !== '' || variable !== '') return undefined;
  const folder = path.resolve('.firstlight');
  return statSync(folder, { throwIfNoEntry: false })?.isDirectory() === true ? folder : undefined;
}

function configTopic({ files, sources, problem }: LoadedDeviceConfig): Topic {
  const topic = 'configuration';
  const hint = 'See: npx firstlight device check';
  if (problem !== undefined) return { topic, status: 'problem', message: problem, hint };
  const variables = [...new Set(sources.values())].filter((source) => !isFile(source));
  const names = files.map(({ file }) => file).filter((name) => isFile(name));
  const message = [...names, ...variables].join(', ');
  const warned = files.filter(({ diagnostics }) => diagnostics.length > 0);
  if (warned.length === 0) return { topic, status: 'ok', message };
  const count = warned.reduce((sum, { diagnostics }) => sum + diagnostics.length, 0);
  const said = `${message}; ${count} ${count === 1 ? 'warning' : 'warnings'}`;
  return { topic, status: 'warn', message: said, hint };

  function isFile(source: string): boolean {
    return source !== 'environment' && !source.startsWith('FIRSTLIGHT_');
  }
}

const MARKS = { ok: 'ok     ', warn: 'warn   ', problem: 'problem' } as const;
const COLOURS = { ok: 'hint', warn: 'warning', problem: 'error' } as const;
const TOPIC_WIDTH = 'configuration'.length;

function show({ topic, status, message, hint, details = [] }: Topic, { out, paint }: Output): void {
  const mark = paint(COLOURS[status], MARKS[status]);
  out(`${mark}  ${topic.padEnd(TOPIC_WIDTH)}  ${escapeUnsafe(message)}`);
  const indent = ' '.repeat(MARKS.ok.length + TOPIC_WIDTH + 4);
  // A hint may show lines to copy.
  const below = [...(hint?.split('\n') ?? []), ...details.map((detail) => `- ${detail}`)];
  for (const line of below) out(`${indent}${escapeUnsafe(line)}`);
}
