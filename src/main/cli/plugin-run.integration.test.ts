import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ExecutionEvent } from '#shared';
import {
  hasTerminals,
  runRig,
  SAMPLE_PLUGINS,
  type RunRig,
} from './plugin-run/run-rig.test-support.ts';

/** What comes before the time that something took. */
const timeless = (text: string): string => text.replaceAll(/\d+\.\d s/g, 'N s');

const lines = (text: string): readonly string[] => timeless(text).split('\n').slice(0, -1);

/** Two steps of which the second fails until its gate is open, and one that depends on it. */
const FAILING = `
  step('one', () => note('one')),
  step('two', () => { note('two'); if (!isOpen('luck')) throw new Error('no luck'); },
    { dependsOn: ['one'] }),
  step('three', () => note('three'), { dependsOn: ['two'] })`;

/** Two steps of which the second goes on until it is called off, or ends at once with an open gate. */
const HANGING = `
  step('one', () => note('one')),
  step('two', (ctx) => {
    note('two');
    if (isOpen('gate')) return;
    ctx.log.warn('at it');
    return calledOff(ctx);
  }, { dependsOn: ['one'] })`;

/** The same, and the second one must not run twice. */
const ONCE = HANGING.replace("dependsOn: ['one']", '$&, idempotent: false');

const QUESTION = `
  step('ask', async function* () {
    const question = { type: 'question', class: 'overwrite', text: 'Overwrite it?', default: 'keep' };
    const actions = [{ id: 'keep', label: 'Keep it' }, { id: 'overwrite', label: 'Overwrite it' }];
    note(yield { ...question, actions });
  })`;

/** Kills a run in its second step. */
async function killedInTwo(rig: RunRig): Promise<void> {
  const running = rig.begin(['work']);
  await running.until('work: at it');
  running.child.kill('SIGKILL');
  await running.ended;
}

