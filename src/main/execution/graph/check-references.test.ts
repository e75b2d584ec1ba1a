import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StepSpec } from '../step-spec.ts';
import { checkSteps } from './check-steps.ts';
import { aStep, check, commandsOf, graphOf, printing, problemOf } from './step.test-support.ts';

const PATH = '${{ steps.download.outputs.path }}';
const DOWNLOAD = aStep('download');

describe('references, before anything runs', () => {
  it('may name a step that is depended on, directly or not', () => {
    graphOf(
      DOWNLOAD,
      printing('extract', PATH, { dependsOn: ['download'] }),
      printing('link', PATH, { dependsOn: ['extract'] }),
    );
  });

  it('must not name a step that is not depended on', () => {
    expect(problemOf(DOWNLOAD, printing('link', PATH))).toBe(
      'The step "link": `commands` has "${{ steps.download.outputs.path }}", but the step does not ' +
        'depend on "download". Add "download" to its `dependsOn`.',
    );
  });

  it('must not name a dependent or the step itself', () => {
    expect(
      problemOf(printing('a', '${{ steps.b.outputs.x }}'), aStep('b', { dependsOn: ['a'] })),
    ).toContain('does not depend on "b"');
    expect(problemOf(printing('a', '${{ steps.a.outputs.x }}'))).toContain(
      'does not depend on "a"',
    );
  });

  it('must not name an unknown step', () => {
    const step = printing('a', '${{ steps.downlod.outputs.path }}', { dependsOn: ['download'] });
    expect(problemOf(DOWNLOAD, step)).toBe(
      'The step "a": `commands` has "${{ steps.downlod.outputs.path }}", but there is no step ' +
        '"downlod". Did you mean "download"?',
    );
  });

  it.each<readonly [string, Partial<StepSpec>]>([
    ['an argument', { work: commandsOf({ cmd: ['echo', `to ${PATH}`] }) }],
    ['a folder', { work: commandsOf({ cmd: ['ls'], cwd: PATH }) }],
    ['a variable', { work: commandsOf({ cmd: ['ls'] }, { cmd: ['ls'], env: { A: PATH } }) }],
    ['work', { work: { kind: 'work', item: { type: 't', config: { a: [{ b: PATH }] } } } }],
    ['a condition', { when: `!${PATH}` }],
    ['the items', { forEach: PATH }],
    ['one of the items', { forEach: ['a', PATH] }],
  ])('are found in %s', (_, fields) => {
    expect(problemOf(DOWNLOAD, aStep('a', fields))).toContain('does not depend on "download"');
    graphOf(DOWNLOAD, aStep('a', { ...fields, dependsOn: ['download'] }));
  });

  it('are not looked for in patterns and descriptions', () => {
    const command = { cmd: ['ls'], errorPatterns: ['\\${{'], description: 'Writes ${{' };
    graphOf(aStep('a', { work: commandsOf(command) }));
  });

  it('have an item and an index only in the work of a step with forEach', () => {
    const each = { forEach: ['x'] };
    graphOf(printing('a', '${{ item }} ${{ item.name }} ${{ index }}', each));
    graphOf(printing('a', '${{ item }}', { has: { ...DOWNLOAD.has, forEach: true } }));
    const problem = 'but only the work of a step with `forEach` has it';
    expect(problemOf(printing('a', '${{ item }}'))).toBe(
      `The step "a": \`commands\` has "\${{ item }}", ${problem}.`,
    );
    expect(problemOf(printing('a', '${{ index }}'))).toContain(problem);
    expect(problemOf(aStep('a', { ...each, when: '${{ item }}' }))).toContain(problem);
    expect(problemOf(aStep('a', { forEach: '${{ item.all }}' }))).toContain(problem);
  });

  it('name an input that there is, where the inputs are known', () => {
    const steps = [printing('a', '${{ inputs.regoin }}')];
    const spec = { steps, concurrency: 4, rollback: false };
    expect(checkSteps(spec).ok).toBe(true);
    expect(checkSteps(spec, { inputs: ['regoin'] }).ok).toBe(true);
    expect(checkSteps(spec, { inputs: ['region'] })).toEqual({
      ok: false,
      failure: {
        code: 'execution/bad-steps',
        message:
          'The step "a": `commands` has "${{ inputs.regoin }}", but there is no input "regoin".',
        hint: 'Did you mean "region"?',
      },
    });
  });

  it('are refused with the place where they cannot be understood', () => {
    expect(problemOf(printing('a', 'is ${{ inputs.a'))).toBe(
      'The step "a": "is ${{ inputs.a": "${{" is not closed (character 4). Close it with "}}".',
    );
    expect(problemOf(aStep('a', { when: '${{ inputs.a }} = 1' }))).toBe(
      'The step "a": "${{ inputs.a }} = 1": "=" has no meaning here (character 17). ' +
        'Write "==" to compare.',
    );
  });

  it('give forEach a list, so nothing may stand around one', () => {
    expect(problemOf(aStep('a', { forEach: 'x ${{ inputs.a }}' }))).toBe(
      'The step "a": "x ${{ inputs.a }}": `forEach` as a text must be one reference and nothing ' +
        'else. Write "${{ steps.NAME.outputs.NAME }}", or give a list.',
    );
    expect(problemOf(aStep('a', { forEach: 'x' }))).toContain('must be one reference');
  });

  it('are allowed exactly where a path of dependencies leads to the step', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 80 }).chain((size) =>
          fc.record({
            size: fc.constant(size),
            edges: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 2 * size }),
            references: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), {
              maxLength: size,
            }),
          }),
        ),
        ({ size, edges, references }) => {
          const dependsOn = Array.from({ length: size }, () => new Set<number>());
          for (const [a, b] of edges) if (a !== b) dependsOn[Math.max(a, b)]!.add(Math.min(a, b));
          const before: Set<number>[] = [];
          for (const direct of dependsOn) {
            before.push(new Set([...direct, ...[...direct].flatMap((of) => [...before[of]!])]));
          }
          const text = (step: number): string =>
            references
              .filter(([from]) => from === step)
              .map(([, to]) => `\${{ steps.s${to}.outputs.x }}`)
              .join(' ');
          const steps = dependsOn.map((direct, index) =>
            printing(`s${index}`, text(index), { dependsOn: [...direct].map((of) => `s${of}`) }),
          );
          const isAllowed = references.every(([from, to]) => before[from]!.has(to));
          expect(check(...steps).ok).toBe(isAllowed);
        },
      ),
    );
  });

  it('of thousands of steps to steps far before them are all looked at', () => {
    const steps = Array.from({ length: 3_000 }, (_, i) =>
      printing(`s${i}`, i < 300 ? '' : `\${{ steps.s${i - 300}.outputs.x }}`, {
        dependsOn: i === 0 ? [] : [`s${i - 1}`],
      }),
    );
    expect(check(...steps).ok).toBe(true);
    const [, ...withoutFirst] = steps;
    const broken = [...withoutFirst, aStep('s0')].map((step) =>
      step.name === 's1' ? aStep('s1') : step,
    );
    expect(problemOf(...broken)).toContain('The step "s300"');
  });
});
