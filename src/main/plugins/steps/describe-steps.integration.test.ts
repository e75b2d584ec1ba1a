import { describe, expect, it } from 'vitest';
import { manualTimer } from '../manual-timer.test-support.ts';
import { pluginRig } from '../plugin-rig.test-support.ts';
import { openStepped, steppedFiles } from './testing/stepped-plugin.test-support.ts';

const STEPS = `steps: [{ name: 'a', description: 'A', run() {} }]`;
const COMMANDS = `commands: [{ cmd: ['true'] }]`;
const RUN = `run() {}`;

async function described(body: string, answers = {}) {
  await using rig = await pluginRig();
  await rig.addPlugin('stepped', steppedFiles(body));
  const plugin = await rig.open('stepped');
  const { stepsKind, hasWork } = plugin;
  return { stepsKind, hasWork, described: await plugin.describeSteps(answers) };
}

async function namesOf(body: string, answers = {}) {
  const { described: result, stepsKind } = await described(body, answers);
  if (!result.ok) throw new Error(result.failure.message);
  const { steps } = result.value.graph;
  return { stepsKind, steps: steps.map(({ name, work }) => `${name}: ${work.kind}`) };
}

describe('the work of a plugin', () => {
  it('INT-001 is its steps when there are any', async () => {
    expect(await namesOf(`${STEPS}, ${COMMANDS}, ${RUN}`)).toEqual({
      stepsKind: 'steps',
      steps: ['a: run'],
    });
  });

  it('INT-002 falls back to its commands', async () => {
    expect(await namesOf(`steps: [], ${COMMANDS}, ${RUN}`)).toEqual({
      stepsKind: 'commands',
      steps: ['command-1: commands'],
    });
  });

  it('INT-003 falls back to its run', async () => {
    expect(await namesOf(`steps: [], commands: [], ${RUN}`)).toEqual({
      stepsKind: 'run',
      steps: ['run: run'],
    });
  });

  it('falls back, too, when a function gives nothing for these answers', async () => {
    const body = `steps: (ctx) => (ctx.answers.full ? [{ name: 'a', description: 'A', run() {} }] : []), ${RUN}`;
    expect(await namesOf(body, { full: true })).toEqual({ stepsKind: 'steps', steps: ['a: run'] });
    expect(await namesOf(body)).toEqual({ stepsKind: 'steps', steps: ['run: run'] });
  });

  it('is nothing where it declares nothing', async () => {
    expect(await described('')).toEqual({
      stepsKind: 'none',
      hasWork: false,
      described: {
        ok: true,
        value: { graph: { steps: [], concurrency: 4, rollback: false }, secretInputs: [] },
      },
    });
  });

  it('has functions told apart, defaults filled in, and its secrets named', async () => {
    const { described: result, hasWork } = await described(
      `
      secrets: ['token'], concurrency: 2, rollback: true,
      steps: async (ctx) => [
        { name: 'a', description: 'For ' + ctx.answers.who, run() {}, check: () => true, undo() {} },
        { name: 'b', description: 'B', dependsOn: ['a'], commands: [{ cmd: ['true'] }], when: '\${{ inputs.who }}' },
      ]`,
      { who: 'Ann' },
    );
    expect(hasWork).toBe(true);
    expect(result).toMatchObject({
      ok: true,
      value: {
        secretInputs: ['token'],
        graph: {
          concurrency: 2,
          rollback: true,
          steps: [
            {
              name: 'a',
              description: 'For Ann',
              work: { kind: 'run' },
              has: { check: true, undo: true, verify: false, when: false, forEach: false },
              idempotent: true,
            },
            { name: 'b', dependsOn: ['a'], when: '${{ inputs.who }}' },
          ],
        },
      },
    });
  });

  it.each([
    [
      'steps that break the rules',
      `steps: [{ name: 'a', description: 'A' }]`,
      'execution/bad-steps',
      /^Plugin "stepped": The step "a":? it must have exactly one of/,
    ],
    [
      'a function that throws',
      `steps: () => { throw new Error('no steps today'); }`,
      'plugin/failed',
      /^Plugin "stepped": no steps today$/,
    ],
    [
      'a function that ends the process',
      `steps: () => process.exit(3)`,
      'plugin/crashed',
      /^Plugin "stepped" ended with exit code 3\.$/,
    ],
  ])('is a failure that says so for %s', async (_what, body, code, message) => {
    const { described: result } = await described(body);
    expect(result).toMatchObject({
      ok: false,
      failure: { code, message: expect.stringMatching(message) as string },
    });
  });

  it('ends a plugin that never says what its steps are', async () => {
    const timer = manualTimer();
    await using rig = await pluginRig({ timer });
    await rig.addPlugin('stepped', steppedFiles(`steps: () => { for (;;); }`));
    const plugin = await rig.open('stepped');
    const asked = plugin.describeSteps({});
    await timer.whenWaiting(10_000);
    timer.advance(10_000);
    // It hears no SIGTERM in its endless loop either.
    await timer.whenWaiting(1000);
    timer.advance(1000);
    expect(await asked).toEqual({
      ok: false,
      failure: {
        code: 'plugin/timeout',
        message: 'Plugin "stepped" did not say within 10 seconds what its steps are.',
      },
    });
    expect(plugin.processState).toBe('stopped');
  });

  it('is not what a process says that talks past the rules', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('stepped', steppedFiles(`${STEPS}, routes: {}`));
    const { plugin } = await openStepped(rig, 'stepped');
    // A forged answer: the plugin's own code can write to the pipe.
    await rig.addPlugin('forger', {
      ...steppedFiles(''),
      'index.js': `
        import { writeSync } from 'node:fs';
        const graph = { steps: [{ name: 'a', work: { kind: 'commands', commands: [{ cmd: 'rm -rf /' }] } }] };
        const forge = (chunk) => {
          const [, id] = /"i":"([^"]+)"/.exec(chunk) ?? [];
          writeSync(3, JSON.stringify({ t: 's', i: id, r: { ok: true, value: { kind: 'steps', graph } } }) + '\\n');
        };
        const parse = JSON.parse;
        JSON.parse = (text, ...rest) => {
          if (text.includes('describeSteps')) forge(text);
          return parse(text, ...rest);
        };
        export default { steps: () => new Promise(() => undefined) };`,
    });
    const forger = await rig.open('forger');
    expect(await forger.describeSteps({})).toMatchObject({
      ok: false,
      failure: { code: 'execution/bad-steps' },
    });
    expect((await plugin.describeSteps({})).ok).toBe(true);
  });
});

describe('the plain run of a plugin as a step', () => {
  it('has the answers as inputs, and its progress as events', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'plain',
      steppedFiles(`run(ctx) { ctx.progress(50, 'Hello ' + ctx.answers.who); }`),
    );
    const { graph, work, events, plugin } = await openStepped(rig, 'plain', { who: 'Ann' });
    expect(graph.steps).toMatchObject([{ name: 'run', description: 'plain', idempotent: true }]);
    expect(await work('run')).toEqual({ ok: true, value: {} });
    expect(events).toEqual([{ type: 'progress', percent: 50, message: 'Hello Ann' }]);
    expect(plugin.processState).toBe('ready');
  });

  it('fails with the words of what it threw', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('plain', steppedFiles(`run() { throw new Error('no work today'); }`));
    const { work } = await openStepped(rig, 'plain');
    expect(await work('run')).toEqual({
      ok: false,
      failure: { code: 'plugin/failed', message: 'Plugin "plain": no work today' },
    });
  });
});
