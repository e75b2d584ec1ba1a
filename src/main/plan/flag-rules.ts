import type { Finding, Path } from './finding.ts';
import { didYouMean, nearestAlways, nearestOf } from './nearest.ts';
import { isTable, tablesOf, textOf, type Table } from './tree.ts';
import type { PlanView, PluginView } from './view.ts';
import { alternatives, describe, quote } from './words.ts';

/** Deepest nesting of a targeting rule or variant: beyond it, no person wrote it. */
const MAX_DEPTH = 64;

/** Are flag definitions usable, and does each `when_flag` name one of them? */
export async function checkFlags(plan: PlanView): Promise<readonly Finding[]> {
  const findings = plan.plugins.flatMap((plugin) => checkCondition(plugin, plan.flags));
  for (const [name, definition] of Object.entries(plan.flags)) {
    if (isTable(definition)) findings.push(...(await checkDefinition(name, definition)));
  }
  return findings;
}

function checkCondition({ table, path }: PluginView, flags: Table): readonly Finding[] {
  const condition = table.when_flag;
  const [flag, is, at] = isTable(condition)
    ? [textOf(condition, 'flag'), textOf(condition, 'is'), [...path, 'when_flag', 'flag']]
    : [textOf(table, 'when_flag'), undefined, [...path, 'when_flag']];
  // Absent, of the wrong type or empty: not for this rule.
  if (!flag) return [];
  if (!Object.hasOwn(flags, flag)) {
    const message = `the flag ${quote(flag)} is not defined in [flags]`;
    const hint = didYouMean(nearestOf(Object.keys(flags)).find(flag));
    return [{ rule: 'plan/unknown-flag', path: at, message, ...hint }];
  }
  const definition = flags[flag];
  const variants = isTable(definition) && isTable(definition.variants) ? definition.variants : {};
  const names = Object.keys(variants);
  if (is === undefined || names.length === 0 || Object.hasOwn(variants, is)) return [];
  return [
    {
      rule: 'plan/unknown-value',
      path: [...path, 'when_flag', 'is'],
      message: `the flag ${quote(flag)} has no variant ${quote(is)}, only ${alternatives(names)}`,
      ...didYouMean(nearestAlways(is, names)),
    },
  ];
}

async function checkDefinition(name: string, definition: Table): Promise<readonly Finding[]> {
  const path = ['flags', name];
  const { variants, targeting } = definition;
  // Without variants nothing else can be judged; the schema has said so by then.
  if (!isTable(variants)) return [];
  const found = checkVariants(name, variants);
  const standard = textOf(definition, 'defaultVariant');
  if (standard && !Object.hasOwn(variants, standard)) {
    found.push(
      unknownVariant({ name, variant: standard, variants, path: [...path, 'defaultVariant'] }),
    );
  }
  if (targeting !== undefined) found.push(...(await checkTargeting(name, { targeting, variants })));
  return found;
}

function checkVariants(name: string, variants: Table): Finding[] {
  const path = ['flags', name, 'variants'];
  const entries = Object.entries(variants);
  const [first] = entries;
  if (first === undefined) return [badFlag({ name, path, why: 'it has no variants' })];
  const kind = kindOf(first[1]);
  const findings: Finding[] = [];
  for (const [variant, value] of entries) {
    const at = [...path, variant];
    if (!isJson(value, MAX_DEPTH)) {
      findings.push(
        badFlag({ name, path: at, why: `the variant ${quote(variant)} is no JSON value` }),
      );
    } else if (kindOf(value) !== kind) {
      const why = `its variants are not of one type: ${quote(first[0])} is ${describe(first[1])}, ${quote(variant)} is ${describe(value)}`;
      findings.push(badFlag({ name, path: at, why }));
      break;
    }
  }
  return findings;
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'list' : typeof value;
}

async function checkTargeting(
  name: string,
  { targeting, variants }: { readonly targeting: unknown; readonly variants: Table },
): Promise<readonly Finding[]> {
  const path = ['flags', name, 'targeting'];
  if (!isTable(targeting)) {
    return [
      badFlag({ name, path, why: `its targeting must be a table, but is ${describe(targeting)}` }),
    ];
  }
  if (!isJson(targeting, MAX_DEPTH)) {
    return [badFlag({ name, path, why: 'its targeting is no JSON, or nests too deeply' })];
  }
  // Booleans name the variants "true" and "false" to flagd.
  const unknown = outcomesOf(targeting).find((outcome) => !Object.hasOwn(variants, outcome));
  if (unknown !== undefined) return [unknownVariant({ name, variant: unknown, variants, path })];
  // Its schema takes 30 ms to load, which only plans with targeting pay.
  const { targetingProblem } = await import('./flagd-check.ts');
  const problem = targetingProblem(targeting);
  if (problem === undefined) return [];
  const why = `its targeting is not a rule that flagd can evaluate${problem.operator === undefined ? '' : `: there is no operator ${quote(problem.operator)}`}`;
  return [{ ...badFlag({ name, path, why }), ...didYouMean(problem.nearest) }];
}

/** Names of variants that a rule can end in, as far as they are written out in it. */
function outcomesOf(rule: unknown): readonly string[] {
  if (typeof rule === 'string') return [rule];
  if (!isTable(rule)) return [];
  const buckets = tablesOf(rule.fractional).flatMap((bucket) => tablesOf(bucket).slice(0, 1));
  // if, then, else-if, then, ..., else.
  const branches = tablesOf(rule.if).filter((_, at, all) => at % 2 === 1 || at === all.length - 1);
  return [...buckets, ...branches].flatMap(outcomesOf);
}

function unknownVariant({
  name,
  variant,
  variants,
  path,
}: {
  readonly name: string;
  readonly variant: string;
  readonly variants: Table;
  readonly path: Path;
}): Finding {
  const names = Object.keys(variants);
  const why = `it names the variant ${quote(variant)}, which it does not have`;
  return { ...badFlag({ name, path, why }), ...didYouMean(nearestAlways(variant, names)) };
}

function badFlag({
  name,
  path,
  why,
}: {
  readonly name: string;
  readonly path: Path;
  readonly why: string;
}): Finding {
  return {
    rule: 'plan/bad-flag',
    path,
    message: `the definition of the flag ${quote(name)} is not usable: ${why}`,
  };
}

/** Would this survive JSON, and is it no deeper than `depth`? Dates, huge integers and `nan` would not. */
function isJson(value: unknown, depth: number): boolean {
  if (depth < 0) return false;
  if (Array.isArray(value)) return value.every((item) => isJson(item, depth - 1));
  if (isTable(value)) return Object.values(value).every((item) => isJson(item, depth - 1));
  return typeof value === 'number'
    ? Number.isFinite(value)
    : typeof value === 'string' || typeof value === 'boolean';
}
