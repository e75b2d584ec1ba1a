import { describe, expect, expectTypeOf, it } from 'vitest';
import type { CommandSpec } from '../main/execution/step-spec.ts';
import type { WorkEvent } from '../main/execution/engine/step-performer.ts';
import {
  ask,
  definePlugin,
  defineStep,
  type Command,
  type StepContext,
  type StepOutput,
  type StepProgress,
  type StepValue,
} from './index.ts';

const about = { name: 'a', description: 'A step' };

describe('defineStep', () => {
  it('gives back what it was given: commands, a function or work', () => {
    const run = { ...about, run: () => Promise.resolve() };
    expect(defineStep(run)).toBe(run);
    const commands = { ...about, commands: [{ cmd: ['true'] }] };
    expect(defineStep(commands)).toBe(commands);
    const work = { ...about, work: { type: 'http', config: {} } };
    expect(defineStep(work)).toBe(work);
  });

  it('takes one kind of work, in the editor already', () => {
    // @ts-expect-error two kinds of work
    defineStep({ ...about, commands: [], run: () => Promise.resolve() });
    // @ts-expect-error two kinds of work
    defineStep({ ...about, commands: [], work: { type: 'http', config: {} } });
    // @ts-expect-error no work at all
    defineStep(about);
    // @ts-expect-error no description
    defineStep({ name: 'a', run: () => Promise.resolve() });
    // @ts-expect-error a shell string
    defineStep({ ...about, commands: [{ cmd: 'rm -rf /' }] });
    // @ts-expect-error privileges are for commands
    defineStep({ ...about, sudo: true, run: () => Promise.resolve() });
    // @ts-expect-error no such field
    defineStep({ ...about, dependOn: ['b'], run: () => Promise.resolve() });
    expect(defineStep({ ...about, sudo: true, commands: [] })).toBeDefined();
  });

  it('knows what a generator may yield, and what the answer to a question is', () => {
    const step = defineStep({
      ...about,
      async *run(ctx) {
        expectTypeOf(ctx).toEqualTypeOf<StepContext>();
        yield { type: 'progress', percent: 1 };
        const answer = yield* ask({
          class: 'overwrite',
          text: 'Overwrite it?',
          actions: [
            { id: 'yes', label: 'Yes' },
            { id: 'no', label: 'No' },
          ],
          default: 'no',
        });
        expectTypeOf(answer).toEqualTypeOf<'yes' | 'no'>();
        const plain = yield { type: 'output', text: 'hello' };
        expectTypeOf(plain).toEqualTypeOf<string | undefined>();
        await Promise.resolve();
        return { answer };
      },
    });
    defineStep({
      ...about,
      // @ts-expect-error no such event
      async *run() {
        await Promise.resolve();
        yield { type: 'progres', percent: 1 };
      },
    });
    ask({
      class: 'a',
      text: 'b',
      actions: [{ id: 'yes', label: 'Yes' }],
      // @ts-expect-error no such action
      default: 'never',
    });
    expect('run' in step).toBe(true);
  });

  it('takes functions that give outputs, or nothing', () => {
    const steps = [
      defineStep({ ...about, run: () => Promise.resolve({ path: '/a' }) }),
      defineStep({ ...about, async run() {} }),
      defineStep({
        ...about,
        async *run() {
          await Promise.resolve();
          yield { type: 'metric', name: 'bytes', value: 1 };
        },
      }),
    ];
    expect(steps).toHaveLength(3);
  });
});

describe('definePlugin', () => {
  it('knows the answers in its steps', () => {
    const shared = defineStep({ ...about, run: () => Promise.resolve() });
    const plugin = definePlugin<{ readonly region: string }>({
      secrets: ['token'],
      concurrency: 2,
      rollback: true,
      steps: (ctx) => [
        shared,
        {
          ...about,
          when: (step) => step.inputs.region === ctx.answers.region,
          run: async (step) => {
            expectTypeOf(step.inputs.region).toEqualTypeOf<string | undefined>();
            await Promise.resolve();
          },
        },
      ],
    });
    expect(typeof plugin.steps).toBe('function');
  });
});

describe('the types of the SDK', () => {
  it('are those of the engine', () => {
    expectTypeOf<Command>().toExtend<CommandSpec>();
    expectTypeOf<CommandSpec>().toExtend<Command>();
    expectTypeOf<StepProgress | StepValue>().toExtend<WorkEvent>();
    expectTypeOf<Required<StepOutput>>().toExtend<WorkEvent>();
  });
});
