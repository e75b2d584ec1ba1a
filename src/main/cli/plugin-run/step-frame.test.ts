import stringWidth from 'string-width';
import { describe, expect, it } from 'vitest';
import type { StepView } from '#shared';
import { frameLines, type FrameOptions, type RunState } from './step-frame.ts';
import { inPlain, MARKS } from './words.ts';

const START = Date.UTC(2000, 0, 1);
const at = (seconds: number): string => new Date(START + seconds * 1000).toISOString();

function step(name: string, more: Partial<StepView> = {}): StepView {
  const description = `Doing ${name}`;
  return { name, description, status: 'pending', attempts: 0, dependsOn: [], ...more };
}

function frame(
  steps: readonly StepView[],
  { said = {}, prompt = [], ...options }: Partial<FrameOptions> & FrameExtras = {},
): readonly string[] {
  const state: RunState = {
    steps,
    progress: 40,
    startedAt: START,
    said: new Map(Object.entries(said)),
    prompt,
  };
  const size = { columns: 41, rows: 24, now: START + 5_000, paint: inPlain, marks: MARKS };
  return frameLines(state, { ...size, ...options });
}

interface FrameExtras {
  readonly said?: { readonly [step: string]: string };
  readonly prompt?: readonly string[];
}

const many = (count: number, running: number): readonly StepView[] =>
  Array.from({ length: count }, (_, index) =>
    step(`s${index}`, {
      status: index < running ? 'completed' : index === running ? 'running' : 'pending',
      ...(index === running ? { startedAt: at(0) } : {}),
    }),
  );

describe('the list of steps of a run', () => {
  it('has a line for each step: state, description, progress, duration', () => {
    const steps = [
      step('one', { status: 'completed', durationSeconds: 3.21 }),
      step('two', { status: 'running', percent: 42.9, startedAt: at(2) }),
      step('three'),
      step('four', { status: 'skipped', reason: 'check' }),
      step('five', { status: 'skipped', reason: 'when' }),
      step('six', { status: 'blocked' }),
    ];
    expect(frame(steps)).toEqual([
      '✓ Doing one                        3.2 s',
      '▸ Doing two                    42 %  3 s',
      '· Doing three',
      '↷ Doing four                done already',
      '↷ Doing five                     skipped',
      '⊘ Doing six                      blocked',
      '40 %  4 of 6 steps  5 s',
    ]);
  });

  it('says below a running step what it said last', () => {
    const steps = [step('one', { status: 'running', startedAt: at(5) }), step('two')];
    expect(frame(steps, { said: { one: 'line 7', two: 'of an earlier attempt' } })).toEqual([
      '▸ Doing one                          0 s',
      '    line 7',
      '· Doing two',
      '40 %  0 of 2 steps  5 s',
    ]);
  });

  it('says that a running step has been silent for too long', () => {
    const steps = [step('one', { status: 'running', startedAt: at(0), stalled: true })];
    expect(frame(steps, { said: { one: 'line 7' } })[1]).toBe(
      '    has said nothing for a long time',
    );
  });

  it('says why a step failed, in one line', () => {
    const steps = [step('one', { status: 'failed', errorMessage: 'no luck\nat all' })];
    expect(frame(steps)[1]).toBe('    no luck');
  });

  it('says why a step is tried again', () => {
    const steps = [step('one', { errorMessage: 'no luck' })];
    expect(frame(steps)[1]).toBe('    tried again after: no luck');
  });

  it('puts the items of a step below it, and counts them as one', () => {
    const steps = [
      step('each', { status: 'running', startedAt: at(5) }),
      step('each[0]', { description: 'Doing each', partOf: 'each' }),
    ];
    expect(frame(steps)).toEqual([
      '▸ Doing each                         0 s',
      '  · Doing each [0]',
      '40 %  0 of 1 steps  5 s',
    ]);
  });

  it('spells out what would move the cursor', () => {
    const steps = [step('one', { description: 'a\u001b[2Jb' })];
    expect(frame(steps)[0]).toBe('· a\\u001b[2Jb');
  });

  it('has what is asked at its end, in as many lines as that takes', () => {
    const prompt = ['? Is this the folder that is to be overwritten?', '  1  Yes', '> '];
    expect(frame([step('one')], { columns: 31, prompt }).slice(1)).toEqual([
      '40 %  0 of 1 steps  5 s',
      '? Is this the folder that is',
      'to be overwritten?',
      '  1  Yes',
      '> ',
    ]);
  });

  it.each([
    ['the begin', 0, ['▸ Doing s0                           5 s', '· Doing s1', '… 8 more below']],
    [
      'the midst',
      5,
      ['… 5 more above', '▸ Doing s5                           5 s', '… 4 more below'],
    ],
    ['the end', 9, ['… 8 more above', '✓ Doing s8', '▸ Doing s9                           5 s']],
  ])('keeps what runs at %s in sight where not all fits', (_, running, lines) => {
    expect(frame(many(10, running), { rows: 5 })).toEqual([
      ...lines,
      `40 %  ${running} of 10 steps  5 s`,
    ]);
  });

  it('is there as a whole where it may scroll away', () => {
    expect(frame(many(100, 50), { rows: Infinity })).toHaveLength(101);
  });

  it('leaves progress and durations out where there is hardly room for a name', () => {
    const steps = [step('one', { status: 'running', percent: 5, startedAt: at(0) })];
    expect(frame(steps, { columns: 20, said: { one: 'line 7' } })).toEqual([
      '▸ Doing one',
      '40 %  0 of 1 steps…',
    ]);
  });
});

describe.each([80, 40, 30, 25, 24, 12, 6])('in a terminal of %i columns', (columns) => {
  it.each([
    ['steps of all kinds', 24],
    ['steps that do not fit', 5],
    ['hardly any room', 2],
  ])('no line is wrapped, and there are not too many, with %s', (_, rows) => {
    const wide = '下载文件'.repeat(9);
    const steps = [
      step('one', { status: 'completed', durationSeconds: 7265, description: wide }),
      step('two', { status: 'running', percent: 100, startedAt: at(-4000) }),
      step('two[0]', { partOf: 'two', status: 'failed', errorMessage: 'no luck '.repeat(20) }),
      step('three', { interrupted: true }),
    ];
    const said = { two: 'x'.repeat(300) };
    const prompt = [`? Why is ${wide} asked here?`];
    const lines = frame(steps, { columns, rows, said, prompt });
    expect(lines.length).toBeLessThan(rows);
    expect(Math.max(...lines.map((line) => stringWidth(line)))).toBeLessThan(columns);
  });
});
