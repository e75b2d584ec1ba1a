import { describe, expect, it } from 'vitest';
import type { DeviceInfo, FlagDefinition } from '#shared';
import { writeFileAtomic } from '../../state/atomic-file.ts';
import type { FilesPort } from '../../state/files-port.ts';
import { parseJson } from '../../state/parse-json.ts';
import { unsyncedFiles } from '../../state/testing/unsynced-files.test-support.ts';
import { createRollouts, unkeptRollouts } from './rollouts.ts';
import type { Rollouts } from './rollouts-port.ts';

const PATH = '/home/flags.json';
const NOON = Date.UTC(2026, 10, 21, 12);

const device: DeviceInfo = {
  productFamily: 'nova',
  language: 'de',
  region: 'DE',
  online: true,
  appVersion: '1.2.3',
  deviceId: '3b241101-e2bb-4255-8caf-4136c566a962',
};
const abroad: DeviceInfo = { ...device, region: 'FR' };

const inGermany: FlagDefinition = {
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
  targeting: { if: [{ '==': [{ var: 'region' }, 'DE'] }, 'on', 'off'] },
};

/** The rollouts of a home, as a process that starts now would have them. */
function started(files: FilesPort, now: () => number = () => NOON): Rollouts {
  return createRollouts({ files, path: PATH, channel: 'stable', now });
}

async function decideTour(rollouts: Rollouts, definition = inGermany): Promise<void> {
  const { tour } = await rollouts.evaluate({ tour: definition }, device);
  if (tour === undefined) throw new Error('the flag has no answer');
  await rollouts.decide({ flag: 'tour', definition, answer: tour, device });
}

async function fileOf(files: FilesPort): Promise<unknown> {
  return parseJson(await files.read(PATH));
}

describe('a flag that was not used yet', () => {
  it('follows the region', async () => {
    const rollouts = started(unsyncedFiles());
    expect(await rollouts.evaluate({ tour: inGermany }, abroad)).toMatchObject({
      tour: { variant: 'off' },
    });
    expect(await rollouts.evaluate({ tour: inGermany }, device)).toEqual({
      tour: { variant: 'on', value: true, reason: 'TARGETING_MATCH' },
    });
  });

  it('can ask for the channel of the device', async () => {
    const rule = { if: [{ in: [{ var: 'channel' }, ['beta', 'stable']] }, 'on', 'off'] };
    const definition = { ...inGermany, targeting: rule };
    expect(await started(unsyncedFiles()).evaluate({ definition }, device)).toMatchObject({
      definition: { variant: 'on' },
    });
  });
});

describe('a decided flag', () => {
  it('is written down with its inputs and the digest of its definition', async () => {
    const files = unsyncedFiles();
    await decideTour(started(files));
    expect(await fileOf(files)).toEqual({
      decisions: {
        tour: {
          definition: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
          variant: 'on',
          value: true,
          reason: 'TARGETING_MATCH',
          inputs: {
            targetingKey: device.deviceId,
            product_family: 'nova',
            region: 'DE',
            locale: 'de',
            channel: 'stable',
            app_version: '1.2.3',
          },
          decidedAt: '2026-11-21T12:00:00.000Z',
        },
      },
    });
  });

  it('stays when the region changes, in the next process too', async () => {
    const files = unsyncedFiles();
    const rollouts = started(files);
    await decideTour(rollouts);
    const kept = { tour: { variant: 'on', value: true, reason: 'CACHED' } };
    expect(await rollouts.evaluate({ tour: inGermany }, abroad)).toEqual(kept);
    expect(await started(files).evaluate({ tour: inGermany }, abroad)).toEqual(kept);
  });

  it('stays when the power is cut right after it', async () => {
    const files = unsyncedFiles();
    await decideTour(started(files));
    const after = started(files.powerCut(() => 0));
    expect(await after.evaluate({ tour: inGermany }, abroad)).toMatchObject({
      tour: { variant: 'on', reason: 'CACHED' },
    });
  });

  it('stays when the library would answer something else now', async () => {
    const rollouts = started(unsyncedFiles());
    const other = { variant: 'off', value: false, reason: 'SPLIT' };
    await rollouts.decide({ flag: 'tour', definition: inGermany, answer: other, device });
    expect(await rollouts.evaluate({ tour: inGermany }, device)).toEqual({
      tour: { variant: 'off', value: false, reason: 'CACHED' },
    });
  });

  it('stays as it was decided first', async () => {
    const files = unsyncedFiles();
    const rollouts = started(files);
    await decideTour(rollouts);
    const late = { variant: 'off', value: false, reason: 'TARGETING_MATCH' };
    await rollouts.decide({ flag: 'tour', definition: inGermany, answer: late, device: abroad });
    expect(await fileOf(files)).toMatchObject({ decisions: { tour: { variant: 'on' } } });
  });

  it('stays when only the order of keys or notes for people change', async () => {
    const rollouts = started(unsyncedFiles());
    await decideTour(rollouts);
    const { targeting, variants: _variants, ...rest } = inGermany;
    const reordered = {
      metadata: { owner: 'team' },
      variants: { off: false, on: true },
      targeting,
      ...rest,
    };
    expect(await rollouts.evaluate({ tour: reordered }, abroad)).toMatchObject({
      tour: { reason: 'CACHED' },
    });
  });

  it('is decided anew when its definition changes', async () => {
    const files = unsyncedFiles();
    const rollouts = started(files);
    await decideTour(rollouts);
    const changed = { ...inGermany, targeting: { if: [true, 'off'] } };
    await decideTour(rollouts, changed);
    expect(await fileOf(files)).toMatchObject({ decisions: { tour: { variant: 'off' } } });
    expect(await rollouts.evaluate({ tour: changed }, device)).toEqual({
      tour: { variant: 'off', value: false, reason: 'CACHED' },
    });
  });

  it('does not hold others of the same plan back', async () => {
    const rollouts = started(unsyncedFiles());
    await decideTour(rollouts);
    expect(await rollouts.evaluate({ tour: inGermany, hint: inGermany }, abroad)).toMatchObject({
      tour: { variant: 'on', reason: 'CACHED' },
      hint: { variant: 'off', reason: 'TARGETING_MATCH' },
    });
  });
});

