import type { Diagnostic, Rule } from '#shared';
import { RULES } from '../../shared/diagnostic.ts';
import type { Finding } from '../plan/finding.ts';
import { didYouMean, nearestAlways } from '../plan/nearest.ts';
import type { Table } from '../plan/tree.ts';
import { escapeUnsafe, quote } from '../plan/words.ts';
import { treeFindings, type CheckedLayer } from './check-device.ts';
import { FIELDS, treeOf, type Field, type Leaf } from './fields.ts';

/** What the environment is called where a file has its name. */
export const ENVIRONMENT = 'environment';

export type Environment = { readonly [variable: string]: string | undefined };

/** The variable of a field: `FIRSTLIGHT_S3_ENDPOINT`. */
export function variableOf(table: string, name: string): string {
  return `FIRSTLIGHT_${table}_${name}`.toUpperCase();
}

/** The environment as the highest layer, with the means to say where in it something is wrong. */
export interface EnvironmentLayer extends Required<CheckedLayer> {
  readonly diagnose: (findings: readonly Finding[]) => readonly Diagnostic[];
}

/**
 * Reads the variables that stand for fields. Other `FIRSTLIGHT_` names are other parts' business, unless
 * they begin as those of a table do: then somebody made a slip. An empty variable counts as none.
 */
export function checkEnvironment(env: Environment): EnvironmentLayer {
  const known = new Map(FIELDS.map((field) => [variableOf(field.table, field.name), field]));
  const prefixes = [...new Set(FIELDS.map(({ table }) => variableOf(table, '')))];
  const given = Object.keys(env)
    .filter((variable) => prefixes.some((prefix) => variable.startsWith(prefix)))
    .filter((variable) => env[variable] !== '' && env[variable] !== undefined)
    .sort();
  // Shown as one would write it in a file of variables, so that findings have lines.
  const text = given
    .map((name) => `${escapeUnsafe(name)}=${escapeUnsafe(env[name] ?? '')}`)
    .join('\n');

  const diagnose = (findings: readonly Finding[]): readonly Diagnostic[] =>
    findings.map((finding) => {
      const [table, name] = finding.path.map(String);
      const variable = name === undefined ? (table ?? '') : variableOf(table ?? '', name);
      const { rule, message, hint } = finding;
      return placedAt(variable, {
        rule,
        // The words of the schema are about the field, which nobody wrote here.
        message: message.replace(quote(name ?? ''), variable),
        hint,
      });
    });

  function placedAt(
    variable: string,
    said: { readonly rule: Rule; readonly message: string; readonly hint: string | undefined },
  ): Diagnostic {
    const line = Math.max(1, given.indexOf(variable) + 1);
    const { rule, message, hint } = said;
    const words = { rule, severity: RULES[rule].severity, message };
    const isKey = rule === 'device/unknown-field';
    const column = isKey ? 1 : escapeUnsafe(variable).length + 2;
    const where = { line, column, path: variable };
    return { ...words, ...where, ...(hint === undefined ? {} : { hint }) };
  }

  const leaves: Leaf[] = [];
  const findings: Finding[] = [];
  for (const variable of given) {
    const field = known.get(variable);
    if (field === undefined) {
      const message = `no rule knows the variable ${quote(variable)}, so it is ignored`;
      const hint = didYouMean(nearestAlways(variable, [...known.keys()]));
      findings.push({ rule: 'device/unknown-field', path: [variable], message, ...hint });
    } else {
      const read = readValue(field, env[variable] ?? '');
      leaves.push(...read.leaves);
      findings.push(...read.findings);
    }
  }
  const tree: Table = treeOf(leaves);
  const diagnostics = [...diagnose(findings), ...diagnose(treeFindings(tree))].sort(
    (a, b) => a.line - b.line,
  );
  return { text, tree, diagnostics, diagnose };
}

interface ReadValue {
  readonly leaves: readonly Leaf[];
  readonly findings: readonly Finding[];
}

/** A text as the field's type, where it is one; else as it is, and the schema says what is wrong. */
function readValue({ table, name, type }: Field, text: string): ReadValue {
  const path = [table, name];
  const bare = text.trim();
  switch (type) {
    case 'number':
      return sound(path, /^-?\d+(\.\d+)?$/.test(bare) ? Number(bare) : text);
    case 'boolean':
      return sound(path, /^(true|false)$/i.test(bare) ? bare.toLowerCase() === 'true' : text);
    case 'record':
      return readPairs(path, text);
    default:
      return sound(path, text);
  }
}

function sound(path: readonly string[], value: unknown): ReadValue {
  return { leaves: [{ path, value }], findings: [] };
}

/** `\\server\share=/mnt/a;\\server\other=/mnt/b`. */
function readPairs(path: readonly string[], text: string): ReadValue {
  const leaves: Leaf[] = [];
  const findings: Finding[] = [];
  for (const pair of text.split(';').filter((part) => part.trim() !== '')) {
    const [, key = '', value = ''] = /^([^=]*)=(.*)$/s.exec(pair.trim()) ?? [];
    if (key !== '' && value !== '') {
      leaves.push({ path: [...path, key.trim()], value: value.trim() });
      continue;
    }
    const message = `${quote(path.at(-1) ?? '')} has ${quote(pair.trim())}, which is no pair of share and folder`;
    const hint = String.raw`Write \\server\share=/mnt/share, and ";" before the next.`;
    findings.push({ rule: 'device/bad-value', path, message, hint });
  }
  return { leaves, findings };
}
