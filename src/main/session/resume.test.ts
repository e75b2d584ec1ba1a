import { describe, expect, it } from 'vitest';
import { ok } from '#shared';
import { headless, plugin } from '../flow/flow.test-support.ts';
import type { JournalRecord } from './journal.ts';
import { replay } from './journal.ts';
import { SessionRig, testPlan } from './session-rig.test-support.ts';

const plan = testPlan([
  headless('scan', { run_async: true }),
  plugin('form', { after: 'welcomeCompleted' }),
]);

/** A setup up to the profile screen, with something typed there. */
async function recorded(): Promise<readonly JournalRecord[]> {
  const rig = await new SessionRig().begin(plan);
  await rig.answer('welcome');
  rig.host.last('scan').finish(ok(undefined));
  await rig.send({ type: 'draft.save', plugin: 'form', draft: { name: 'No' } });
  await rig.answer('form', { name: 'Nova' });
  rig.host.last('form').finish(ok(undefined));
  await rig.settled();
  await rig.answer('wifi');
  await rig.send({ type: 'draft.save', plugin: 'login', draft: { fullName: 'Ad' } });
  return rig.records;
}

describe('after a power cut', () => {
  it('setup is at the same screen, with answers and what was typed', async () => {
    const rig = await new SessionRig({ records: await recorded() }).resume(plan);
    expect(rig.stage).toMatchObject({ kind: 'core', plugin: 'login', canGoBack: true });
    const { answers, drafts, preferences } = rig.hub.snapshot();
    expect(answers['form']).toEqual({ name: 'Nova' });
    expect(drafts['login']).toEqual({ fullName: 'Ad' });
    expect(preferences.language).toBe('de');
  });

  it('plugins that finished are not run again, those that had not are brought up', async () => {
    const records = await recorded();
    const scanDone = records.findIndex(
      (record) =>
        record.kind === 'input' &&
        record.input.type === 'completed' &&
        record.input.plugin === 'scan',
    );
    const before = await new SessionRig({ records: records.slice(0, scanDone) }).resume(plan);
    expect(before.host.last('scan').runs).toHaveLength(1);
    const after = await new SessionRig({ records }).resume(plan);
    expect(after.host.opened.has('scan')).toBe(false);
    expect(after.host.opened.has('form')).toBe(false);
  });

  it('at any record, the session can be resumed and still comes to its end', async () => {
    const records = await recorded();
    for (let length = 1; length <= records.length; length += 1) {
      const rig = await new SessionRig({ records: records.slice(0, length) }).resume(plan);
      for (let steps = 0; rig.stage.kind !== 'finished'; steps += 1) {
        expect(steps).toBeLessThan(30);
        const { stage } = rig;
        if (stage.kind === 'core' || stage.kind === 'plugin') {
          // Without a password, whose hash is slow by design.
          await rig.answer(stage.plugin, stage.plugin === 'login' ? { later: true } : undefined);
        }
        for (const processes of rig.host.opened.values()) processes.at(-1)?.finish(ok(undefined));
        await rig.settled();
      }
      const completed = rig.story().filter((line) => line.startsWith('plugin.completed'));
      expect(new Set(completed).size).toBe(completed.length);
    }
  });

  it('the trace goes on as if nothing had happened: what was lost is written again', async () => {
    const records = await recorded();
    const rig = await new SessionRig({ records }).resume(plan);
    const lost = replay(records)?.traced.length ?? 0;
    expect(lost).toBeGreaterThan(0);
    expect(rig.trace.map(({ seq }) => seq)).toEqual(rig.trace.map((_, index) => index + 1));
    const started = rig.story().filter((line) => line.startsWith('plugin.started'));
    expect(new Set(started).size).toBe(started.length);
  });

  it('another base plan than before is a plan change within the setup', async () => {
    const newer = testPlan([plugin('extra', { after: 'welcomeCompleted' })], { digest: 'newer' });
    const rig = await new SessionRig({ records: await recorded() }).resume(newer);
    expect(rig.trace.at(-1)).toMatchObject({ type: 'plan.activated', digest: 'newer' });
    await rig.answer('login');
    expect(rig.stage).toMatchObject({ kind: 'plugin', plugin: 'extra' });
  });
});
