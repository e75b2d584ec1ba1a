import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { RULES, type CheckedCore } from '#shared';
import { checkCore, checkPlan, type PlanCheck } from './check.ts';
import { bytesOf, GENERAL, pluginText, testCore } from './plan.test-support.ts';

/** Checks, and holds every finding to what is promised of all of them. */
async function checked(core: CheckedCore, bytes: Uint8Array): Promise<PlanCheck> {
  const result = await checkPlan({ file: 'plan.toml', bytes, core });
  const lines = (result.text ?? new TextDecoder().decode(bytes)).split('\n');
  for (const { rule, severity, message, line, column } of result.diagnostics) {
    expect(severity).toBe(RULES[rule].severity);
    expect(message).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    expect(line).toBeGreaterThanOrEqual(1);
    expect(line).toBeLessThanOrEqual(lines.length);
    expect(column).toBeGreaterThanOrEqual(1);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
  }
  const errors = result.diagnostics.filter(({ severity }) => severity === 'error');
  expect(result.ok).toBe(errors.length === 0);
  expect(result.plan === undefined).toBe(!result.ok);
  return result;
}

const VALID = `${GENERAL}revision = 3
${pluginText('settings', { run_after_event_name: 'OneDone', completed_event_name: 'SettingsDone' })}
plugin_description = { en = "Settings", de = "Einstellungen" }
when_flag = { flag = "new", is = "on" }
${pluginText('howto', { run_after_event_name: 'SettingsDone', retries: 3, sha256: 'ab'.repeat(32) })}
timeout_seconds = 1.5
[handoffs]
handoff_events = ["SettingsDone"]
[flags.new]
state = "ENABLED"
variants = { on = true, off = false }
defaultVariant = "off"
targeting = { fractional = [["on", 10], ["off", 90]] }
`;

/** Any value that TOML has, often of the wrong type for where it ends up. */
const value = fc.letrec<{ any: unknown }>((tie) => ({
  any: fc.oneof(
    { maxDepth: 3 },
    fc.string({ unit: 'binary' }),
    fc.integer(),
    fc.double({ noNaN: true }),
    fc.boolean(),
    fc.date({ noInvalidDate: true }),
    fc.constantFrom('..', 'a/b', '\u0000', 'local', 'OneDone', 'x'.repeat(300)),
    fc.array(tie('any'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('en', 'flag', 'is', '__proto__', ''), tie('any')),
  ),
})).any;

const fieldName = fc.oneof(
  fc.constantFrom(
    ...['name', 'plugin_route', 'version', 'plugin_location_type', 'plugin_base_path'],
    ...['plugin_description', 'run_async', 'visible_in_ui', 'run_after_event_name'],
    ...['completed_event_name', 'sha256', 'on_failure', 'retries', 'timeout_seconds', 'when_flag'],
    ...['operation_contact_email', '__proto__', 'constructor'],
  ),
  fc.string(),
);

/** A tree with the outline of a plan, and anything at all in its fields. */
const outline = fc.record(
  {
    general: fc.oneof(
      value,
      fc.dictionary(
        fc.constantFrom(
          'product_family',
          'execution_plan_version',
          'update_from',
          'update_path_root',
          'revision',
        ),
        value,
      ),
    ),
    plugins: fc.oneof(value, fc.array(fc.dictionary(fieldName, value), { maxLength: 6 })),
    handoffs: fc.oneof(value, fc.record({ handoff_events: fc.array(value) })),
    flags: fc.oneof(
      value,
      fc.dictionary(
        fc.constantFrom('f', 'g', 'constructor'),
        fc.dictionary(fc.constantFrom('state', 'variants', 'defaultVariant', 'targeting'), value),
      ),
    ),
  },
  { requiredKeys: [] },
);

describe('whatever a plan file holds', () => {
  it('any bytes at all give a result', async () => {
    const core = await testCore();
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await checked(core, bytes);
        await checkCore({ file: 'core.toml', bytes });
      }),
      { numRuns: 1000 },
    );
  });

  it('a good plan with a few bytes changed gives a result, and findings inside the file', async () => {
    const core = await testCore();
    const good = bytesOf(VALID);
    expect((await checked(core, good)).diagnostics).toEqual([]);
    const change = fc.record({
      at: fc.nat(good.length - 1),
      drop: fc.nat(20),
      add: fc.oneof(
        fc.uint8Array({ maxLength: 3 }),
        fc.constantFrom('"', '\n', '[', '= ', '\\u0000', 'x', '.').map(bytesOf),
      ),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let bytes = [...good];
        for (const { at, drop, add } of changes) {
          bytes = [...bytes.slice(0, at), ...add, ...bytes.slice(at + drop)];
        }
        await checked(core, Uint8Array.from(bytes));
      }),
      { numRuns: 1000 },
    );
  });

  it('values of any type anywhere give a result, and findings inside the file', async () => {
    const core = await testCore();
    await fc.assert(
      fc.asyncProperty(outline, async (tree) => {
        await checked(core, bytesOf(stringify(tree)));
      }),
      { numRuns: 500 },
    );
  });

  it('the same bytes give the same findings', async () => {
    const core = await testCore();
    await fc.assert(
      fc.asyncProperty(outline, async (tree) => {
        const bytes = bytesOf(stringify(tree));
        expect(await checked(core, bytes)).toEqual(await checked(core, bytes));
      }),
      { numRuns: 50 },
    );
  });
});
