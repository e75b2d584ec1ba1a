import { describe, expect, it } from 'vitest';
import { MAX_PLAN_BYTES } from './decode.ts';
import { bytesOf, check, findingsOf, GENERAL } from './plan.test-support.ts';

describe('bytes that are no plan', () => {
  it.each<[string, readonly number[], string]>([
    ['Latin-1', [0x61, 0x0a, 0x62, 0x22, 0xe4, 0x22], ' 2:3 plan/not-utf8'],
    ['a character cut off at the end', [0x23, 0xe2, 0x82], ' 1:2 plan/not-utf8'],
    ['UTF-16', [0xff, 0xfe, 0x61, 0x00], ' 1:1 plan/not-utf8'],
    ['a lone surrogate', [0x23, 0xed, 0xa0, 0x80], ' 1:2 plan/not-utf8'],
    ['a picture', [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a], ' 1:1 plan/not-utf8'],
    ['NUL bytes', [0, 0, 0], ' 1:1 plan/syntax'],
  ])('%s', async (_what, bytes, finding) => {
    expect(await findingsOf(Uint8Array.from(bytes))).toEqual([finding]);
  });

  it('names the byte that is not UTF-8', async () => {
    const { diagnostics, text } = await check(Uint8Array.of(0x23, 0x20, 0xe4));
    expect(text).toBeUndefined();
    expect(diagnostics).toEqual([
      {
        rule: 'plan/not-utf8',
        severity: 'error',
        message: 'the file is not UTF-8 text: byte 2 (0xe4) does not belong there',
        line: 1,
        column: 3,
        path: '',
        hint: 'Save the file as UTF-8.',
      },
    ]);
  });

  it('may have 1 MiB, and not one byte more', async () => {
    const full = GENERAL.padEnd(MAX_PLAN_BYTES, '#');
    expect(await findingsOf(full)).toEqual([]);
    const { diagnostics } = await check(`${full}#`);
    expect(diagnostics.map(({ rule, message }) => `${rule}: ${message}`)).toEqual([
      'plan/too-large: the file has over 1 MiB; a plan has at most 1 MiB (1048576 bytes)',
    ]);
  });
});

describe('plan/syntax', () => {
  it('stands where the parser stopped, and hides the rest', async () => {
    const { diagnostics } = await check('a = 1\nb = = 2\n');
    expect(diagnostics).toEqual([
      {
        rule: 'plan/syntax',
        severity: 'error',
        message: 'this is not TOML: invalid value',
        line: 2,
        column: 5,
        path: '',
      },
    ]);
  });

  it.each([
    ['a table twice', '[a]\n[a]', ' 2:2 plan/syntax'],
    ['a key twice', 'a = 1\na = 2', ' 2:1 plan/syntax'],
    ['carriage returns alone', 'a = 1\rb = 2', ' 1:6 plan/syntax'],
    ['a text without end', 'a = "x', ' 1:5 plan/syntax'],
    ['an escaped surrogate', 'a = "\\ud800"', ' 1:6 plan/syntax'],
  ])('%s', async (_what, text, finding) => {
    expect(await findingsOf(text)).toEqual([finding]);
  });

  it.each([
    ['lists', `a = ${'['.repeat(10_000)}${']'.repeat(10_000)}`],
    ['inline tables', `a = ${'{a='.repeat(10_000)}1${'}'.repeat(10_000)}`],
  ])('refuses 10,000 nested %s', async (_what, text) => {
    const { diagnostics } = await check(text);
    expect(diagnostics.map(({ rule }) => rule)).toEqual(['plan/syntax']);
  });
});

describe('a text that only the value parser can take', () => {
  it('has its findings in line 1', async () => {
    const text = `${GENERAL}revision = "no"\nx = "${'y'.repeat(400_000)}"`;
    const { diagnostics } = await check(bytesOf(text));
    expect(diagnostics.map(({ rule, line, column }) => [rule, line, column])).toEqual([
      ['plan/unknown-field', 1, 1],
      ['plan/wrong-type', 1, 1],
    ]);
  });

  it('does not take long for a key of 100,000 names', async () => {
    expect(await findingsOf(`${GENERAL}x${'.a'.repeat(100_000)} = 1`)).toEqual([
      'general.x 6:1 plan/unknown-field',
    ]);
  });
});