describe('firstlight plugin run', () => {
  it('runs a plugin that comes with the app, a line for each thing that happens', async () => {
    const rig = await runRig();
    const { code, out, err } = await rig.run('packages', ...SAMPLE_PLUGINS);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(lines(out)).toEqual([
      'start      refresh  Looking for newer packages',
      'ok         refresh  N s',
      'start      upgrade  Bringing packages up to date',
      'ok         upgrade  N s',
      'packages: completed in N s, 2 steps done',
      expect.stringMatching(new RegExp(`^Log: ${rig.home}/executions/logs/[-0-9a-f]+\\.log$`)),
    ]);
  });

  it('runs a plugin that has nothing but its run', async () => {
    const { code, out } = await (await runRig()).run('inventory', ...SAMPLE_PLUGINS);
    expect(code).toBe(0);
    expect(lines(out)).toContain('inventory: completed in N s, 1 step done');
  });

  it('says so where there is nothing to run', async () => {
    const { code, out } = await (await runRig()).run('howto', ...SAMPLE_PLUGINS);
    expect({ code, out }).toEqual({ code: 0, out: 'howto: it has no work to run\n' });
  });

  it('takes the version of the package for granted', async () => {
    const rig = await runRig();
    await rig.addSteps('work', `step('one', () => note('one'))`);
    expect(await rig.run('work')).toMatchObject({ code: 0, err: '' });
  });

  it('says which step failed and why, and exits with 1', async () => {
    const rig = await runRig();
    await rig.addSteps('work', FAILING);
    const { code, out, err } = await rig.run('work');
    expect(code).toBe(1);
    expect(lines(out)).toEqual([
      'start      one  Doing one',
      'ok         one  N s',
      'start      two  Doing two',
      'fail       two  N s  no luck',
      'blocked    three',
      'work: failed in N s, 1 step done, 1 failed, 1 not run',
      // Where it was thrown is in there.
      expect.stringMatching(/^Log: /),
    ]);
    expect(err).toMatch(/\ntwo: no luck\n {2}Hint: Run it again to go on from there/);
  });

  it('ESS-008: run again after a failure, resumes at the step that failed', async () => {
    const rig = await runRig();
    await rig.addSteps('work', FAILING);
    await rig.run('work');
    await rig.open('work', 'luck');
    const { code, err } = await rig.run('work');
    expect(code).toBe(0);
    expect(err).toBe('Going on with work: 1 of 3 steps are done.\n');
    expect(await rig.notes('work')).toEqual(['one', 'two', 'two', 'three']);
  });

  it('begins anew after a failure with --fresh', async () => {
    const rig = await runRig();
    await rig.addSteps('work', FAILING);
    await rig.run('work');
    await rig.open('work', 'luck');
    expect(await rig.run('work', '--fresh')).toMatchObject({ code: 0, err: '' });
    expect(await rig.notes('work')).toEqual(['one', 'two', 'one', 'two', 'three']);
  });

  it('begins anew after success', async () => {
    const rig = await runRig();
    await rig.addSteps('work', `step('one', () => note('one'))`);
    await rig.run('work');
    expect(await rig.run('work')).toMatchObject({ code: 0, err: '' });
    expect(await rig.notes('work')).toEqual(['one', 'one']);
  });

  it('begins anew with other answers than those of the run that failed', async () => {
    const rig = await runRig();
    const answers = path.join(rig.folder, 'answers.toml');
    await rig.addSteps(
      'work',
      `step('one', (ctx) => { note(ctx.inputs.region); if (ctx.inputs.region === 'US') throw new Error('no'); })`,
      `defaultAnswers: { region: 'US' },`,
    );
    await rig.run('work');
    await writeFile(answers, '[work]\nregion = "NZ"\n');
    const { code, err } = await rig.run('work', '--answers', answers);
    expect({ code, err }).toEqual({
      code: 0,
      err: 'Beginning work anew: its last run had other answers.\n',
    });
    expect(await rig.notes('work')).toEqual(['US', 'NZ']);
  });

  it('does not go on with other steps than those that were begun', async () => {
    const rig = await runRig();
    await rig.addSteps('work', FAILING);
    await rig.run('work');
    await rig.addSteps('work', `step('other', () => note('other'))`);
    expect(await rig.run('work')).toEqual({
      code: 1,
      out: '',
      err: `execution/steps-changed: An unfinished execution of "work" was begun with other steps than it has now.
  Hint: Begin anew with --fresh.
`,
    });
    expect((await rig.run('work', '--fresh')).code).toBe(0);
  });

  it('goes on after it was killed, without doing again what is done', async () => {
    const rig = await runRig();
    await rig.addSteps('work', HANGING);
    await killedInTwo(rig);
    await rig.open('work', 'gate');
    const { code, err } = await rig.run('work');
    expect({ code, err }).toEqual({
      code: 0,
      err: 'Going on with work: 1 of 2 steps are done.\n',
    });
    expect(await rig.notes('work')).toEqual(['one', 'two', 'two']);
  });

  it('goes on after Ctrl-C, which exits with 130', async () => {
    const rig = await runRig();
    await rig.addSteps('work', HANGING);
    const running = rig.begin(['work']);
    await running.until('work: at it');
    running.child.kill('SIGINT');
    const { code, err } = await running.ended;
    expect({ code, err }).toEqual({
      code: 130,
      err: 'work: at it\nEnding. Ctrl-C once more ends it at once.\nInterrupted: run it again to go on.\n',
    });
    await rig.open('work', 'gate');
    expect((await rig.run('work')).code).toBe(0);
    expect(await rig.notes('work')).toEqual(['one', 'two', 'two']);
  });

  it('ends at once with a second Ctrl-C, though a step does not listen', async () => {
    const rig = await runRig();
    await rig.addSteps('work', `step('deaf', () => new Promise(() => undefined))`);
    const running = rig.begin(['work']);
    await running.until('start      deaf');
    running.child.kill('SIGINT');
    await running.until('Ending.');
    running.child.kill('SIGINT');
    const { code, err } = await running.ended;
    expect(code).toBe(130);
    expect(err).not.toContain('Interrupted');
  });

  it('skips what was under way when it was killed and must not run twice', async () => {
    const rig = await runRig();
    await rig.addSteps('work', ONCE);
    await killedInTwo(rig);
    const { code, out } = await rig.run('work');
    expect(code).toBe(0);
    expect(lines(out)).toEqual([
      'skip       two',
      'work: completed in N s, 1 step done, 1 skipped',
    ]);
    expect(await rig.notes('work')).toEqual(['one', 'two']);
  });
});

