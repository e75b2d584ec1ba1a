import { lstatSync } from 'node:fs';
import path from 'node:path';
import { safeParse } from 'valibot';
import type { Diagnostic } from '#shared';
import { placed } from '../plan/placed.ts';
import { isSystemError } from '../state/files-port.ts';
import { readPlanFile } from '../state/plan-file.ts';
import { parseUnc } from '../update/sources/unc.ts';
import { asDevice, checkDeviceBytes, type CheckedLayer } from './check-device.ts';
import type { DeviceConfig } from './device-config.ts';
import { deviceSchema } from './device-schema.ts';
import { checkEnvironment, ENVIRONMENT, variableOf, type Environment } from './environment.ts';
import { leavesOf, treeOf, type Leaf } from './fields.ts';
import { checkNamedFile } from './named-files.ts';
import { settled } from './value-rules.ts';

/** Where whoever administers a device says what is to be different on it. The one file that may be missing. */
export const SYSTEM_FILE = '/etc/firstlight/device.toml';

/** What came of one file, or of the environment if it says anything. */
export interface DeviceFileCheck {
  /** As it was given, or `environment`. */
  readonly file: string;
  /** No errors? Warnings do not count. */
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  /** The text, for code frames; absent if the file is none. */
  readonly text?: string;
}

/** The device configuration, and everything there is to say about it. */
export interface LoadedDeviceConfig {
  /** Absent if there is any error. */
  readonly config?: DeviceConfig;
  /** In the order of the layers; a file that may be missing and is, is not among them. */
  readonly files: readonly DeviceFileCheck[];
  /** Field, such as `s3.region`, to the file or variable whose value is in force. Others have their default. */
  readonly sources: ReadonlyMap<string, string>;
  /** The first error in one line; absent without one. */
  readonly problem?: string;
}

/**
 * Reads the files, lowest first, and over them the environment: a field that a higher one has replaces
 * the lower one's, and shares are merged one by one. Relative paths are taken from the folder of the file
 * that names them, in the environment from the working folder. Never rejects.
 */
export async function loadDeviceConfig({
  files,
  env,
}: {
  readonly files: readonly string[];
  readonly env: Environment;
}): Promise<LoadedDeviceConfig> {
  const layers: Layer[] = [];
  for (const file of files.filter((name) => !isAllowedToMiss(name)))
    layers.push(await fileLayer(file));
  layers.push(environmentLayer(env));

  const inForce = new Map<string, OwnedLeaf>();
  for (const layer of layers)
    for (const leaf of layer.leaves) inForce.set(identity(leaf), { ...leaf, layer });
  for (const { layer, ...leaf } of inForce.values()) {
    const found = await layer.diagnose(leaf);
    const told = new Set(layer.diagnostics.map(({ path: at }) => at));
    layer.diagnostics.push(...found.filter(({ path: at }) => !told.has(at)));
  }

  const checks = layers.filter(isWorthSaying).map(toCheck);
  const sources = new Map(
    [...inForce.values()].map(({ path: at, layer }) => [at.join('.'), layer.sourceOf(at)]),
  );
  const problem = firstProblem(checks);
  if (problem !== undefined) return { files: checks, sources, problem };
  const parsed = safeParse(deviceSchema, treeOf(inForce.values()));
  // Each layer has passed the schema, and no rule of it speaks about two fields.
  if (!parsed.success) throw new Error('the merged device configuration fails its schema');
  return { config: parsed.output, files: checks, sources };
}

interface Layer {
  readonly file: string;
  readonly text?: string;
  readonly diagnostics: Diagnostic[];
  readonly leaves: readonly Leaf[];
  /** What is wrong with the file that a value names. */
  readonly diagnose: (leaf: Leaf) => Promise<readonly Diagnostic[]>;
  /** How the origin of a value is told. */
  readonly sourceOf: (path: readonly string[]) => string;
}

interface OwnedLeaf extends Leaf {
  readonly layer: Layer;
}

async function fileLayer(file: string): Promise<Layer> {
  const read = await readPlanFile(file);
  const checked: CheckedLayer = read.ok
    ? await checkDeviceBytes(read.bytes)
    : { diagnostics: [asDevice(read.diagnostic)] };
  const { text, diagnostics, tree } = checked;
  return {
    file,
    ...(text === undefined ? {} : { text }),
    diagnostics: [...diagnostics],
    leaves: tree === undefined ? [] : leavesOf(settled(tree, path.dirname(path.resolve(file)))),
    diagnose: async (leaf) => placed(text ?? '', await checkNamedFile(leaf)),
    sourceOf: () => file,
  };
}

function environmentLayer(env: Environment): Layer {
  const { text, diagnostics, tree, diagnose } = checkEnvironment(env);
  return {
    file: ENVIRONMENT,
    text,
    diagnostics: [...diagnostics],
    leaves: leavesOf(settled(tree, process.cwd())),
    diagnose: async (leaf) => diagnose(await checkNamedFile(leaf)),
    sourceOf: ([table = '', name = '']) => variableOf(table, name),
  };
}

/** Shares are one whatever their case and slashes are, as they are to who looks them up. */
function identity({ path: at }: Leaf): string {
  const [table, name, share] = at;
  const parsed = share === undefined ? undefined : parseUnc(share);
  if (parsed?.ok !== true) return JSON.stringify(at);
  const { value } = parsed;
  const names = [value.server, value.share, ...value.segments].map((part) => part.toLowerCase());
  return JSON.stringify([table, name, ...names]);
}

function isAllowedToMiss(file: string): boolean {
  if (path.resolve(file) !== path.resolve(SYSTEM_FILE)) return false;
  try {
    lstatSync(file);
    return false;
  } catch (thrown) {
    // One that is there and may not be read is an error: it could hold the root of trust.
    return isSystemError(thrown, 'ENOENT') || isSystemError(thrown, 'ENOTDIR');
  }
}

function isWorthSaying({ file, text, diagnostics }: Layer): boolean {
  return file !== ENVIRONMENT || text !== '' || diagnostics.length > 0;
}

function toCheck({ file, text, diagnostics }: Layer): DeviceFileCheck {
  const ok = diagnostics.every(({ severity }) => severity !== 'error');
  const inOrder = [...diagnostics].sort((a, b) => a.line - b.line || a.column - b.column);
  return { file, ok, diagnostics: inOrder, ...(text === undefined ? {} : { text }) };
}

function firstProblem(checks: readonly DeviceFileCheck[]): string | undefined {
  const errors = checks.flatMap(({ file, diagnostics }) =>
    diagnostics.filter(({ severity }) => severity === 'error').map((error) => ({ file, error })),
  );
  const [first] = errors;
  if (first === undefined) return undefined;
  const { file, error } = first;
  const where = file === ENVIRONMENT ? file : `${file}:${error.line}:${error.column}`;
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  return `${where}: ${error.message}${more}.${error.hint === undefined ? '' : ` ${error.hint}`}`;
}
