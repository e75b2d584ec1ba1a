import { describe, expect, it } from 'vitest';
import { QuestionProblem } from '../../execution/engine/step-performer.ts';
import { pluginRig } from '../plugin-rig.test-support.ts';
import { openStepped, stepA, steppedFiles } from './testing/stepped-plugin.test-support.ts';

describe('a step that is a function in a plugin', () => {
  it('says what it yields, in order, and gives what it returns', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(`async *run() {
          yield { type: 'progress', percent: 10, message: 'one' };
          yield { type: 'output', text: 'first\\nsecond\\n' };
          yield { type: 'output', text: 'third', stream: 'stderr' };
          yield { type: 'value', name: 'path', value: '/a' };
          yield { type: 'value', name: 'token', value: 'hidden', secret: true };
          yield { type: 'metric', name: 'bytes', value: 12 };
          return { size: 3 };
        }`),
      ),
    );
    const { work, events, plugin } = await openStepped(rig, 'stepped');
    expect(await work('a')).toEqual({ ok: true, value: { outputs: { size: 3 } } });
    expect(events).toEqual([
      { type: 'progress', percent: 10, message: 'one' },
      { type: 'output', stream: 'stdout', text: 'first' },
      { type: 'output', stream: 'stdout', text: 'second' },
      { type: 'output', stream: 'stderr', text: 'third' },
      { type: 'value', name: 'path', value: '/a' },
      { type: 'value', name: 'token', value: 'hidden', secret: true },
      { type: 'metric', name: 'bytes', value: 12 },
    ]);
    expect(plugin.processState).toBe('ready');
  });

  it('may be a plain async function, and knows where it is', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(`run: async (ctx) => {
          ctx.progress(5, 'so far');
          const { inputs, answers, steps, item, index, attempt } = ctx;
          return { inputs, answers, steps, item, index, attempt, root: process.cwd() };
        }`),
      ),
    );
    const { work, events } = await openStepped(rig, 'stepped', { who: 'Ann' });
    const scope = { steps: { before: { outputs: { n: 1 } } }, item: 'x', index: 2 };
    expect(await work('a', { scope, attempt: 3 })).toEqual({
      ok: true,
      value: {
        outputs: {
          inputs: { who: 'Ann' },
          answers: { who: 'Ann' },
          ...scope,
          attempt: 3,
          root: expect.stringMatching(/plugins\/stepped$/) as string,
        },
      },
    });
    expect(events).toEqual([{ type: 'progress', percent: 5, message: 'so far' }]);
  });

  it('has its other functions asked, undo included', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(`run() {}, check: () => true, verify: async () => false, when: (ctx) => ctx.inputs.on,
          forEach: () => [1, 'two', { three: 3 }],
          async *undo() { yield { type: 'output', text: 'taken back' }; return { ignored: true }; }`),
      ),
    );
    const { ask, undo, events } = await openStepped(rig, 'stepped', { on: true });
    expect(await ask('a', 'check')).toEqual({ ok: true, value: true });
    expect(await ask('a', 'verify')).toEqual({ ok: true, value: false });
    expect(await ask('a', 'when')).toEqual({ ok: true, value: true });
    expect(await ask('a', 'forEach')).toEqual({ ok: true, value: [1, 'two', { three: 3 }] });
    expect(await undo('a')).toEqual({ ok: true, value: {} });
    expect(events).toEqual([{ type: 'output', stream: 'stdout', text: 'taken back' }]);
  });

  it('asks a person, and goes on with the answer', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(`async *run() {
          yield { type: 'output', text: 'before' };
          const answer = yield { type: 'question', class: 'overwrite', text: 'Overwrite it?',
            actions: [{ id: 'yes', label: 'Yes' }, { id: 'no', label: 'No' }], default: 'no' };
          return { answer };
        }`),
      ),
    );
    const { work, events } = await openStepped(rig, 'stepped');
    const asked: unknown[] = [];
    const result = await work('a', {
      askPerson: (question) => {
        asked.push({ question, after: [...events] });
        return Promise.resolve('yes');
      },
    });
    expect(result).toEqual({ ok: true, value: { outputs: { answer: 'yes' } } });
    expect(asked).toEqual([
      {
        question: {
          class: 'overwrite',
          text: 'Overwrite it?',
          actions: [
            { id: 'yes', label: 'Yes' },
            { id: 'no', label: 'No' },
          ],
          default: 'no',
        },
        after: [{ type: 'output', stream: 'stdout', text: 'before' }],
      },
    ]);
  });

  it('may ask with the help of the SDK', async () => {
    await using rig = await pluginRig();
    const files = steppedFiles('');
    await rig.addPlugin('stepped', {
      ...files,
      'index.js': `import { ask, defineStep, definePlugin } from 'firstlight/sdk';
        const actions = [{ id: 'a', label: 'A' }, { id: 'b', label: 'B' }];
        export default definePlugin({ steps: [defineStep({ name: 'a', description: 'A',
          async *run() { return { answer: yield* ask({ class: 'c', text: 'Which?', actions, default: 'a' }) }; },
        })] });`,
    });
    const { work } = await openStepped(rig, 'stepped');
    expect(await work('a', { askPerson: () => Promise.resolve('b') })).toEqual({
      ok: true,
      value: { outputs: { answer: 'b' } },
    });
  });

  it('runs beside others of its plugin', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(`
        steps: () => {
          let open; const opened = new Promise((resolve) => { open = resolve; });
          const step = (name, run) => ({ name, description: name, run });
          return [
            step('first', async function* () { yield { type: 'output', text: 'waits' }; await opened; return { n: 1 }; }),
            step('second', async () => { open(); return { n: 2 }; }),
          ];
        }`),
    );
    const { work, plugin, events } = await openStepped(rig, 'stepped');
    const first = work('first');
    expect(plugin.processState).toBe('running');
    await expect.poll(() => events.length).toBe(1);
    expect(await work('second')).toEqual({ ok: true, value: { outputs: { n: 2 } } });
    expect(await first).toEqual({ ok: true, value: { outputs: { n: 1 } } });
    expect(plugin.processState).toBe('ready');
  });

  it.each([
    ['throws', `run() { throw new Error('no space left'); }`, 'step/failed', 'no space left'],
    [
      'yields no event',
      `async *run() { yield 'hello'; }`,
      'step/bad-value',
      'Step "a": it yielded something that is no event: { type: "progress" | "output" | "value" | "metric" | "question" }.',
    ],
    [
      'gives a value that is no JSON',
      `async *run() { yield { type: 'value', name: 'n', value: NaN }; }`,
      'step/bad-value',
      'Step "a": its output "n" is not JSON: it is NaN.',
    ],
    [
      'returns something that is no JSON',
      `run: async () => ({ when: [new Map()] })`,
      'step/bad-value',
      'Step "a": what it returned cannot be used: when[0] is a Map.',
    ],
    [
      'returns no object',
      `run: async () => 'done'`,
      'step/bad-value',
      'Step "a": what it returned cannot be used: it is no object of named outputs.',
    ],
    [
      'gives more than 256 KiB',
      `async *run() { yield { type: 'value', name: 'a', value: 'x'.repeat(200_000) }; return { b: 'x'.repeat(100_000) }; }`,
      'step/bad-value',
      'Step "a": its outputs are over 256 KiB with what it returned.',
    ],
    [
      'asks a question without an answer',
      `async *run() { yield { type: 'question', class: 'c', text: 't', actions: [], default: 'x' }; }`,
      'step/bad-value',
      'Step "a": it asks a question in which `actions` is no list of 1 to 20 actions.',
    ],
  ])('fails and says so when it %s', async (_what, fields, code, message) => {
    await using rig = await pluginRig();
    await rig.addPlugin('stepped', steppedFiles(stepA(fields)));
    const { work } = await openStepped(rig, 'stepped');
    expect(await work('a')).toEqual({ ok: false, failure: { code, message } });
  });

  it.each([
    ['check', `check: () => 'yes'`, 'its `check` must give true or false, but gave a string.'],
    ['forEach', `forEach: () => ({})`, 'its `forEach` must give a list, but gave a object.'],
    ['forEach', `forEach: () => [1n]`, 'what its `forEach` gave is not JSON: [0] is a bigint.'],
  ] as const)('is refused a %s that gives nonsense', async (part, fields, message) => {
    await using rig = await pluginRig();
    await rig.addPlugin('stepped', steppedFiles(stepA(`run() {}, ${fields}`)));
    const { ask } = await openStepped(rig, 'stepped');
    expect(await ask('a', part)).toEqual({
      ok: false,
      failure: { code: 'step/bad-value', message: `Step "a": ${message}` },
    });
  });

  it('is told why a question of its is not asked, and fails with that', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(`async *run() {
          yield { type: 'question', class: 'c', text: 't', actions: [{ id: 'a', label: 'A' }], default: 'a' };
        }`),
      ),
    );
    const { work } = await openStepped(rig, 'stepped');
    const askPerson = () => Promise.reject(new QuestionProblem('it asks too much'));
    expect(await work('a', { askPerson })).toEqual({
      ok: false,
      failure: { code: 'step/bad-value', message: 'Step "a": it asks too much.' },
    });
  });

  it('is not given more than a message holds', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('stepped', steppedFiles(stepA('run() {}')));
    const { work } = await openStepped(rig, 'stepped');
    const large = { steps: { before: { outputs: { text: 'x'.repeat(1024 * 1024) } } } };
    expect(await work('a', { scope: large })).toMatchObject({
      ok: false,
      failure: { code: 'step/bad-value' },
    });
  });
});
