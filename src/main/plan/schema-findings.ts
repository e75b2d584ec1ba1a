import type { BaseIssue } from 'valibot';
import type { SchemaProblem } from '../../shared/plan-schema.ts';
import { isContained, isSafeLine } from '../../shared/text-rules.ts';
import type { PlanRule } from '#shared';
import { RULES } from '../../shared/diagnostic.ts';
import { pathText, type Finding, type Path } from './finding.ts';
import { didYouMean, nearestAlways } from './nearest.ts';
import { fieldName } from './shape.ts';
import { isTable } from './tree.ts';
import { alternatives, describe, quote } from './words.ts';

/** Valibot's issues as findings: the first per value, in the words of a plan author. */
export function schemaFindings(issues: readonly BaseIssue<unknown>[]): readonly Finding[] {
  const findings = new Map<string, Finding>();
  for (const finding of issues.flatMap((issue) => toFindings(issue, []))) {
    // A check order is an order of precedence: what comes later about the same value is the same mistake.
    const id = JSON.stringify(finding.path);
    if (!findings.has(id)) findings.set(id, finding);
  }
  return [...findings.values()];
}

/** Whatever is wrong within one flag's definition is one rule (plan contract, section 2). */
export function asFlagFinding(finding: Finding): Finding {
  const inFlag = finding.path[0] === 'flags' && finding.path.length > 1;
  return inFlag && RULES[finding.rule].severity === 'error'
    ? { ...finding, rule: 'plan/bad-flag', message: `${flagPrefix(finding)}${finding.message}` }
    : finding;
}

function flagPrefix({ path: [, flag = ''] }: Finding): string {
  return `the definition of the flag ${quote(String(flag))} is not usable: `;
}

function toFindings(issue: BaseIssue<unknown>, base: Path): readonly Finding[] {
  const path = [...base, ...(issue.path ?? []).map(({ key }) => key as string | number)];
  if (issue.kind === 'validation') return [valueFinding(issue, path)];
  if (issue.type === 'union' && isTable(issue.input)) {
    // Only the branch for tables can have got as far as one of its fields.
    const inside = (issue.issues ?? []).filter((inner) => inner.path !== undefined);
    return inside.flatMap((inner) => toFindings(inner, path));
  }
  if (issue.input === undefined) return [missing(path)];
  return [typeFinding(issue, path)];
}

function missing(path: Path): Finding {
  const table = path.length === 1 ? 'the file' : pathText(path.slice(0, -1));
  return {
    rule: 'plan/missing-field',
    path,
    message: `${fieldName(path)} is missing in ${table}`,
    ...(path.length === 1 && path[0] === 'general' ? { hint: 'Add a [general] table.' } : {}),
  };
}

function typeFinding(issue: BaseIssue<unknown>, path: Path): Finding {
  const { input, type } = issue;
  const name = fieldName(path);
  if (type === 'picklist' && typeof input === 'string') {
    const options = optionsOf(issue);
    return {
      rule: 'plan/unknown-value',
      path,
      message: `${name} must be ${alternatives(options)}, but is ${quote(input)}`,
      ...didYouMean(nearestAlways(input, options)),
    };
  }
  // Integers beyond 2^53 and `nan` are numbers to TOML, but not to a schema.
  if (type === 'number' && (typeof input === 'bigint' || typeof input === 'number')) {
    const message = `${name} is ${describe(input)}, which is no number that can be used`;
    return { rule: 'plan/bad-value', path, message };
  }
  return {
    rule: 'plan/wrong-type',
    path,
    message: `${name} must be ${TYPE_WORDS[type] ?? 'a table'}, but is ${describe(input)}`,
    ...typeHint(type, input, path),
  };
}

// A picklist's issue carries its options only as text: `("a" | "b")`.
function optionsOf({ expected }: BaseIssue<unknown>): readonly string[] {
  return [...(expected ?? '').matchAll(/"([^"]*)"/g)].map(([, option = '']) => option);
}

const TYPE_WORDS: { readonly [type: string]: string } = {
  string: 'a text in quotes',
  picklist: 'a text in quotes',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  union: 'a text in quotes or a table',
};

function typeHint(type: string, input: unknown, path: Path): { readonly hint?: string } {
  const last = path.at(-1);
  const assign = typeof last === 'string' ? `${last} = ` : '';
  if (type === 'array' && isTable(input))
    return { hint: `Write [[${String(last)}]] instead of [${String(last)}].` };
  if (typeof input === 'string') {
    const bare = input.trim().toLowerCase();
    const fits =
      (type === 'boolean' && /^(true|false)$/.test(bare)) ||
      (type === 'number' && /^-?\d{1,15}(\.\d+)?$/.test(bare));
    if (fits) return { hint: `Leave the quotes away: ${assign}${bare}` };
  }
  const wantsText = type === 'string' || type === 'picklist' || type === 'union';
  if (wantsText && (typeof input === 'number' || typeof input === 'boolean')) {
    return { hint: `Put it in quotes: ${assign}"${String(input)}"` };
  }
  if (wantsText && input instanceof Date) return { hint: 'Put it in quotes.' };
  return {};
}

