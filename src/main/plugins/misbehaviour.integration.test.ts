import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { manualTimer } from './manual-timer.test-support.ts';
import {
  commandLives,
  groupLives,
  isolations,
  planEntry,
  pluginFiles,
  pluginRig,
} from './plugin-rig.test-support.ts';
import type { RunRequest } from './plugin-port.ts';

function work(signal: AbortSignal = new AbortController().signal): RunRequest {
  return { answers: {}, attempt: 1, signal, onProgress: () => undefined };
}

const LEVELS = await isolations();

describe.each(LEVELS.filter((level) => level !== 'none'))('isolated by %s,', (isolation) => {
  describe('a plugin that misbehaves at its start', () => {
    it.each([
      [
        'crash-on-start',
        'plugin/start-failed',
        'Plugin "bad" ended with exit code 7 before it was ready.',
      ],
      ['throw-on-start', 'plugin/start-failed', 'Plugin "bad": no start today'],
    ])('is a failure that says so (%s)', async (mode, code, message) => {
      await using rig = await pluginRig({ isolation });
      await rig.addMisbehaving('bad', mode);
      const opened = await rig.host.open(planEntry('bad'), rig.start);
      expect(opened).toEqual({ ok: false, failure: { code, message } });
    });

    it.each(['hang-on-start', 'never-ready'])(
      'is ended when its time is over (%s)',
      async (mode) => {
        const timer = manualTimer();
        await using rig = await pluginRig({ isolation, timer });
        await rig.addMisbehaving('bad', mode);
        const opening = rig.host.open(planEntry('bad'), rig.start);
        await timer.whenWaiting(10_000);
        timer.advance(10_000);
        expect(await opening).toEqual({
          ok: false,
          failure: {
            code: 'plugin/start-timeout',
            message: 'Plugin "bad" was not ready within 10 seconds.',
          },
        });
      },
    );
  });

  describe('a plugin that misbehaves at its work', () => {
    it('throws: the failure has its words, and it can be run again', async () => {
      await using rig = await pluginRig({ isolation });
      await rig.addMisbehaving('bad', 'throw-in-run');
      const bad = await rig.open('bad');
      const failure = { code: 'plugin/failed', message: 'Plugin "bad": no work today' };
      expect(await bad.run(work())).toEqual({ ok: false, failure });
      expect(await bad.run(work())).toEqual({ ok: false, failure });
      expect(await bad.call('echo', 1)).toEqual({ ok: true, value: 1 });
    });

    it.each([
      [
        'crash-in-run',
        /^Plugin "bad" ended by an exception \(TypeError: Cannot read properties of null/,
      ],
      ['exit-in-run', /^Plugin "bad" ended with exit code 0\.$/],
    ])('ends: that is a crash (%s)', async (mode, message) => {
      await using rig = await pluginRig({ isolation });
      await rig.addMisbehaving('bad', mode);
      await rig.addMisbehaving('good', 'nothing');
      const bad = await rig.open('bad');
      const good = await rig.open('good');
      const failure = { code: 'plugin/crashed', message: expect.stringMatching(message) as string };
      expect(await bad.run(work())).toEqual({ ok: false, failure });
      expect(await bad.crashed).toEqual(failure);
      expect(await bad.call('echo', 1)).toEqual({
        ok: false,
        failure: {
          code: 'plugin/not-running',
          message: 'Plugin "bad" cannot answer: it is crashed.',
        },
      });
      expect(await good.call('echo', 'still here')).toEqual({ ok: true, value: 'still here' });
      await expect.poll(() => groupLives(bad.pid)).toBe(false);
    });

    it('is killed: the signal is told', async () => {
      await using rig = await pluginRig({ isolation });
      await rig.addPlugin('bad', pluginFiles(`run: () => process.kill(process.pid, 'SIGKILL')`));
      const bad = await rig.open('bad');
      expect(await bad.run(work())).toEqual({
        ok: false,
        failure: { code: 'plugin/crashed', message: 'Plugin "bad" was killed by SIGKILL.' },
      });
    });

    it('can be opened again after a crash', async () => {
      await using rig = await pluginRig({ isolation });
      await rig.addMisbehaving('bad', 'exit-in-run');
      const first = await rig.open('bad');
      await first.run(work());
      const second = await rig.open('bad');
      expect(second.pid).not.toBe(first.pid);
      expect(await second.call('echo', 2)).toEqual({ ok: true, value: 2 });
      expect(rig.host.registry.byName('bad')?.plugin).toBe(second);
    });

    it('fails twice, then works: storage counts over restarts', async () => {
      await using rig = await pluginRig({ isolation });
      await rig.addMisbehaving('bad', 'fail-times:2');
      const outcomes: boolean[] = [];
      for (let i = 0; i < 3; i += 1) {
        const plugin = await rig.open('bad');
        outcomes.push((await plugin.run(work())).ok);
        await plugin.stop();
      }
      expect(outcomes).toEqual([false, false, true]);
    });

    it('is called off while it listens: it lives on', async () => {
      await using rig = await pluginRig({ isolation });
      await rig.addMisbehaving('bad', 'wait');
      const bad = await rig.open('bad');
      const abort = new AbortController();
      const running = bad.run({ ...work(abort.signal), onProgress: () => abort.abort() });
      expect(await running).toEqual({
        ok: false,
        failure: { code: 'plugin/cancelled', message: 'The work of plugin "bad" was cancelled.' },
      });
      expect(bad.processState).toBe('ready');
    });

    it('is called off while it hangs: it is killed', async () => {
      const timer = manualTimer();
      await using rig = await pluginRig({ isolation, timer });
      await rig.addMisbehaving('bad', 'hang-in-run');
      await rig.addMisbehaving('good', 'nothing');
      const bad = await rig.open('bad');
      const good = await rig.open('good');
      const abort = new AbortController();
      const running = bad.run(work(abort.signal));
      abort.abort();
      await timer.whenWaiting(5000);
      timer.advance(5000);
      const outcome = await running;
      expect(outcome.ok ? undefined : outcome.failure.code).toBe('plugin/cancelled');
      await expect.poll(() => groupLives(bad.pid)).toBe(false);
      expect(bad.processState).toBe('stopped');
      expect(await good.call('echo', 1)).toEqual({ ok: true, value: 1 });
    });
  });

  describe('a plugin that talks too much', () => {
    it('writes without end: the log is bounded, memory too, and others go on', async () => {
      const timer = manualTimer();
      await using rig = await pluginRig({ isolation, timer });
      await rig.addMisbehaving('bad', 'endless-output');
      await rig.addMisbehaving('good', 'nothing');
      const bad = await rig.open('bad');
      const good = await rig.open('good');
      const before = process.memoryUsage().rss;
      const running = bad.run(work());
      // Five seconds' worth of flood, as our clock has it.
      for (let second = 0; second < 5; second += 1) {
        await timer.whenWaiting(1000);
        expect(await good.call('echo', second)).toEqual({ ok: true, value: second });
        timer.advance(1000);
      }
      expect(rig.logs.length).toBeLessThanOrEqual(6 * 201);
      expect(rig.logs.join('')).toContain('more lines were left out');
      expect(process.memoryUsage().rss - before).toBeLessThan(150 * 1024 * 1024);
      const stopping = bad.stop();
      await timer.whenWaiting(3000);
      timer.advance(3000);
      await stopping;
      expect((await running).ok).toBe(false);
      await expect.poll(() => groupLives(bad.pid)).toBe(false);
    });

    it('logs in a loop: 200 lines are kept', async () => {
      await using rig = await pluginRig({ isolation, timer: manualTimer() });
      await rig.addMisbehaving('bad', 'endless-log');
      const bad = await rig.open('bad');
      expect((await bad.run(work())).ok).toBe(true);
      expect(rig.logs.length).toBeLessThanOrEqual(200);
      expect(rig.logs[0]).toBe('info line 0');
    });

    it.each([
      ['garbage', 'Plugin "bad" was ended because it sent something that is no message.'],
      ['endless-message', 'Plugin "bad" was ended because it sent a message over 1 MiB.'],
    ])('breaks the message pipe: it is ended, nobody else notices (%s)', async (mode, message) => {
      await using rig = await pluginRig({ isolation });
      await rig.addMisbehaving('bad', mode);
      await rig.addMisbehaving('good', 'nothing');
      const bad = await rig.open('bad');
      const good = await rig.open('good');
      expect(await bad.run(work())).toEqual({
        ok: false,
        failure: { code: 'plugin/bad-answer', message },
      });
      expect(await good.call('echo', 1)).toEqual({ ok: true, value: 1 });
    });
  });

  describe('a route that misbehaves', () => {
    it.each([
      ['throws', 'plugin/route-failed', 'Plugin "bad": this route always throws'],
      [
        'bad-answer',
        'plugin/bad-answer',
        'Plugin "bad": the answer of "bad-answer" is not JSON: sizes[1] is NaN',
      ],
      ['huge-answer', 'plugin/bad-answer', 'Plugin "bad": the answer is larger than 1 MiB'],
      ['missing', 'plugin/no-route', 'Plugin "bad": there is no route "missing"'],
      ['constructor', 'plugin/no-route', 'Plugin "bad": there is no route "constructor"'],
      ['exit', 'plugin/crashed', 'Plugin "bad" ended with exit code 3.'],
    ])('is a failure that says so (%s)', async (route, code, message) => {
      await using rig = await pluginRig({ isolation });
      await rig.addMisbehaving('bad', 'nothing');
      const bad = await rig.open('bad');
      expect(await bad.call(route, null)).toEqual({ ok: false, failure: { code, message } });
    });

    it('is not asked something larger than 1 MiB', async () => {
      await using rig = await pluginRig({ isolation });
      await rig.addMisbehaving('bad', 'nothing');
      const bad = await rig.open('bad');
      const asked = await bad.call('echo', 'x'.repeat(1024 * 1024));
      expect(asked.ok ? undefined : asked.failure.code).toBe('command/bad');
      expect(await bad.call('echo', 1)).toEqual({ ok: true, value: 1 });
    });
  });

  describe('a plugin that will not go', () => {
    it('ignores shutdown and SIGTERM: it is killed', async () => {
      const timer = manualTimer();
      await using rig = await pluginRig({ isolation, timer });
      await rig.addMisbehaving('bad', 'ignore-stop');
      const bad = await rig.open('bad');
      const stopping = bad.stop();
      await timer.whenWaiting(3000);
      timer.advance(3000);
      await expect.poll(() => rig.logs).toContain('warn SIGTERM? No.');
      await timer.whenWaiting(1000);
      timer.advance(1000);
      await stopping;
      await expect.poll(() => groupLives(bad.pid)).toBe(false);
      expect(bad.processState).toBe('stopped');
    });

    it('leaves children: they go with it', async () => {
      await using rig = await pluginRig({ isolation });
      const mark = `child-${randomUUID()}`;
      await rig.addMisbehaving('bad', `leave-children:${mark}`, { commands: ['node'] });
      const bad = await rig.open('bad');
      expect(commandLives(mark)).toBe(true);
      await bad.stop();
      // SIGKILL was sent; the system may take a moment to carry it out.
      await expect.poll(() => commandLives(mark)).toBe(false);
    });
  });
});
