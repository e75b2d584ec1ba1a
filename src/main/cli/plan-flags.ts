import type { CheckedPlan, FlagCondition } from '#shared';
import type { FlagAnswers } from '../flow/state.ts';
import { takesPartWith } from '../flow/events.ts';
import { escapeUnsafe } from '../plan/words.ts';
import { prepareFlags } from '../update/rollouts/evaluate-flags.ts';
import type { TargetingContext } from '../update/rollouts/targeting-context.ts';
import { readProfile } from './device-profile.ts';
import { EXIT, type Output } from './output.ts';
import { showCheck } from './plan-check.ts';
import { splitOver, type Split } from './population.ts';
import { requirePlan } from './require-plan.ts';
import { tableLines } from './table.ts';

export interface PlanFlagsOptions {
  /** File with the profile of a device. */
  readonly device?: string;
  /** Random devices to divide. */
  readonly population?: number;
  readonly seed: number;
  readonly json: boolean;
  readonly output: Output;
}

/**
 * `firstlight plan flags FILE`: what each flag gives on one device, which plugins that lets in, and how a
 * population divides. The exit code is 1 for a plan or profile with errors.
 */
export async function planFlags(file: string, options: PlanFlagsOptions): Promise<number> {
  const { device, population, seed, json, output } = options;
  const required = await requirePlan(file, output);
  if (required === undefined) return EXIT.problems;
  const { plan } = required;
  const { context, check } = await readProfile(device, { plan, seed });
  if (check !== undefined && check.diagnostics.length > 0) {
    showCheck(check, { ...output, out: output.err, paint: (_part, text) => text });
  }
  if (context === undefined) return EXIT.problems;
  const evaluate = await prepareFlags(plan.flags);
  const answers = evaluate(context);
  const split =
    population === undefined
      ? undefined
      : splitOver({ plan, evaluate, context, devices: population, seed });
  const found: Found = { file, plan, context, answers, split, seed };
  if (json) output.out(JSON.stringify(forTools(found), undefined, 2));
  else for (const line of forPeople(found)) output.out(line);
  return EXIT.ok;
}

interface Found {
  readonly file: string;
  readonly plan: CheckedPlan;
  readonly context: TargetingContext;
  readonly answers: FlagAnswers;
  readonly split: Split | undefined;
  readonly seed: number;
}

function forTools({ file, plan, context, answers, split, seed }: Found): object {
  const { targetingKey, ...rest } = context;
  return {
    file,
    device: { device_id: targetingKey, ...rest },
    flags: Object.entries(answers).map(([flag, answer]) => ({ flag, ...answer })),
    plugins: flaggedOf(plan).map(({ name, condition, plugin }) => ({
      plugin: name,
      ...condition,
      takes_part: takesPartWith(plugin, answers),
    })),
    ...(split === undefined ? {} : { population: { seed, ...withPercent(split) } }),
  };
}

function withPercent({ devices, flags, plugins }: Split): object {
  const percent = (hits: number): number => Number(share(hits, devices));
  return {
    devices,
    flags: flags.map(({ flag, variants, errors }) => ({
      flag,
      errors,
      variants: variants.map((one) => ({ ...one, percent: percent(one.devices) })),
    })),
    plugins: plugins.map((one) => ({ ...one, percent: percent(one.devices) })),
  };
}

function forPeople(found: Found): readonly string[] {
  const { plan, context, answers, split, seed } = found;
  if (Object.keys(plan.flags).length === 0) return ['The plan has no flags.'];
  return [
    ...deviceLines(context),
    '',
    ...tableLines(
      [
        { title: 'flag', widest: 28 },
        { title: 'variant', widest: 16 },
        { title: 'value', widest: 16 },
        { title: 'reason', widest: 16 },
      ],
      Object.entries(answers).map(([flag, { variant, value, reason }]) => [
        escapeUnsafe(flag),
        escapeUnsafe(variant),
        valueText(value),
        reason,
      ]),
    ),
    ...pluginLines(plan, answers),
    ...(split === undefined ? [] : splitLines(split, { seed, plan })),
  ];
}

function deviceLines(context: TargetingContext): readonly string[] {
  const { targetingKey, product_family, region, locale, channel, app_version } = context;
  const shown = [
    ['device_id', targetingKey],
    ['product_family', product_family],
    ['region', region],
    ['locale', locale],
    ['channel', channel],
    ['app_version', app_version],
  ].map(([name = '', value = '']) => [name, escapeUnsafe(value)]);
  return tableLines(
    [
      { title: 'device', widest: 20 },
      { title: '', widest: 58 },
    ],
    shown,
  );
}

function pluginLines(plan: CheckedPlan, answers: FlagAnswers): readonly string[] {
  const flagged = flaggedOf(plan);
  if (flagged.length === 0) return ['', 'No plugin asks for a flag.'];
  const rows = flagged.map(({ name, condition, plugin }) => [
    name,
    takesPartWith(plugin, answers) ? 'yes' : 'no',
    conditionText(condition),
  ]);
  const columns = [
    { title: 'plugin', widest: 28 },
    { title: 'takes part', widest: 10 },
    { title: 'if', widest: 40 },
  ];
  return ['', ...tableLines(columns, rows)];
}

function splitLines(
  { devices, flags, plugins }: Split,
  { seed, plan }: { readonly seed: number; readonly plan: CheckedPlan },
): readonly string[] {
  const numbers = (hits: number): readonly string[] => [grouped(hits), `${share(hits, devices)} %`];
  const rows = flags.flatMap(({ flag, variants }) =>
    variants.map(({ variant, devices: hits }, at) => [
      at === 0 ? escapeUnsafe(flag) : '',
      escapeUnsafe(variant),
      ...numbers(hits),
    ]),
  );
  const counts = [
    { title: 'devices', widest: 12, align: 'right' },
    { title: 'share', widest: 9, align: 'right' },
  ] as const;
  const errors = flags.filter((flag) => flag.errors > 0);
  return [
    '',
    `${grouped(devices)} devices with random ids (seed ${seed}), otherwise like the one above:`,
    '',
    ...tableLines(
      [{ title: 'flag', widest: 28 }, { title: 'variant', widest: 24 }, ...counts],
      rows,
    ),
    ...errors.map(
      ({ flag, errors: hits }) =>
        `${escapeUnsafe(flag)} could not be evaluated on ${grouped(hits)} devices (ERROR).`,
    ),
    ...(flaggedOf(plan).length === 0 ? [] : ['']),
    ...(plugins.length === 0
      ? []
      : tableLines(
          [{ title: 'plugin', widest: 54 }, ...counts],
          plugins.map(({ plugin, devices: hits }) => [plugin, ...numbers(hits)]),
        )),
  ];
}

function flaggedOf(plan: CheckedPlan) {
  return plan.plugins.flatMap((plugin) => {
    const { name, when_flag: condition } = plugin;
    return condition === undefined ? [] : [{ name, condition, plugin }];
  });
}

function conditionText({ flag, is }: FlagCondition): string {
  return escapeUnsafe(is === undefined ? `${flag} is true` : `${flag} has the variant ${is}`);
}

function valueText(value: unknown): string {
  return escapeUnsafe(value === undefined ? '' : JSON.stringify(value));
}

function share(hits: number, devices: number): string {
  return ((100 * hits) / devices).toFixed(2);
}

/** Always with commas: output must not depend on the machine's locale. */
function grouped(number: number): string {
  return number.toLocaleString('en-US');
}
