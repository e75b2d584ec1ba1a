import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { functionPerformer } from '../../executors/testing/function-performer.test-support.ts';
import { aStep } from '../graph/step.test-support.ts';
import type { OpenEngine } from './create-engine.ts';
import {
  begin,
  chain,
  door,
  EngineRig,
  PERSON,
  requestOf,
  standing,
  valueOf,
} from './testing/engine-rig.test-support.ts';

const SECRET = 'hunter2-of-all-hunters';
let rig: EngineRig;
let engine: OpenEngine;

beforeEach(async () => {
  rig = await EngineRig.make();
  engine = await rig.open();
});

afterEach(() => rig.remove());

/** Everything that leaves the engine, or is on the disk. */
async function everything(id: string, events: readonly unknown[]): Promise<string> {
  const logs = await engine.logs(id);
  const shown = {
    view: engine.get(id),
    list: engine.list(),
    audit: engine.audit(id),
    events,
    logs,
  };
  return JSON.stringify(shown) + (await rig.allBytes()) + rig.logged.join('\n');
}

describe('a secret', () => {
  it('is in no file, log, event or view, however a step tries to say it', async () => {
    const performer = functionPerformer({
      a: {
        async *run({ scope, askPerson }) {
          const password = JSON.stringify(scope.inputs['password']).slice(1, -1);
          yield { type: 'value', name: 'url', value: 'https://x/?t=token-of-the-day' };
          yield { type: 'value', name: 'token', value: 'token-of-the-day', secret: true };
          yield { type: 'output', stream: 'stdout', text: `with ${password}` };
          yield { type: 'progress', percent: 50, message: `using ${password}` };
          yield { type: 'value', name: 'copy', value: { deep: [`x${password}x`] } };
          await askPerson({
            class: 'c',
            text: `Is ${password} right?`,
            actions: [{ id: 'yes', label: `Yes, ${password}` }],
            default: 'yes',
          });
          return { whole: password };
        },
      },
      b: {
        run: ({ scope }) => {
          throw new Error(`no entry with ${JSON.stringify(scope)}`);
        },
      },
    });
    const started = await begin(
      engine,
      requestOf(chain('a', 'b'), performer, {
        inputs: { password: SECRET, region: 'eu' },
        secretInputs: ['password'],
        headless: true,
      }),
    );
    const view = await started.ended();
    expect(standing(view)).toEqual(['a completed', 'b failed']);
    expect(view.error?.message).toContain('***');
    expect(view.results['a']?.outputs).toEqual({});
    const all = await everything(started.id, started.events);
    expect(all).toContain('using ***');
    expect(all).not.toContain(SECRET);
    expect(all).not.toContain('token-of-the-day');
  });

  it.each([
    ['class', { class: `ask-${SECRET}` }],
    ['action', { actions: [{ id: SECRET, label: 'Yes' }], default: SECRET }],
    ['default', { default: SECRET }],
  ])('in the %s of a question fails its step, since it cannot be masked', async (_, fields) => {
    const question = { class: 'c', text: 't', actions: [{ id: 'yes', label: 'Yes' }] };
    let asked = 0;
    const performer = functionPerformer({
      a: {
        async run({ askPerson }) {
          asked += 1;
          await askPerson({ ...question, default: 'yes', ...fields });
        },
      },
    });
    const retry = { maxAttempts: 2, backoff: { initialSeconds: 0.001, maxSeconds: 0.001 } };
    const started = await begin(
      engine,
      requestOf([aStep('a', { retry })], performer, {
        inputs: { password: SECRET },
        secretInputs: ['password'],
      }),
    );
    expect((await started.ended()).error?.message).toBe(
      'the class or an action id of its question holds a secret, and questions are written down',
    );
    expect(asked).toBe(1);
    expect(await everything(started.id, started.events)).not.toContain(SECRET);
  });

  it('is seen by the steps that may read it', async () => {
    const seen: unknown[] = [];
    const performer = functionPerformer({
      a: {
        // eslint-disable-next-line @typescript-eslint/require-await
        async *run() {
          yield { type: 'value', name: 'token', value: 'abc-secret', secret: true };
        },
      },
      b: {
        run: ({ scope }) =>
          void seen.push(scope.inputs['password'], scope.steps['a']?.outputs['token']),
      },
    });
    const request = requestOf(chain('a', 'b'), performer, {
      inputs: { password: SECRET },
      secretInputs: ['password'],
    });
    await (await begin(engine, request)).ended();
    expect(seen).toEqual([SECRET, 'abc-secret']);
  });

  it('is still there for a step that is tried again later in the same life', async () => {
    const seen: unknown[] = [];
    let isBroken = true;
    const performer = functionPerformer({
      a: {
        // eslint-disable-next-line @typescript-eslint/require-await
        async *run() {
          yield { type: 'value', name: 'token', value: 'abc-secret', secret: true };
        },
      },
      b: {
        run: ({ scope }) => {
          if (isBroken) throw new Error('no');
          seen.push(scope.steps['a']?.outputs['token']);
        },
      },
    });
    const started = await begin(engine, requestOf(chain('a', 'b'), performer));
    await started.ended();
    isBroken = false;
    engine.suspend(started.id);
    valueOf(await engine.adopt(started.id, { performer, inputs: {} }));
    valueOf(await engine.control(started.id, { type: 'retry', step: 'b' }, PERSON));
    expect((await started.ended()).status).toBe('completed');
    expect(seen).toEqual(['abc-secret']);
  });

  it('that went with a crash is made again by the step that gave it', async () => {
    const seen: unknown[] = [];
    const [begun, work] = [door(), door()];
    const performer = functionPerformer({
      a: {
        // eslint-disable-next-line @typescript-eslint/require-await
        async *run() {
          yield { type: 'value', name: 'token', value: `abc-${seen.length}`, secret: true };
          seen.push('made');
        },
      },
      b: {
        run: async ({ scope }) => {
          seen.push(scope.steps['a']?.outputs['token']);
          begun.open();
          await work.opened;
        },
      },
    });
    const started = await begin(engine, requestOf(chain('a', 'b'), performer));
    await begun.opened;
    engine = await rig.open();
    work.open();
    valueOf(await engine.adopt(started.id, { performer, inputs: {} }));
    expect((await engine.whenEnded(started.id)).status).toBe('completed');
    expect(seen).toEqual(['made', 'abc-0', 'made', 'abc-2']);
  });

  it('among the items of a step fails it, since items are written down', async () => {
    const steps = [aStep('each', { forEach: '${{ inputs.passwords }}' })];
    const request = requestOf(steps, functionPerformer({}), {
      inputs: { passwords: [SECRET] },
      secretInputs: ['passwords'],
    });
    const started = await begin(engine, request);
    const view = await started.ended();
    expect(view.error?.message).toBe(
      'forEach of the step "each" gives items that hold a secret, and items are written down.',
    );
    expect(await everything(started.id, started.events)).not.toContain(SECRET);
  });
});
