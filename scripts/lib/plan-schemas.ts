import { toJsonSchema } from '@valibot/to-json-schema';
import { deviceSchema } from '../../src/main/config/device-schema.ts';
import { checkCore, checkPlan } from '../../src/main/plan/check.ts';
import { toSvg } from '../../src/main/plan/graph-svg.ts';
import { graphOf } from '../../src/main/plan/graph.ts';
import { coreSchema, planSchema } from '../../src/shared/plan-schema.ts';

/** What `scripts/generate-schema.mjs` writes, made from the one schema of each format. */

/** JSON Schema files by name, as text. Editors check and explain plans and configurations with them. */
export function schemaFiles(): ReadonlyMap<string, string> {
  return new Map([
    ['execution-plan.schema.json', schemaText(planJsonSchema())],
    ['core.schema.json', schemaText(coreJsonSchema())],
    ['device.schema.json', schemaText(jsonSchema(deviceSchema))],
  ]);
}

/** The picture of the base plan that `docs/plans.md` shows. Throws if either file has errors. */
export async function basePlanPicture(files: {
  readonly core: Uint8Array;
  readonly plan: Uint8Array;
}): Promise<string> {
  const { core } = await checkCore({ file: 'core.toml', bytes: files.core });
  if (core === undefined) throw new Error('core.toml has errors');
  const { plan } = await checkPlan({ file: 'execution_plan.toml', bytes: files.plan, core });
  if (plan === undefined) throw new Error('execution_plan.toml has errors');
  return toSvg(graphOf(plan, core));
}

/** Replaces what stands between `<!-- NAME -->` and `<!-- /NAME -->` by the tables of fields. */
export function withFieldTables(document: string): string {
  const plan = planJsonSchema();
  const { general, plugins, handoffs, flags } = plan.properties ?? {};
  const core = coreJsonSchema().properties?.plugins?.items;
  const plugin = plugins?.items;
  const tables = new Map([
    ['general fields', fieldTable(general)],
    ['plugin fields', fieldTable(plugin)],
    ['handoff fields', fieldTable(handoffs)],
    ['flag fields', fieldTable(flags?.additionalProperties)],
    ['core fields', fieldTable(onlyIn(core, plugin))],
  ]);
  let text = document;
  for (const [name, table] of tables) {
    const marked = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`);
    if (!marked.test(text)) throw new Error(`the document has no place for "${name}"`);
    text = text.replace(marked, (_all, start: string, end: string) => {
      return `${start}\n\n${table}\n\n${end}`;
    });
  }
  return text;
}

/** The part of JSON Schema that these formats come to. */
interface Fields {
  readonly type?: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly properties?: Readonly<Record<string, Fields>>;
  readonly required?: readonly string[];
  readonly items?: Fields;
  readonly additionalProperties?: Fields;
  readonly anyOf?: readonly Fields[];
}

const planJsonSchema = (): Fields => jsonSchema(planSchema);
const coreJsonSchema = (): Fields => jsonSchema(coreSchema);

function jsonSchema(schema: Parameters<typeof toJsonSchema>[0]): Fields {
  // Checks that are functions have no form in JSON Schema; the checker makes up for them.
  const ignoreActions = ['check', 'partial_check', 'transform', 'to_lower_case'];
  return toJsonSchema(schema, { typeMode: 'input', ignoreActions }) as Fields;
}

function schemaText(schema: Fields): string {
  const draft = 'http://json-schema.org/draft-07/schema#';
  return `${JSON.stringify({ $schema: draft, ...schema }, undefined, 2)}\n`;
}

/** What `a` has beyond `b`. */
function onlyIn(a: Fields | undefined, b: Fields | undefined): Fields {
  const known = Object.keys(b?.properties ?? {});
  const own = Object.entries(a?.properties ?? {}).filter(([name]) => !known.includes(name));
  return { ...a, properties: Object.fromEntries(own) };
}

function fieldTable(table: Fields | undefined): string {
  const required = new Set(table?.required ?? []);
  const fields = Object.entries(table?.properties ?? {});
  if (fields.length === 0) throw new Error('a table of fields has none');
  // Required ones first, otherwise in the order of the schema.
  fields.sort(([a], [b]) => Number(required.has(b)) - Number(required.has(a)));
  const rows = fields.map(([name, field]) => {
    const standard = field.default === undefined ? '' : `\`${JSON.stringify(field.default)}\``;
    const need = required.has(name) ? 'required' : standard;
    return `| \`${name}\` | ${typeText(field)} | ${need} | ${field.description ?? ''} |`;
  });
  return ['| field | type | default | meaning |', '| --- | --- | --- | --- |', ...rows].join('\n');
}

function typeText(field: Fields): string {
  if (field.enum !== undefined) return field.enum.map((value) => `\`"${value}"\``).join(', ');
  if (field.anyOf !== undefined) return field.anyOf.map(typeText).join(' or ');
  switch (field.type) {
    case 'string':
      return 'text';
    case 'boolean':
      return '`true` or `false`';
    case 'array':
      return `list of ${field.items?.type === 'string' ? 'texts' : 'tables'}`;
    case 'object':
      return 'table';
    case 'integer':
      return `whole number${rangeText(field)}`;
    case 'number':
      return `number${rangeText(field)}`;
    default:
      return 'any';
  }
}

function rangeText({ minimum, maximum, exclusiveMinimum }: Fields): string {
  const below =
    maximum === undefined || maximum === Number.MAX_SAFE_INTEGER ? '' : ` to ${maximum}`;
  if (exclusiveMinimum !== undefined) return ` above ${exclusiveMinimum}${below && `, up${below}`}`;
  return minimum === undefined ? '' : ` from ${minimum}${below}`;
}