describe('firstlight plugin run --resume-from', () => {
  it('runs that step and what depends on it again, after a run that completed', async () => {
    const rig = await runRig();
    await rig.addSteps('work', FAILING);
    await rig.run('work');
    await rig.open('work', 'luck');
    await rig.run('work');
    const { code, out } = await rig.run('work', '--resume-from', 'two');
    expect(code).toBe(0);
    expect(lines(out).filter((line) => line.startsWith('start'))).toEqual([
      'start      two  Doing two',
      'start      three  Doing three',
    ]);
  });

  it('runs the step that was under way when it was killed', async () => {
    const rig = await runRig();
    await rig.addSteps('work', HANGING);
    await killedInTwo(rig);
    await rig.open('work', 'gate');
    expect((await rig.run('work', '--resume-from', 'two')).code).toBe(0);
    expect(await rig.notes('work')).toEqual(['one', 'two', 'two']);
  });

  it('runs a step before the one that was under way when it was killed', async () => {
    const rig = await runRig();
    await rig.addSteps('work', HANGING);
    await killedInTwo(rig);
    await rig.open('work', 'gate');
    expect((await rig.run('work', '--resume-from', 'one')).code).toBe(0);
    expect(await rig.notes('work')).toEqual(['one', 'two', 'one', 'two']);
  });

  it('names the step that is likely meant, and runs nothing', async () => {
    const rig = await runRig();
    await rig.addSteps('work', FAILING);
    await rig.run('work');
    expect(await rig.run('work', '--resume-from', 'thre')).toEqual({
      code: 1,
      out: '',
      err: `execution/not-found: The execution has no step "thre".
  Hint: Did you mean "three"?
`,
    });
    expect(await rig.notes('work')).toEqual(['one', 'two']);
  });

  it('needs an earlier run', async () => {
    const rig = await runRig();
    await rig.addSteps('work', FAILING);
    expect(await rig.run('work', '--resume-from', 'two')).toEqual({
      code: 1,
      out: '',
      err: 'execution/not-found: "work" cannot be resumed from "two": it has not run here before.\n',
    });
  });
});

describe('firstlight plugin run --json', () => {
  it('writes every event as a line of JSON, and nothing else', async () => {
    const rig = await runRig();
    await rig.addSteps(
      'work',
      `step('one', async function* () {
        yield { type: 'progress', percent: 50, message: 'Half' };
        yield { type: 'output', text: 'a line' };
      })`,
    );
    const { code, out, err } = await rig.run('work', '--json');
    expect(code).toBe(0);
    expect(lines(err)[0]).toBe('work: completed in N s, 1 step done');
    const events = out
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as ExecutionEvent);
    const common = {
      id: expect.stringMatching(/^\w+\.\d+$/) as string,
      executionId: events[0]?.executionId,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
    };
    const numbers = { stepNumber: 1, totalSteps: 1 };
    const durationSeconds = expect.any(Number) as number;
    expect(events).toEqual(
      [
        { type: 'ExecutionStatus', status: 'running', progress: 0 },
        { type: 'StepStart', stepName: 'one', ...numbers, stepDescription: 'Doing one' },
        { type: 'StepProgress', stepName: 'one', percent: 50, message: 'Half' },
        { type: 'StepOutput', stepName: 'one', stream: 'stdout', text: 'a line' },
        { type: 'StepEnd', stepName: 'one', success: true, skipped: false, durationSeconds },
        { type: 'ExecutionStatus', status: 'completed', progress: 100 },
      ].map((body) => ({ ...common, ...body })),
    );
  });

  it('has the failure in the end of the step', async () => {
    const rig = await runRig();
    await rig.addSteps('work', FAILING);
    const { code, out } = await rig.run('work', '--json');
    expect(code).toBe(1);
    const events = out.split('\n').slice(0, -1);
    expect(events.map((line) => JSON.parse(line) as ExecutionEvent)).toContainEqual(
      expect.objectContaining({ type: 'StepEnd', stepName: 'two', errorMessage: 'no luck' }),
    );
  });
});

describe('the questions of a plugin that is run without a terminal', () => {
  it('get their default', async () => {
    const rig = await runRig();
    await rig.addSteps('work', QUESTION);
    expect((await rig.run('work')).code).toBe(0);
    expect(await rig.notes('work')).toEqual(['keep']);
  });

  it('get the answer of --answers', async () => {
    const rig = await runRig();
    const answers = path.join(rig.folder, 'answers.toml');
    await writeFile(answers, '[work.questions]\noverwrite = "overwrite"\n');
    await rig.addSteps('work', QUESTION);
    const { code, out } = await rig.run('work', '--answers', answers);
    expect(code).toBe(0);
    expect(lines(out)).toContain('answer     overwrite');
    expect(await rig.notes('work')).toEqual(['overwrite']);
  });
});

