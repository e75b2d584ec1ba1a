import { describe, expect, it } from 'vitest';
import { check, GENERAL, pluginText } from './plan.test-support.ts';

const HEAD = 'the definition of the flag "f" is not usable: ';

/** A plan with one flag `f`, whose definition begins at line 7. */
const flag = (...lines: readonly string[]): string => `${GENERAL}[flags.f]\n${lines.join('\n')}\n`;
const usual = [
  'state = "ENABLED"',
  'variants = { on = true, off = false }',
  'defaultVariant = "on"',
];

/** Place, path, rule, message and hint of each finding. */
async function said(text: string): Promise<readonly (readonly (string | undefined)[])[]> {
  const { diagnostics } = await check(text);
  return diagnostics.map(({ line, column, path, rule, message, hint }) => [
    `${line}:${column}`,
    path,
    rule,
    message.replace(HEAD, ''),
    hint,
  ]);
}

describe('a usable flag', () => {
  it('is handed on as it was written', async () => {
    const text = flag(...usual, 'targeting = { fractional = [["on", 50], ["off", 50]] }');
    const { diagnostics, plan } = await check(text);
    expect(diagnostics).toEqual([]);
    expect(plan?.flags).toEqual({
      f: {
        state: 'ENABLED',
        variants: { on: true, off: false },
        defaultVariant: 'on',
        targeting: {
          fractional: [
            ['on', 50],
            ['off', 50],
          ],
        },
      },
    });
  });

  it.each([
    'targeting = {}',
    'targeting = { if = [{ "==" = [{ var = "region" }, "DE"] }, "on", "off"] }',
    'targeting = { if = [{ sem_ver = [{ var = "app_version" }, ">=", "1.2.0"] }, { fractional = [["on"], ["off"]] }, "off"] }',
    'targeting = { fractional = [{ var = "locale" }, ["on", 1], ["off", 1]] }',
    'metadata = { owner = "team" }',
  ])('may have %s', async (line) => {
    expect(await said(flag(...usual, line))).toEqual([]);
  });
});

describe('plan/bad-flag', () => {
  it('covers every mistake in a definition', async () => {
    expect(await said(flag('state = "ON"', 'variants = 3'))).toEqual([
      [
        '6:8',
        'flags.f.defaultVariant',
        'plan/bad-flag',
        '"defaultVariant" is missing in flags.f',
        undefined,
      ],
      [
        '7:9',
        'flags.f.state',
        'plan/bad-flag',
        '"state" must be "ENABLED" or "DISABLED", but is "ON"',
        'Did you mean "ENABLED"?',
      ],
      [
        '8:12',
        'flags.f.variants',
        'plan/bad-flag',
        '"variants" must be a table, but is the number 3',
        undefined,
      ],
    ]);
  });

  it('is said of a flag that is no table', async () => {
    expect(await said(`${GENERAL}[flags]\nf = true`)).toEqual([
      ['7:5', 'flags.f', 'plan/bad-flag', '"f" must be a table, but is true', undefined],
    ]);
  });

  it('is said of a default that is no variant', async () => {
    expect(await said(flag(...usual.slice(0, 2), 'defaultVariant = "onn"'))).toEqual([
      [
        '9:18',
        'flags.f.defaultVariant',
        'plan/bad-flag',
        'it names the variant "onn", which it does not have',
        'Did you mean "on"?',
      ],
    ]);
  });

  it.each([
    ['no variants', 'variants = {}', 'it has no variants'],
    [
      'variants of several types',
      'variants = { on = true, off = "no" }',
      'its variants are not of one type: "on" is true, "off" is the text "no"',
    ],
    ['a date', 'variants = { on = 1979-05-27 }', 'the variant "on" is no JSON value'],
    [
      'a number that JSON has no form for',
      'variants = { on = nan }',
      'the variant "on" is no JSON value',
    ],
  ])('is said of %s', async (_what, line, message) => {
    const found = await said(flag('state = "ENABLED"', line, 'defaultVariant = "on"'));
    expect(found.map(([, , rule, text]) => [rule, text])).toContainEqual([
      'plan/bad-flag',
      message,
    ]);
  });

  it.each([
    ['"on"', 'its targeting must be a table, but is the text "on"', undefined],
    [
      '{ fractional = [["on", 50], ["ofg", 50]] }',
      'it names the variant "ofg", which it does not have',
      'Did you mean "off"?',
    ],
    [
      '{ if = [true, "on", "maybe"] }',
      'it names the variant "maybe", which it does not have',
      'Did you mean "on"?',
    ],
    [
      '{ fractionl = [["on", 50]] }',
      'its targeting is not a rule that flagd can evaluate: there is no operator "fractionl"',
      'Did you mean "fractional"?',
    ],
    [
      '{ if = [{ starts_wiht = ["a", "b"] }, "on", "off"] }',
      'its targeting is not a rule that flagd can evaluate: there is no operator "starts_wiht"',
      'Did you mean "starts_with"?',
    ],
  ])('is said of the targeting %s', async (targeting, message, hint) => {
    expect(await said(flag(...usual, `targeting = ${targeting}`))).toEqual([
      ['10:13', 'flags.f.targeting', 'plan/bad-flag', message, hint],
    ]);
  });

  it('survives targeting that nests without end', async () => {
    const [[, path, rule] = []] = await said(flag(...usual, `targeting${'.a'.repeat(5000)} = 1`));
    expect([path, rule]).toEqual(['flags.f.targeting', 'plan/bad-flag']);
  });

  it.each(['__proto__', 'constructor', 'prototype'])('is said of the name %s', async (name) => {
    const found = await said(flag(...usual).replace('[flags.f]', `[flags.${name}]`));
    expect(found).toEqual([
      [
        '6:8',
        `flags.${name}`,
        'plan/bad-flag',
        `the definition of the flag "${name}" is not usable: "${name}" cannot be used as a name`,
        'Choose another name.',
      ],
    ]);
  });
});

describe('when_flag', () => {
  const withFlag = (condition: string): string =>
    `${GENERAL}${pluginText('a', { visible_in_ui: false })}when_flag = ${condition}\n${flag(...usual).slice(GENERAL.length)}`;

  it.each(['"f"', '{ flag = "f" }', '{ flag = "f", is = "off" }'])(
    'may be %s',
    async (condition) => {
      expect(await said(withFlag(condition))).toEqual([]);
    },
  );

  it('must name a flag of the plan', async () => {
    expect(await said(withFlag('"g"'))).toEqual([
      [
        '14:13',
        'plugins[0].when_flag',
        'plan/unknown-flag',
        'the flag "g" is not defined in [flags]',
        undefined,
      ],
    ]);
    expect(await said(withFlag('{ flag = "F" }'))).toEqual([
      [
        '14:22',
        'plugins[0].when_flag.flag',
        'plan/unknown-flag',
        'the flag "F" is not defined in [flags]',
        'Did you mean "f"?',
      ],
    ]);
  });

  it('must name a variant that the flag has', async () => {
    expect(await said(withFlag('{ flag = "f", is = "ofg" }'))).toEqual([
      [
        '14:32',
        'plugins[0].when_flag.is',
        'plan/unknown-value',
        'the flag "f" has no variant "ofg", only "on" or "off"',
        'Did you mean "off"?',
      ],
    ]);
  });
});
