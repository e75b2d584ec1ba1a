import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { format, resolveConfig } from 'prettier';
import { parse } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { checkCore, checkPlan } from '../src/main/plan/check.ts';
import { describeDiagnostic } from '../src/main/plan/code-frame.ts';
import { openApiText, withOperations } from './lib/control-api.ts';
import { basePlanPicture, schemaFiles, withFieldTables } from './lib/plan-schemas.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const STALE = 'stale: run `node scripts/generate-schema.mjs`';
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('generated files', () => {
  it.each([...schemaFiles()])('resources/schema/%s is up to date', (name, text) => {
    expect(read(`resources/schema/${name}`), STALE).toBe(text);
  });

  it('resources/schema/control-api.openapi.json is up to date', () => {
    expect(read('resources/schema/control-api.openapi.json'), STALE).toBe(openApiText());
  });

  it.each([
    ['docs/plans.md', withFieldTables],
    ['docs/control-api.md', withOperations],
  ])('%s is up to date', async (name, generate) => {
    const filepath = join(ROOT, name);
    const document = read(name);
    const config = await resolveConfig(filepath);
    const text = await format(generate(document), { ...config, filepath });
    expect(document, STALE).toBe(text);
  });
});

describe('the picture in docs/plans.md', () => {
  it('shows the base plan as it is', async () => {
    const picture = await basePlanPicture({
      core: readFileSync(join(ROOT, 'resources/core.toml')),
      plan: readFileSync(join(ROOT, 'resources/execution_plan.toml')),
    });
    expect(read('docs/images/base-plan.svg'), STALE).toBe(picture);
  });
});

/** What an editor would say about a TOML file. */
function validator(name: string): (text: string) => boolean {
  const schema = JSON.parse(read(`resources/schema/${name}`)) as object;
  // `strict` also refuses keywords that mean nothing, so the schema itself is checked too.
  const validate = new Ajv({ strict: true, strictTypes: false }).compile(schema);
  return (text) => validate(JSON.parse(JSON.stringify(parse(text))));
}

describe('the JSON Schemas', () => {
  const plan = read('resources/execution_plan.toml');
  const core = read('resources/core.toml');
  const isPlan = validator('execution-plan.schema.json');
  const isCore = validator('core.schema.json');

  it('accept what ships with the app', () => {
    expect(isPlan(plan)).toBe(true);
    expect(isCore(core)).toBe(true);
  });

  it('accept every form that a value may have', () => {
    const general = plan.slice(plan.indexOf('[general]'), plan.indexOf('[[plugins]]'));
    expect(isPlan(general)).toBe(true);
    for (const line of ['when_flag = "f"', 'when_flag = { flag = "f", is = "x" }', 'future = 1']) {
      expect(isPlan(plan.replace('run_async = true', `${line}\nrun_async = true`))).toBe(true);
    }
  });

  it.each([
    ['product_family = "firstlight-demo"', 'product_family = "a/b"'],
    ['update_from = "local"', 'update_from = "ftp"'],
    ['revision = 1', 'revision = -1'],
    ['run_async = true', 'run_async = "true"'],
    ['timeout_seconds = 60', 'timeout_seconds = 0'],
    ['plugin_route = "settings"', 'plugin_route = "Settings"'],
    ['version = "1.0.0"', ''],
    ['{ en = "Your preferences"', '{ "e n" = "Your preferences"'],
  ])('refuse a plan with %s made %s', (before, after) => {
    expect(plan).toContain(before);
    expect(isPlan(plan.replace(before, after))).toBe(false);
  });

  it('refuse a core sequence with an unknown screen', () => {
    expect(isCore(core.replace('"network"', '"wlan"'))).toBe(false);
    expect(isCore('plugins = []')).toBe(false);
  });

  it('explain every field', () => {
    for (const [, text] of schemaFiles()) {
      const unexplained = fieldsOf(JSON.parse(text)).filter(([, field]) => !field.description);
      expect(unexplained.map(([name]) => name)).toEqual([]);
    }
  });
});

interface Field {
  readonly description?: string;
}

/** All fields of a JSON Schema, however deep. */
function fieldsOf(node: unknown): readonly (readonly [string, Field])[] {
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([key, value]: [string, unknown]) => {
    const own =
      key === 'properties' ? (Object.entries(value as object) as (readonly [string, Field])[]) : [];
    return [...own, ...fieldsOf(value)];
  });
}

describe('the examples of docs/plans.md', () => {
  const document = read('docs/plans.md');
  const [, example = ''] = /```toml\n([^]*?)```/.exec(document) ?? [];

  async function check(text: string) {
    const bytesOf = (source: string): Uint8Array => new TextEncoder().encode(source);
    const { core } = await checkCore({ file: '', bytes: bytesOf(read('resources/core.toml')) });
    return checkPlan({ file: 'plan.toml', bytes: bytesOf(text), core: core! });
  }

  it('the first one is a plan without problems', async () => {
    expect((await check(example)).diagnostics).toEqual([]);
  });

  it('the findings are those that are shown', async () => {
    const { text, diagnostics } = await check(example.replace('TermsCompleted', 'TermsComplete'));
    expect(diagnostics).toHaveLength(2);
    for (const diagnostic of diagnostics) {
      expect(document).toContain(describeDiagnostic({ file: 'plan.toml', text, diagnostic }));
    }
  });
});
