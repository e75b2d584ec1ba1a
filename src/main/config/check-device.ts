import { safeParse, type GenericSchema } from 'valibot';
import type { DeviceRule, Diagnostic, Rule } from '#shared';
import { decodePlan, MAX_PLAN_BYTES } from '../plan/decode.ts';
import type { Finding } from '../plan/finding.ts';
import { parsePlan } from '../plan/parse.ts';
import { placed } from '../plan/placed.ts';
import { schemaFindings } from '../plan/schema-findings.ts';
import { checkShape } from '../plan/shape.ts';
import type { Table } from '../plan/tree.ts';
import { deviceSchema } from './device-schema.ts';
import { checkValues } from './value-rules.ts';

/** One file or the environment, checked by itself. */
export interface CheckedLayer {
  readonly diagnostics: readonly Diagnostic[];
  /** The text, for code frames and places. */
  readonly text?: string;
  /** What it says, as far as it can be read at all. */
  readonly tree?: Table;
}

/** Checks a configuration file: all problems in one run, whatever the bytes are. Never throws or rejects. */
export function checkDeviceBytes(bytes: Uint8Array): Promise<CheckedLayer> {
  return checkBytes(bytes, treeFindings);
}

/** As `checkDeviceBytes`, for any TOML file that says something of a device. */
export async function checkBytes(
  bytes: Uint8Array,
  findingsOf: (tree: Table) => readonly Finding[],
): Promise<CheckedLayer> {
  if (bytes.length > MAX_PLAN_BYTES) {
    const message = `the file has over 1 MiB (${MAX_PLAN_BYTES} bytes); that is no configuration`;
    const { severity, rule } = { severity: 'error', rule: 'device/too-large' } as const;
    return { diagnostics: [{ rule, severity, message, line: 1, column: 1, path: '' }] };
  }
  const decoded = decodePlan(bytes);
  if (decoded.text === undefined) return { diagnostics: [asDevice(decoded.diagnostic)] };
  const { text } = decoded;
  const parsed = parsePlan(text);
  if (parsed.tree === undefined) return { text, diagnostics: [asDevice(parsed.diagnostic)] };
  const { tree } = parsed;
  return { text, tree, diagnostics: await placed(text, findingsOf(tree)) };
}

/** Everything that is wrong with a tree of values, wherever they are from. */
export function treeFindings(tree: Table): readonly Finding[] {
  return findingsBy(deviceSchema, tree, checkValues(tree));
}

/** What a schema has to say about a tree, and what was found besides. */
export function findingsBy(
  schema: GenericSchema,
  tree: Table,
  more: readonly Finding[] = [],
): readonly Finding[] {
  const parsed = safeParse(schema, tree);
  const issues = parsed.success ? [] : schemaFindings(parsed.issues);
  // A list where a table belongs is one mistake: the schema would name it a second time.
  const isNew = firstOfEachPath();
  return [...checkShape(schema, tree), ...issues, ...more].filter(isNew).map(asDevice);
}

function firstOfEachPath(): (finding: Finding) => boolean {
  const seen = new Set<string>();
  return ({ path, about }) => {
    const id = JSON.stringify([path, about]);
    if (seen.has(id)) return false;
    seen.add(id);
    return true;
  };
}

const RULES_HERE: { readonly [rule in Rule]?: DeviceRule } = {
  'plan/unreadable': 'device/unreadable',
  'plan/not-utf8': 'device/not-utf8',
  'plan/syntax': 'device/syntax',
  'plan/wrong-type': 'device/wrong-type',
  'plan/unknown-value': 'device/unknown-value',
  'plan/unknown-field': 'device/unknown-field',
};

/** The checks that plans and the configuration share speak in rules for plans. */
export function asDevice<T extends { readonly rule: Rule }>(finding: T): T & { rule: DeviceRule } {
  const { rule } = finding;
  const isOurs = (name: Rule): name is DeviceRule => name.startsWith('device/');
  const own = isOurs(rule) ? rule : (RULES_HERE[rule] ?? 'device/bad-value');
  return { ...finding, rule: own };
}