describe('the decision file', () => {
  it('takes many decisions at once, none of them lost', async () => {
    const files = unsyncedFiles();
    const rollouts = started(files);
    const answer = { variant: 'on', value: true, reason: 'STATIC' };
    const flags = Array.from({ length: 50 }, (_, n) => `flag-${n}`);
    await Promise.all(
      flags.map((flag) => rollouts.decide({ flag, definition: inGermany, answer, device })),
    );
    const { decisions } = (await fileOf(files)) as { readonly decisions: object };
    expect(Object.keys(decisions)).toEqual(flags);
  });

  it.each(['', '{"decisions":', '{"decisions":{"tour":{"variant":3}}}', '[]'])(
    'is set aside when it is damaged: %j',
    async (content) => {
      const files = unsyncedFiles();
      await writeFileAtomic({ files, path: PATH, content });
      await decideTour(started(files));
      expect(await files.list('/home')).toContain('flags.json.damaged-1');
      expect(await fileOf(files)).toMatchObject({ decisions: { tour: { variant: 'on' } } });
    },
  );

  it('forgets the oldest of a thousand that the plan no longer has', async () => {
    const files = unsyncedFiles();
    let time = NOON;
    const rollouts = started(files, () => (time += 1));
    const answer = { variant: 'on', value: true, reason: 'STATIC' };
    await rollouts.evaluate({ 'in-plan': inGermany }, device);
    const flags = ['in-plan', ...Array.from({ length: 1000 }, (_, n) => `old-${n}`)];
    await Promise.all(
      flags.map((flag) => rollouts.decide({ flag, definition: inGermany, answer, device })),
    );
    const { decisions } = (await fileOf(files)) as { readonly decisions: object };
    const names = Object.keys(decisions);
    expect(names).toHaveLength(1000);
    expect(names.slice(0, 2)).toEqual(['in-plan', 'old-1']);
  });

  it('costs no setup when it cannot be written', async () => {
    const full: FilesPort = {
      ...unsyncedFiles(),
      open: () => Promise.reject(Object.assign(new Error(), { code: 'ENOSPC', syscall: 'open' })),
    };
    const rollouts = started(full);
    await decideTour(rollouts);
    expect(await rollouts.evaluate({ tour: inGermany }, abroad)).toMatchObject({
      tour: { variant: 'on', reason: 'CACHED' },
    });
  });
});

describe('rollouts without a home', () => {
  it('keep what they decided as long as they live', async () => {
    const rollouts = unkeptRollouts('beta');
    await decideTour(rollouts);
    expect(await rollouts.evaluate({ tour: inGermany }, abroad)).toMatchObject({
      tour: { variant: 'on', reason: 'CACHED' },
    });
    expect(await unkeptRollouts('beta').evaluate({ tour: inGermany }, abroad)).toMatchObject({
      tour: { variant: 'off' },
    });
  });
});