describe('firstlight plugin run, used wrongly', () => {
  it('names the plugin that is likely meant', async () => {
    const { code, out, err } = await (await runRig()).run('inventry', ...SAMPLE_PLUGINS);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^plugin\/not-found: Plugin "inventry" is not there; looked for /);
    expect(err).toContain('\n  Hint: Did you mean "inventory"?\n');
  });

  it.each(['../inventory', ''])('takes no path for a name: %j', async (name) => {
    const { code, err } = await (await runRig()).run(name, ...SAMPLE_PLUGINS);
    expect(code).toBe(1);
    expect(err).toMatch(/^plugin\/not-found: .* is no name of a plugin/);
  });

  it.each([
    [[], /missing required argument 'name'/],
    [['work', '--fresh', '--resume-from', 'two'], /'--fresh' cannot be used with option/],
    [['work', '--fast'], /unknown option '--fast'/],
  ])('exits with 2: %j', async (args, message) => {
    const { code, out, err } = await (await runRig()).run(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(message);
  });

  it('says what is wrong with the answers', async () => {
    const rig = await runRig();
    const { code, err } = await rig.run('work', '--answers', path.join(rig.folder, 'none.toml'));
    expect(code).toBe(1);
    expect(err).toMatch(/none\.toml cannot be read: ENOENT\n$/);
  });

  it('leaves a home alone that another one uses', async () => {
    const rig = await runRig();
    await rig.addSteps('work', HANGING);
    const running = rig.begin(['work']);
    await running.until('work: at it');
    const { code, err } = await rig.run('work');
    expect(code).toBe(1);
    expect(err).toMatch(/^session\/locked: /);
  });
});

const SHOW_CURSOR = '\u001b[?25h';

// Where there is no `script`, nothing gives a program a terminal.
describe.skipIf(!hasTerminals)('firstlight plugin run in a terminal', () => {
  it('shows a list that changes in place, and all of it at the end', async () => {
    const rig = await runRig();
    await rig.addSteps('work', FAILING);
    const running = rig.inTerminal(['work'], { columns: 30, rows: 20, env: { NO_COLOR: '1' } });
    const { code, out } = await running.ended;
    expect(code).toBe(1);
    const list = out.slice(out.lastIndexOf('\u001b[0J')).replaceAll('\u001b[2K', '');
    const [shown = '', after = ''] = list.split(SHOW_CURSOR);
    expect(lines(shown.replaceAll('\r', ''))).toEqual([
      '\u001b[0J✓ Doing one             N s',
      '✗ Doing two             N s',
      '    no luck',
      '⊘ Doing three         blocked',
      expect.stringMatching(/^\d+ % {2}3 of 3 steps {2}\d+ s$/),
    ]);
    expect(after).toContain('work: failed in');
    expect(out).not.toMatch(/\u001b\[\d+m/);
  });

  it('asks there, and takes a number for an answer', async () => {
    const rig = await runRig();
    await rig.addSteps('work', QUESTION);
    const running = rig.inTerminal(['work']);
    await running.until('Overwrite it (overwrite)');
    running.child.stdin?.write('2');
    expect((await running.ended).code).toBe(0);
    expect(await rig.notes('work')).toEqual(['overwrite']);
  });

  it('takes Enter for the default answer', async () => {
    const rig = await runRig();
    await rig.addSteps('work', QUESTION);
    const running = rig.inTerminal(['work']);
    await running.until('Keep it (keep), Enter');
    running.child.stdin?.write('\r');
    expect((await running.ended).code).toBe(0);
    expect(await rig.notes('work')).toEqual(['keep']);
  });

  it('gives the cursor back after Ctrl-C, also while it asks', async () => {
    const rig = await runRig();
    await rig.addSteps('work', QUESTION);
    const running = rig.inTerminal(['work']);
    await running.until('Keep it (keep), Enter');
    running.child.stdin?.write('\u0003');
    const { code, out } = await running.ended;
    expect(code).toBe(130);
    expect(out.lastIndexOf(SHOW_CURSOR)).toBeGreaterThan(out.lastIndexOf('\u001b[?25l'));
  });

  it.each([
    ['1', ['one', 'two', 'two']],
    ['2', ['one', 'two']],
  ])('asks whether what must not run twice is to run again: %s', async (key, notes) => {
    const rig = await runRig();
    await rig.addSteps('work', ONCE);
    const first = rig.inTerminal(['work']);
    await first.until('work: at it');
    first.child.stdin?.write('\u0003');
    await first.ended;
    await rig.open('work', 'gate');
    const second = rig.inTerminal(['work']);
    await second.until('Go on without it (skip), Enter');
    second.child.stdin?.write(key);
    expect((await second.ended).code).toBe(0);
    expect(await rig.notes('work')).toEqual(notes);
  });
});
