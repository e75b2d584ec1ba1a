import path from 'node:path';
import type { Failure } from '#shared';
import type { PublishFailure } from '../publish/prepare-plan.ts';
import { publishPlan, type PublishedPlan } from '../publish/publish-plan.ts';
import { resourcesFolder } from '../resources.ts';
import { EXIT, type Output } from './output.ts';
import { showCheck } from './plan-check.ts';
import { showFailure } from './show-failure.ts';

/** Options of `firstlight publish`, as commander hands them over. */
export interface PublishFlags {
  readonly to: string;
  readonly keys?: string;
  readonly unsigned?: boolean;
  readonly plugins?: string;
  readonly repin?: boolean;
  readonly expiresDays?: number;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/**
 * `firstlight publish PLAN --to FOLDER`: checks, packs, pins, signs and writes. Exit code 0 when
 * published, 1 when not, 2 on wrong usage.
 */
export async function publish(
  planFile: string,
  { output, ...flags }: PublishFlags & { readonly output: Output },
): Promise<number> {
  const { keys, unsigned = false, plugins, to, json = false, dryRun = false } = flags;
  if ((keys === undefined) === !unsigned) {
    output.err(
      unsigned
        ? 'Say --keys or --unsigned, not both.'
        : 'Say which keys to sign with: --keys KEYS (`firstlight trust init KEYS` makes some), or --unsigned.',
    );
    return EXIT.usage;
  }
  const published = await publishPlan({
    planFile,
    to,
    pluginsFolder: plugins ?? path.join(resourcesFolder(), '..', 'plugins'),
    dryRun,
    repin: flags.repin ?? false,
    ...(keys === undefined ? {} : { keys }),
    ...(flags.expiresDays === undefined ? {} : { expiresDays: flags.expiresDays }),
  });
  if (json) {
    output.out(JSON.stringify(forTools(published), undefined, 2));
    return published.ok ? EXIT.ok : EXIT.problems;
  }
  if (!published.ok) return showRefusal(published.failure, output);
  showWarnings(published.value, output);
  output.out(inWords(published.value, { to, dryRun, isSigned: !unsigned }));
  return EXIT.ok;
}

function showRefusal({ check, more = [], ...failure }: PublishFailure, output: Output): number {
  if (check !== undefined && check.diagnostics.length > 0) {
    showCheck(check, { ...output, out: output.err, paint: (_part, text) => text });
  }
  for (const one of [failure, ...more]) showFailure(one, output);
  return EXIT.problems;
}

function showWarnings({ check, warnings }: PublishedPlan, output: Output): void {
  if (check.diagnostics.length > 0) {
    showCheck(check, { ...output, out: output.err, paint: (_part, text) => text });
  }
  for (const warning of warnings) output.err(`warning: ${warning}`);
}

function inWords(
  published: PublishedPlan,
  how: { readonly to: string; readonly dryRun: boolean; readonly isSigned: boolean },
): string {
  const { folder, revision, digest, plugins, isRenewal, expires, written } = published;
  if (how.dryRun) {
    return [
      `Would publish revision ${revision} to ${folder}:`,
      `  plan ${digest}`,
      ...plugins.map(({ name, sha256 }) => `  plugin ${name} ${sha256}`),
    ].join('\n');
  }
  const what =
    isRenewal && how.isSigned
      ? `Signed revision ${revision} anew in ${folder}`
      : `Published revision ${revision} to ${folder}`;
  return [
    `${what}${expires === undefined ? ', unsigned' : `, good until ${expires.slice(0, 10)}`}:`,
    ...(written.length === 0 ? ['all of it was there'] : written).map((name) => `  ${name}`),
    '',
    ...nextSteps(how),
  ].join('\n');
}

/** What leads to other files must be copied after them, which one `sync` does not promise. */
function nextSteps({ to, isSigned }: { readonly to: string; readonly isSigned: boolean }) {
  const late = [...(isSigned ? ['*/timestamp.json', '*.root.json'] : []), '*/execution_plan.toml'];
  const excluded = late.map((pattern) => `--exclude '${pattern}'`).join(' ');
  return [
    'Next, where devices read it from S3:',
    `  aws s3 sync ${to} s3://BUCKET/PREFIX ${excluded}`,
    `  aws s3 sync ${to} s3://BUCKET/PREFIX`,
  ];
}

function forTools(published: Awaited<ReturnType<typeof publishPlan>>): object {
  if (published.ok) {
    const { check, ...rest } = published.value;
    return { ok: true, ...rest, diagnostics: check.diagnostics };
  }
  const { check, more = [], ...failure } = published.failure;
  const failures: readonly Failure[] = [failure, ...more];
  return { ok: false, failures, diagnostics: check?.diagnostics ?? [] };
}
