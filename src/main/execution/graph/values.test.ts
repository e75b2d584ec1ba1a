import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '#shared';
import type { StepScope } from '../step-scope.ts';
import {
  isLoneReference,
  referencesIn,
  resolveCommands,
  resolveText,
  resolveValues,
} from './values.ts';

const SCOPE: StepScope = {
  inputs: { region: 'eu', count: 3, no: false, none: null, list: [1, { a: 'b' }] },
  steps: { download: { outputs: { path: '/tmp/a' } } },
  item: { name: 'x' },
  index: 0,
};

function resolved(value: Json): unknown {
  const result = resolveValues(value, SCOPE);
  return result.ok ? result.value : result.failure;
}

describe('values in texts', () => {
  it('give a text that is one reference the value with its type', () => {
    expect(resolved('${{ inputs.count }}')).toBe(3);
    expect(resolved('${{inputs.no}}')).toBe(false);
    expect(resolved('${{ inputs.list }}')).toEqual([1, { a: 'b' }]);
    expect(resolved('${{ inputs.none }}')).toBeNull();
    expect(resolved('${{ item }}')).toEqual({ name: 'x' });
  });

  it('are written out within a text, lists and objects as JSON', () => {
    expect(resolved('${{ inputs.region }}-${{ inputs.count }}-${{ inputs.no }}')).toBe(
      'eu-3-false',
    );
    expect(resolved('all: ${{ inputs.list }}')).toBe('all: [1,{"a":"b"}]');
    expect(resolved(' ${{ inputs.count }}')).toBe(' 3');
    expect(resolved('${{ inputs.none }}!')).toBe('null!');
  });

  it('are found at any depth; names of members stay as they are', () => {
    const value = { '${{ inputs.region }}': [{ a: '${{ item.name }}', b: 1 }], c: null };
    expect(resolved(value)).toEqual({ '${{ inputs.region }}': [{ a: 'x', b: 1 }], c: null });
  });

  it('are not looked at again once they are put in', () => {
    const scope = { inputs: { a: '${{ inputs.b }}' }, steps: {} };
    expect(resolveValues('is ${{ inputs.a }}', scope)).toEqual({
      ok: true,
      value: 'is ${{ inputs.b }}',
    });
  });

  it('leave braces in quotes as text', () => {
    expect(resolved('a ${{ "${{ b }}" }} c')).toBe('a ${{ b }} c');
    expect(resolved("${{ '}}' }}")).toBe('}}');
  });

  it('may be followed by any text', () => {
    expect(resolved('${{ inputs.count }}=}} $ { "')).toBe('3=}} $ { "');
  });

  it('keep a member called __proto__ a member', () => {
    const value = JSON.parse('{"__proto__":{"a":"${{ inputs.count }}"}}') as Json;
    expect(JSON.stringify(resolved(value))).toBe('{"__proto__":{"a":3}}');
  });

  it('fail by step and reference where one is missing', () => {
    expect(resolved(['a', 'to ${{ steps.download.outputs.file }}'])).toEqual({
      code: 'step/bad-value',
      message: '${{ steps.download.outputs.file }}: the step "download" gave no output "file"',
    });
  });

  it('take references only', () => {
    expect(resolved('${{ inputs.count == 3 }}')).toEqual({
      code: 'execution/bad-steps',
      message:
        '"${{ inputs.count == 3 }}": only one reference may stand between the braces (character 18)',
      hint: 'Operators belong into `when`.',
    });
    expect(resolved('a ${{ }}')).toMatchObject({
      message: '"a ${{ }}": a reference must follow the braces (character 7)',
    });
  });

  it('change nothing that has no braces', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('${{'));
        expect(resolved(value as Json)).toEqual(value);
      }),
    );
  });

  it('come out as they went in, whatever the value', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.string(), (given, name) => {
        const value = given as Json;
        const scope = { inputs: Object.fromEntries([[name, value]]), steps: {} };
        const quoted = `"${name.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
        expect(resolveValues(`\${{ inputs[${quoted}] }}`, scope)).toEqual({ ok: true, value });
        const text = typeof value === 'string' ? value : JSON.stringify(value);
        expect(resolveText(`<\${{ inputs[${quoted}] }}>`, scope)).toEqual({
          ok: true,
          value: `<${text}>`,
        });
      }),
    );
  });
});

describe('values in commands', () => {
  it('are texts in cmd, env and cwd, and stay out of everything else', () => {
    const path = '${{ steps.download.outputs.path }}';
    const command = {
      cmd: ['tar', path, '${{ inputs.count }}', '${{ inputs.list }}'],
      env: { COUNT: '${{ inputs.count }}', PLAIN: 'x' },
      cwd: path,
      description: path,
      errorPatterns: ['\\${{ a'],
    };
    expect(resolveCommands([command, { cmd: ['ls'] }], SCOPE)).toEqual({
      ok: true,
      value: [
        {
          ...command,
          cmd: ['tar', '/tmp/a', '3', '[1,{"a":"b"}]'],
          env: { COUNT: '3', PLAIN: 'x' },
          cwd: '/tmp/a',
        },
        { cmd: ['ls'] },
      ],
    });
  });

  it.each([
    { cmd: ['${{ inputs.x }}'] },
    { cmd: ['a'], env: { A: '${{ inputs.x }}' } },
    { cmd: ['a'], cwd: '${{ inputs.x }}' },
  ])('fail where one is missing: %j', (command) => {
    expect(resolveCommands([command], SCOPE)).toMatchObject({
      ok: false,
      failure: { code: 'step/bad-value', message: '${{ inputs.x }}: there is no input "x"' },
    });
  });
});

describe('the references in a value', () => {
  it('come in the order in which they stand', () => {
    const found = referencesIn({
      a: 'x ${{ item }} ${{ index }}',
      b: [1, '${{ inputs.c }}', null],
    });
    expect(found.ok && found.value.map(({ text }) => text)).toEqual(['item', 'index', 'inputs.c']);
  });

  it('are one alone, or something else stands beside it', () => {
    expect(isLoneReference('${{ inputs.a }}')).toBe(true);
    expect(isLoneReference('${{ inputs.a }} ')).toBe(false);
    expect(isLoneReference('${{ "a" }}')).toBe(false);
    expect(isLoneReference('${{ inputs.a')).toBe(false);
  });
});
