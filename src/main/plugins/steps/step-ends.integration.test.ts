import { describe, expect, it } from 'vitest';
import { manualTimer } from '../manual-timer.test-support.ts';
import { groupLives, pluginRig } from '../plugin-rig.test-support.ts';
import { openStepped, stepA, steppedFiles } from './testing/stepped-plugin.test-support.ts';

const CANCELLED = {
  ok: false,
  failure: { code: 'step/cancelled', message: 'The step "a" was called off.' },
};

describe('a step that is called off', () => {
  it('hears its signal, and its plugin lives on', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(
          `async *run(ctx) { yield { type: 'progress' }; await until(ctx.signal); throw new Error('ended'); }`,
        ),
      ),
    );
    const abort = new AbortController();
    const { work, plugin } = await openStepped(rig, 'stepped');
    expect(await work('a', { signal: abort.signal, onEvent: () => abort.abort() })).toEqual(
      CANCELLED,
    );
    expect(plugin.processState).toBe('ready');
  });

  it('is ended at its next word, its clean-up included', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(`async *run(ctx) {
          try { yield { type: 'progress' }; await until(ctx.signal); yield { type: 'progress' }; ctx.log.info('too far'); }
          finally { ctx.log.info('cleaned up'); }
        }`),
      ),
    );
    const abort = new AbortController();
    const { work } = await openStepped(rig, 'stepped');
    const working = work('a', { signal: abort.signal, onEvent: () => abort.abort() });
    expect(await working).toEqual(CANCELLED);
    expect(rig.logs).toEqual(['info cleaned up']);
  });

  it('tells what it came to where it ended by itself: whether that counts is not decided here', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(
          `async *run(ctx) { yield { type: 'progress' }; await until(ctx.signal); return { n: 1 }; }`,
        ),
      ),
    );
    const abort = new AbortController();
    const { work } = await openStepped(rig, 'stepped');
    const working = work('a', { signal: abort.signal, onEvent: () => abort.abort() });
    expect(await working).toEqual({ ok: true, value: { outputs: { n: 1 } } });
  });

  it('is not begun where it was called off before', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin('stepped', steppedFiles(stepA(`run(ctx) { ctx.log.info('begun'); }`)));
    const { work } = await openStepped(rig, 'stepped');
    expect(await work('a', { signal: AbortSignal.abort() })).toEqual(CANCELLED);
    expect(rig.logs).toEqual([]);
  });

  it('waits for no answer any more', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(`async *run() {
          yield { type: 'question', class: 'c', text: 't', actions: [{ id: 'a', label: 'A' }], default: 'a' };
        }`),
      ),
    );
    const abort = new AbortController();
    const { work, plugin } = await openStepped(rig, 'stepped');
    const working = work('a', {
      signal: abort.signal,
      askPerson: () => {
        abort.abort();
        return new Promise(() => undefined);
      },
    });
    expect(await working).toEqual(CANCELLED);
    expect(plugin.processState).toBe('ready');
  });

  it('has its process ended where it does not listen; for its neighbours that is a crash', async () => {
    const timer = manualTimer();
    await using rig = await pluginRig({ timer });
    await rig.addPlugin(
      'stepped',
      steppedFiles(`steps: [
        { name: 'a', description: 'A', async *run() { yield { type: 'progress' }; await new Promise(() => undefined); } },
        { name: 'b', description: 'B', async *run() { yield { type: 'progress' }; await new Promise(() => undefined); } },
      ]`),
    );
    const { work, plugin, events } = await openStepped(rig, 'stepped');
    const abort = new AbortController();
    const a = work('a', { signal: abort.signal });
    const b = work('b');
    await expect.poll(() => events.length).toBe(2);
    abort.abort();
    await timer.whenWaiting(5000);
    timer.advance(5000);
    expect(await a).toEqual(CANCELLED);
    expect(await b).toEqual({
      ok: false,
      failure: {
        code: 'plugin/crashed',
        message:
          'Plugin "stepped" was ended because its step "a" did not end after it was called off.',
      },
    });
    expect(plugin.processState).toBe('stopped');
    expect(await work('b')).toMatchObject({ ok: false, failure: { code: 'plugin/not-running' } });
    await expect.poll(() => groupLives(plugin.pid)).toBe(false);
  });
});

describe('a plugin whose process ends in the middle of its steps', () => {
  it('fails all of them as a crash', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(`steps: [
        { name: 'a', description: 'A', async *run() { yield { type: 'progress' }; await new Promise(() => undefined); } },
        { name: 'b', description: 'B', run() { process.exit(7); } },
      ]`),
    );
    const { work, events, plugin } = await openStepped(rig, 'stepped');
    const a = work('a');
    await expect.poll(() => events.length).toBe(1);
    const failure = { code: 'plugin/crashed', message: 'Plugin "stepped" ended with exit code 7.' };
    expect(await work('b')).toEqual({ ok: false, failure });
    expect(await a).toEqual({ ok: false, failure });
    expect(await plugin.crashed).toEqual(failure);
  });

  it('is stopped: its steps are called off', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(
          `async *run(ctx) { yield { type: 'progress' }; await until(ctx.signal); throw new Error('ended'); }`,
        ),
      ),
    );
    const { work, plugin, events } = await openStepped(rig, 'stepped');
    const working = work('a');
    await expect.poll(() => events.length).toBe(1);
    await plugin.stop();
    expect(await working).toMatchObject({ ok: false, failure: { code: 'step/cancelled' } });
  });

  it.each([
    ['an event that is none', [{ type: 'no-such-event' }], 'it sent a step event that is none'],
    [
      'values without end',
      [{ type: 'value', name: 'a', value: 'x'.repeat(300_000) }],
      'it sent step values without end',
    ],
    [
      'a name that is none',
      [{ type: 'metric', name: '__proto__', value: 1 }],
      'it sent a metric that is none',
    ],
    ['no list', 'hello', 'it sent step events that are none'],
  ] as const)('is ended for sending %s', async (_what, sent: unknown, why) => {
    await using rig = await pluginRig();
    await rig.addPlugin('forger', forger({ call: 1, sent }));
    const { work } = await openStepped(rig, 'forger');
    expect(await work('a')).toEqual({
      ok: false,
      failure: { code: 'plugin/bad-answer', message: `Plugin "forger" was ended because ${why}.` },
    });
  });

  it('cannot speak for a call that is over, or that there never was', async () => {
    await using rig = await pluginRig();
    const sent = [{ type: 'output', stream: 'stdout', text: 'forged' }];
    await rig.addPlugin('forger', forger({ call: 99, sent }));
    const { work, events } = await openStepped(rig, 'forger');
    expect(await work('a', { onEvent: () => undefined })).toEqual({ ok: true, value: {} });
    expect(events).toEqual([]);
  });
});

/** A plugin whose step writes step events of its own making to the pipe, and waits if they are its own. */
function forger(forged: { readonly call: number; readonly sent: unknown }) {
  return {
    ...steppedFiles(''),
    'index.js': `
      import { writeSync } from 'node:fs';
      const message = { t: 'q', m: 'stepEvents', a: [${forged.call}, ${JSON.stringify(forged.sent)}] };
      async function write(bytes) {
        for (let at = 0; at < bytes.length; ) {
          try { at += writeSync(3, bytes, at); }
          catch { await new Promise(setImmediate); } // The pipe is full just now.
        }
      }
      export default { steps: [{ name: 'a', description: 'A', run: async () => {
        await write(Buffer.from(JSON.stringify(message) + '\\n'));
        if (${forged.call} === 1) await new Promise((resolve) => setInterval(resolve, 1e6));
      } }] };`,
  };
}