interface Words {
  readonly rule: PlanRule;
  readonly say: (shown: string, name: string, length: number) => string;
  readonly hint?: (input: unknown) => { readonly hint?: string };
}

/** The schema's problems, some of them told apart further, where it saves time by not looking closer. */
type Problem =
  Exclude<SchemaProblem, 'not-a-line' | 'not-a-paragraph'> | 'control-character' | 'not-contained';

function problemOf(problem: SchemaProblem, input: unknown): Problem {
  const text = typeof input === 'string' ? input : '';
  switch (problem) {
    case 'not-a-line':
      return text === '' ? 'empty' : 'control-character';
    case 'not-a-paragraph':
      return 'control-character';
    case 'not-a-segment':
    case 'not-a-route':
      // The order is one of danger (plan contract, section 2).
      if (text === '') return 'empty';
      if (!isSafeLine(text)) return 'control-character';
      return isContained(text) ? problem : 'not-contained';
    default:
      return problem;
  }
}

const PROBLEMS: { readonly [problem in Problem]: Words } = {
  'over-long': {
    rule: 'plan/unsafe-value',
    say: (_shown, name, length) => `${name} has ${length} characters`,
  },
  'control-character': {
    rule: 'plan/unsafe-value',
    say: (shown, name) => `${name} is ${shown}, which has a control character in it`,
    hint: () => ({ hint: 'Remove the character.' }),
  },
  empty: { rule: 'plan/bad-value', say: (_shown, name) => `${name} is empty` },
  'not-contained': {
    rule: 'plan/unsafe-value',
    say: (shown, name) => `${name} is ${shown}, which could lead out of its folder`,
    hint: () => ({ hint: 'Use one plain name: no "/", no "\\", not "." or "..".' }),
  },
  'not-a-segment': {
    rule: 'plan/bad-value',
    say: (shown, name) =>
      `${name} is ${shown}, but may have only letters, digits, ".", "_" and "-"`,
    hint: suggestion(/[^A-Za-z0-9._-]+/g),
  },
  'not-a-route': {
    rule: 'plan/bad-value',
    say: (shown, name) =>
      `${name} is ${shown}, but may have only lower-case letters, digits, "-" and "_"`,
    hint: (input) => suggestion(/[^a-z0-9_-]+/g)(String(input).toLowerCase()),
  },
  'not-a-language': {
    rule: 'plan/bad-value',
    say: (shown) => `${shown} is not a language tag`,
    hint: () => ({ hint: 'Use a tag such as "en", "de" or "pt-BR".' }),
  },
  'not-a-digest': {
    rule: 'plan/bad-value',
    say: (shown, name) => `${name} is ${shown}, but must be 64 hex digits`,
  },
  'not-an-integer': {
    rule: 'plan/wrong-type',
    say: (shown, name) => `${name} must be a whole number, but is ${shown}`,
  },
  'out-of-range': { rule: 'plan/bad-value', say: (shown, name) => `${name} is ${shown}` },
  'core-is-sequential': {
    rule: 'plan/bad-value',
    say: (_shown, name) => `${name} is true, but core plugins run one after the other`,
    hint: () => ({ hint: 'Leave it out.' }),
  },
  'skips-unskippable': {
    rule: 'plan/bad-value',
    say: (_shown, name) => `${name} is "skip", but the plugin is not skippable`,
    hint: () => ({ hint: 'Add skippable = true.' }),
  },
};

function valueFinding(issue: BaseIssue<unknown>, path: Path): Finding {
  const { input } = issue;
  const words = PROBLEMS[problemOf(issue.message as SchemaProblem, input)];
  const text = String(input);
  const shown = typeof input === 'string' ? quote(input) : text;
  return {
    rule: words.rule,
    path,
    message: `${words.say(shown, fieldName(path), text.length)}${boundText(issue)}`,
    ...words.hint?.(input),
    // The key of a record has been checked, so the mistake is in the key.
    ...(issue.path?.at(-1)?.origin === 'key' ? { about: 'key' as const } : {}),
  };
}

// Bounds come with the issue, so that message and check cannot disagree.
function boundText({ type, requirement }: BaseIssue<unknown>): string {
  const bound = String(requirement);
  switch (type) {
    case 'min_value':
      return `, but must be at least ${bound}`;
    case 'gt_value':
      return `, but must be more than ${bound}`;
    case 'max_value':
      return `, but must be at most ${bound}`;
    case 'max_length':
      return `, but may have at most ${bound}`;
    default:
      return '';
  }
}

/** Suggests the same name with each run of forbidden characters made one `-`. */
function suggestion(forbidden: RegExp): (input: unknown) => { readonly hint?: string } {
  return (input) => {
    const mended = String(input)
      .replace(forbidden, '-')
      .replace(/^-+|-+$/g, '');
    return mended === '' ? {} : { hint: `Perhaps "${mended}".` };
  };
}
