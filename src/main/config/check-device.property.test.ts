import fc from 'fast-check';
import { stringify } from 'smol-toml';
import { describe, expect, it } from 'vitest';
import { DEVICE_RULES } from '#shared';
import { checkDeviceBytes } from './check-device.ts';
import { deviceTables } from './device-schema.ts';
import { checkEnvironment, variableOf } from './environment.ts';
import { FIELDS, leavesOf } from './fields.ts';
import { settled } from './value-rules.ts';

/** Checks, and holds every finding to what is promised of all of them. */
async function check(bytes: Uint8Array) {
  const checked = await checkDeviceBytes(bytes);
  const lines = (checked.text ?? new TextDecoder().decode(bytes)).split('\n');
  for (const { rule, severity, message, line, column } of checked.diagnostics) {
    expect(DEVICE_RULES).toHaveProperty([rule, 'severity'], severity);
    expect(message).not.toMatch(/[\p{Cc}\u202a-\u202e]/u);
    expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
  }
  if (checked.tree !== undefined) leavesOf(settled(checked.tree, '/etc'));
  return checked;
}

const value = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('https://a', 'http://a:b@c', '//', '\\\\srv\\share', '\u0000', 'x'.repeat(3000)),
  fc.double({ noNaN: true }),
  fc.boolean(),
  fc.date({ noInvalidDate: true }),
  fc.array(fc.integer(), { maxLength: 2 }),
  fc.dictionary(fc.oneof(fc.string(), fc.constantFrom('__proto__', '\\\\a\\b')), fc.string()),
);
const tree = fc.dictionary(
  fc.oneof(fc.constantFrom(...Object.keys(deviceTables)), fc.string()),
  fc.oneof(
    value,
    fc.dictionary(fc.oneof(fc.constantFrom(...FIELDS.map(({ name }) => name)), fc.string()), value),
  ),
);

describe('whatever a configuration holds', () => {
  it('bytes give diagnostics', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 300 }), async (bytes) => {
        await check(bytes);
      }),
    );
  });

  it('trees of any values give diagnostics', async () => {
    await fc.assert(
      fc.asyncProperty(tree, async (table) => {
        const { text } = await check(new TextEncoder().encode(stringify(table)));
        expect(text).toBeDefined();
      }),
    );
  });

  it('a file of over 1 MiB gives one', async () => {
    const { diagnostics } = await check(new Uint8Array(1024 * 1024 + 1).fill(0x23));
    expect(diagnostics.map(({ rule }) => rule)).toEqual(['device/too-large']);
  });

  it('an environment of any texts gives diagnostics', () => {
    const variables = FIELDS.map(({ table, name }) => variableOf(table, name));
    const name = fc.oneof(
      fc.constantFrom(...variables),
      fc.string().map((end) => `FIRSTLIGHT_S3_${end}`),
    );
    fc.assert(
      fc.property(fc.dictionary(name, fc.string({ unit: 'binary' })), (env) => {
        const { text, diagnostics, tree: read } = checkEnvironment(env);
        const lines = text.split('\n');
        for (const { line, column } of diagnostics) {
          expect(column).toBeLessThanOrEqual((lines[line - 1] ?? '').length + 1);
        }
        leavesOf(settled(read, '/'));
      }),
    );
  });
});
