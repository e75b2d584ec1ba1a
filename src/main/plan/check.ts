import { safeParse, type BaseIssue } from 'valibot';
import { coreSchema, planSchema } from '../../shared/plan-schema.ts';
import type { CheckedCore, CheckedPlan, Diagnostic } from '#shared';
import { checkContacts } from './contact-rules.ts';
import { decodePlan } from './decode.ts';
import { checkEvents } from './event-rules.ts';
import type { Finding } from './finding.ts';
import { checkFlags } from './flag-rules.ts';
import { checkNames } from './name-rules.ts';
import { parsePlan } from './parse.ts';
import { placed } from './placed.ts';
import { checkPlaces } from './place-rules.ts';
import { asFlagFinding, schemaFindings } from './schema-findings.ts';
import { checkShape } from './shape.ts';
import type { Table } from './tree.ts';
import { viewOf, type PlanView } from './view.ts';

/** Everything there is to say about one file, and what it holds if there is no error in it. */
export interface PlanCheck {
  /** As it was given; only for whoever shows the diagnostics. */
  readonly file: string;
  /** No errors? Warnings do not count. */
  readonly ok: boolean;
  /** In the order of the text. */
  readonly diagnostics: readonly Diagnostic[];
  /** The text, for code frames; absent if the file is none. */
  readonly text?: string;
  readonly plan?: CheckedPlan;
}

/** As `PlanCheck`, for `core.toml`. */
export interface CoreCheck extends Omit<PlanCheck, 'plan'> {
  readonly core?: CheckedCore;
}

/**
 * Checks an execution plan (plan contract, section 2): all problems in one run, whatever the bytes are.
 * Never throws or rejects.
 */
export async function checkPlan({
  file,
  bytes,
  core,
}: {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** The core sequence that the plan runs with: its names are taken, its events are raised. */
  readonly core: CheckedCore;
}): Promise<PlanCheck> {
  const decoded = decodePlan(bytes);
  return decoded.text === undefined
    ? { file, ok: false, diagnostics: [decoded.diagnostic] }
    : checkPlanText({ file, text: decoded.text, core });
}

/** As `checkPlan`, for text that is there already. The size limit is one of files, and not applied. */
export async function checkPlanText({
  file,
  text,
  core,
}: {
  readonly file: string;
  readonly text: string;
  readonly core: CheckedCore;
}): Promise<PlanCheck> {
  const checked = await checkText({
    text,
    schema: planSchema,
    validate: (tree) => safeParse(planSchema, tree),
    rules: async (view) => [
      ...checkNames(view.plugins, core),
      ...checkPlaces(view),
      ...(await checkFlags(view)),
      ...checkEvents(view, core),
    ],
  });
  const { output, ...rest } = checked;
  return { file, ...rest, ...(output === undefined ? {} : { plan: output }) };
}

/** Checks the device maker's `core.toml`, by the same rules as far as they apply. */
export async function checkCore({
  file,
  bytes,
}: {
  readonly file: string;
  readonly bytes: Uint8Array;
}): Promise<CoreCheck> {
  const decoded = decodePlan(bytes);
  if (decoded.text === undefined) return { file, ok: false, diagnostics: [decoded.diagnostic] };
  const { output, ...rest } = await checkText({
    text: decoded.text,
    schema: coreSchema,
    validate: (tree) => safeParse(coreSchema, tree),
    rules: (view) => Promise.resolve(checkNames(view.plugins, undefined)),
  });
  return { file, ...rest, ...(output === undefined ? {} : { core: output }) };
}

interface TextCheck<T> {
  readonly text: string;
  readonly schema: object;
  readonly validate: (tree: Table) => Validation<T>;
  readonly rules: (view: PlanView) => Promise<readonly Finding[]>;
}

type Validation<T> =
  | { readonly success: true; readonly output: T }
  | { readonly success: false; readonly issues: readonly BaseIssue<unknown>[] };

interface TextResult<T> {
  readonly text: string;
  readonly ok: boolean;
  readonly diagnostics: readonly Diagnostic[];
  readonly output?: T;
}

async function checkText<T>({
  text,
  schema,
  validate,
  rules,
}: TextCheck<T>): Promise<TextResult<T>> {
  const { tree, diagnostic } = parsePlan(text);
  if (tree === undefined) return { text, ok: false, diagnostics: [diagnostic] };
  const validation = validate(tree);
  const view = viewOf(tree);
  const issues = validation.success ? [] : schemaFindings(validation.issues);
  const findings = [
    ...withoutEchoes(checkShape(schema, tree), issues).map(asFlagFinding),
    ...(await rules(view)),
    ...checkContacts(view.plugins),
  ];
  const diagnostics = await placed(text, findings);
  const ok = diagnostics.every(({ severity }) => severity !== 'error');
  return {
    text,
    ok,
    diagnostics,
    ...(ok && validation.success ? { output: validation.output } : {}),
  };
}

/** A list where a table belongs is one mistake, not one more for every field that is not in it. */
function withoutEchoes(shape: readonly Finding[], others: readonly Finding[]): readonly Finding[] {
  const wrong = new Set(
    shape.filter(({ rule }) => rule === 'plan/wrong-type').map(({ path }) => JSON.stringify(path)),
  );
  const isEcho = ({ path }: Finding): boolean =>
    path.some((_, at) => wrong.has(JSON.stringify(path.slice(0, at + 1))));
  return [...shape, ...(wrong.size === 0 ? others : others.filter((finding) => !isEcho(finding)))];
}
