import { describe, expect, it } from 'vitest';
import { pluginRig } from '../plugin-rig.test-support.ts';
import { openStepped, stepA, steppedFiles } from './testing/stepped-plugin.test-support.ts';

describe('a step that says much', () => {
  it('has its progress thinned out; the last one arrives', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(
          `async *run() { for (let n = 1; n <= 5000; n += 1) yield { type: 'progress', percent: n / 50 }; }`,
        ),
      ),
    );
    const { work, events } = await openStepped(rig, 'stepped');
    expect((await work('a')).ok).toBe(true);
    expect(events.length).toBeLessThan(500);
    expect(events.at(-1)).toEqual({ type: 'progress', percent: 100 });
  });

  it('has its output thinned out; its end arrives, and all of it is counted', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(`packagesPattern: '^updated', async *run() {
          for (let n = 1; n <= 5000; n += 1) yield { type: 'output', text: 'updated ' + n };
        }`),
      ),
    );
    const { work, events } = await openStepped(rig, 'stepped');
    expect(await work('a')).toEqual({ ok: true, value: { packagesUpdated: 5000 } });
    expect(events.length).toBeLessThan(2000);
    expect(events.at(-1)).toMatchObject({ text: 'updated 5000' });
  });

  it('is heard while it is, and leaves the app to others', async () => {
    await using rig = await pluginRig();
    await rig.addPlugin(
      'stepped',
      steppedFiles(
        stepA(`async *run() { for (;;) yield { type: 'output', text: 'all work and no play' }; }`),
      ),
    );
    const abort = new AbortController();
    const { work, plugin } = await openStepped(rig, 'stepped');
    // It never waits for anything, and is called off all the same.
    const working = work('a', { signal: abort.signal, onEvent: () => abort.abort() });
    expect(await working).toMatchObject({ ok: false, failure: { code: 'step/cancelled' } });
    expect(plugin.processState).toBe('ready');
  });
});
