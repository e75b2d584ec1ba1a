import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '#shared';
import type { StepScope } from '../step-scope.ts';
import { evaluateCondition, referencesInCondition } from './expression.ts';

const SCOPE: StepScope = {
  inputs: { region: 'eu', count: 3, none: null, no: false, empty: '', list: [{ a: 1 }], text: '3' },
  steps: {
    check: { outputs: { found: true } },
    'my step': { outputs: { path: '/x' } },
    'node.js': { outputs: { '2fa': 1 } },
  },
};

function isTrue(text: string, scope = SCOPE): boolean | string {
  const result = evaluateCondition(text, scope);
  if (result.ok) return result.value;
  const { code, message, hint } = result.failure;
  return [`${code}: ${message}`, ...(hint === undefined ? [] : [hint])].join('. ');
}

describe('a condition', () => {
  it.each([
    '${{ steps.check.outputs.found }}',
    '${{ inputs.region }} == "eu"',
    "${{ inputs.region == 'eu' }}",
    '${{inputs.region}}!="us"',
    '${{ inputs.region }} == "eu" && !${{ inputs.no }}',
    '${{ inputs.no || inputs.region }} == "eu"',
    '!(${{ inputs.no }} || ${{ inputs.empty }})',
    '!!${{ inputs.count }}',
    '${{ inputs.none }} == null',
    '${{ inputs.count }} == 3.0',
    '-1.5e1 == -15',
    '${{ inputs.list[0].a }} == 1',
    '${{ inputs["list"][0]["a"] }} == 1',
    '${{ inputs.list.0.a }} == 1',
    '${{ steps["my step"].outputs.path }} == "/x"',
    '${{ steps.node.js.outputs.2fa }} == 1',
    '"a\\"b\\\\c\\n" == \'a"b\\\\c\\n\'',
    'true',
  ])('is true: %s', (text) => {
    expect(isTrue(text)).toBe(true);
  });

  it.each([
    '${{ inputs.no }}',
    '${{ inputs.none }}',
    '${{ inputs.empty }}',
    '${{ inputs.region }} == "EU"',
    '0',
    'false || null',
  ])('is false: %s', (text) => {
    expect(isTrue(text)).toBe(false);
  });

  it('compares without turning one type into another', () => {
    expect(isTrue('${{ inputs.count }} == ${{ inputs.text }}')).toBe(false);
    expect(isTrue('${{ inputs.none }} == ${{ inputs.no }}')).toBe(false);
    expect(isTrue('${{ inputs.empty }} == 0')).toBe(false);
  });

  it('compares lists and objects whole', () => {
    const inputs = {
      a: [1, { x: 1, y: undefined }],
      b: [1, { x: 1 }],
      c: [1, { x: 2 }],
      d: { 0: 1 },
    };
    const scope = { inputs, steps: {} };
    expect(isTrue('${{ inputs.a == inputs.b }}', scope)).toBe(true);
    expect(isTrue('${{ inputs.a == inputs.c }}', scope)).toBe(false);
    expect(isTrue('${{ inputs.a == inputs.d }}', scope)).toBe(false);
  });

  it('binds "!" before "==", that before "&&", and that before "||"', () => {
    expect(isTrue('!false == true && false || true')).toBe(true);
    expect(isTrue('true || false && false')).toBe(true);
    expect(isTrue('(true || false) && false')).toBe(false);
    expect(isTrue('1 == 1 == true')).toBe(true);
  });

  it('looks at the right side only when it must', () => {
    expect(isTrue('false && ${{ inputs.missing }}')).toBe(false);
    expect(isTrue('true || ${{ inputs.missing }}')).toBe(true);
  });

  it.each([
    [
      '${{ inputs.regoin }}',
      '${{ inputs.regoin }}: there is no input "regoin". Did you mean "region"?',
    ],
    [
      '${{ steps.check.outputs.fund }}',
      '${{ steps.check.outputs.fund }}: the step "check" gave no output "fund". Did you mean "found"?',
    ],
    [
      '${{ steps.b.outputs.x }}',
      '${{ steps.b.outputs.x }}: the step "b" has not given anything here',
    ],
    ['${{ inputs.list[1] }}', '${{ inputs.list[1] }}: there is no "1" in the value'],
    ['${{ inputs.list.length }}', '${{ inputs.list.length }}: there is no "length" in the value'],
    ['${{ inputs.region.x }}', '${{ inputs.region.x }}: there is no "x" in the value'],
    ['${{ inputs.constructor }}', '${{ inputs.constructor }}: there is no input "constructor"'],
    [
      '${{ steps.toString.outputs.a }}',
      '${{ steps.toString.outputs.a }}: the step "toString" has not given anything here',
    ],
    ['${{ item }}', '${{ item }}: only the work of a step with `forEach` has it'],
  ])('fails where a value is missing: %s', (text, problem) => {
    expect(isTrue(text)).toBe(`step/bad-value: ${problem}`);
  });

  it.each([
    [
      'inputs.region == 1',
      1,
      '"inputs.region" stands outside of braces',
      'Write ${{ inputs.region }}.',
    ],
    ['${{ inputs.a', 1, '"${{" is not closed', 'Close it with "}}".'],
    ['(1 == 1', 1, '"(" is not closed', 'Close it with ")".'],
    ['1 == 1)', 7, '")" cannot stand here', undefined],
    ['', 1, 'a value is missing at the end', undefined],
    ['1 ==', 5, 'a value is missing at the end', undefined],
    ['1 && && 2', 6, '"&&" cannot stand here', undefined],
    ['1 & 2', 3, '"&" has no meaning here', 'Write "&&" for "and".'],
    ['1 | 2', 3, '"|" has no meaning here', 'Write "||" for "or".'],
    ['1 === 2', 5, '"=" has no meaning here', 'Write "==" to compare.'],
    [
      '1 < 2',
      3,
      '"<" has no meaning here',
      'There are "==", "!=", "!", "&&", "||" and parentheses.',
    ],
    ['${{ ${{ 1 }} }}', 5, '"${{" cannot stand here', undefined],
    ['"a', 1, 'a text in quotes is not closed', 'Close it with ".'],
    ['"C:\\x"', 4, 'a lone backslash in a text', 'Write "\\\\" for one.'],
    ['${{ inputs. }}', 11, 'a name must follow the dot', undefined],
    ['${{ inputs[a] }}', 11, 'a text in quotes or a number must follow "["', undefined],
    ['${{ inputs["a" }}', 16, 'the "[" is not closed', 'Close it with "]".'],
    ['${{ foo.bar }}', 5, '"foo.bar" is not a value that a step can read', undefined],
    ['${{ inputs }}', 5, '"inputs" is not a value that a step can read', undefined],
    ['${{ steps.a.result }}', 5, '"steps.a.result" is not a value that a step can read', undefined],
    ['${{ index.a }}', 5, '"index.a" is not a value that a step can read', undefined],
  ])('tells where it cannot be understood: %s', (text, character, problem, hint) => {
    const quoted = `"${text.replaceAll('"', '\\"')}"`;
    const result = referencesInCondition(text);
    expect(result).toMatchObject({
      ok: false,
      failure: {
        code: 'execution/bad-steps',
        message: `${quoted}: ${problem} (character ${character})`,
        ...(hint === undefined ? {} : { hint }),
      },
    });
  });

  it('is refused, and does no harm, when it is endless', () => {
    expect(isTrue('('.repeat(5000))).toContain('more than 100 levels of parentheses');
    expect(isTrue('!'.repeat(20_000))).toContain('longer than 10000 characters');
    expect(isTrue(`${'!'.repeat(9000)}1`)).toBe(true);
    expect(isTrue(`1${' && 1'.repeat(1900)}`)).toBe(true);
  });

  it('gives all its references', () => {
    const found = referencesInCondition('${{ steps.a.outputs.x.y }} && ${{ inputs.b }} == "c"');
    expect(found).toEqual({
      ok: true,
      value: [
        { kind: 'step', step: 'a', output: 'x', path: ['y'], text: 'steps.a.outputs.x.y' },
        { kind: 'input', name: 'b', path: [], text: 'inputs.b' },
      ],
    });
  });

  it('never throws, whatever the text', () => {
    const piece = fc.constantFrom('${{', '}}', '(', ')', '!', '==', '&&', '||', '.', '[', ']', '"');
    const word = fc.constantFrom(
      'inputs',
      'steps',
      'outputs',
      'item',
      'a',
      '1',
      '-',
      ' ',
      '\\',
      "'",
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, word, fc.string()), { maxLength: 30 }), (pieces) => {
        const result = evaluateCondition(pieces.join(''), SCOPE);
        if (result.ok) expect(result.value).toBeTypeOf('boolean');
        else expect(result.failure.message).not.toBe('');
      }),
    );
  });

  it('means what JavaScript means, for literals', () => {
    const literal = fc.oneof(
      fc.constantFrom('true', 'false', 'null', '0', '1', '-2.5'),
      fc.constantFrom('""', '"a"', '"0"'),
    );
    const { expression } = fc.letrec<{ expression: string }>((tie) => ({
      expression: fc.oneof(
        { maxDepth: 4 },
        literal,
        tie('expression').map((of) => `!(${of})`),
        fc
          .tuple(tie('expression'), fc.constantFrom('==', '!=', '&&', '||'), tie('expression'))
          .map(([left, operator, right]) => `(${left}) ${operator} (${right})`),
        fc
          .tuple(literal, fc.constantFrom('==', '!=', '&&', '||'), literal)
          .map((parts) => parts.join(' ')),
      ),
    }));
    fc.assert(
      fc.property(expression, (text) => {
        const script = text
          .replaceAll('==', '===')
          .replaceAll('!=', '!==')
          .replaceAll('!====', '!==');
        // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call
        const expected = new Function(`return (${script})`)() as Json;
        expect(isTrue(text)).toBe(Boolean(expected));
      }),
    );
  });
});
