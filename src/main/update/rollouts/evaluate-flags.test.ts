import { describe, expect, it } from 'vitest';
import type { FlagDefinition } from '#shared';
import { seededId, seededRandom } from '../../session/seeded.ts';
import { prepareFlags } from './evaluate-flags.ts';
import type { TargetingContext } from './targeting-context.ts';

const context: TargetingContext = {
  targetingKey: '3b241101-e2bb-4255-8caf-4136c566a962',
  product_family: 'nova',
  region: 'DE',
  locale: 'de',
  channel: 'stable',
  app_version: '1.2.3',
};
const onOff: FlagDefinition = {
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
};
const when = (rule: unknown): FlagDefinition => ({
  ...onOff,
  targeting: { if: [rule, 'on', 'off'] },
});
const rollout = (percent: number): FlagDefinition => ({
  ...onOff,
  targeting: {
    fractional: [
      ['on', percent],
      ['off', 100 - percent],
    ],
  },
});

describe('a flag', () => {
  it('takes its default variant where nothing targets the device', async () => {
    const evaluate = await prepareFlags({ tour: onOff });
    expect(evaluate(context)).toEqual({ tour: { variant: 'off', value: false, reason: 'STATIC' } });
  });

  it('can be targeted by region, language, product family, channel and version', async () => {
    const evaluate = await prepareFlags({
      region: when({ in: [{ var: 'region' }, ['DE', 'AT', 'CH']] }),
      locale: when({ '==': [{ var: 'locale' }, 'de'] }),
      family: when({ '==': [{ var: 'product_family' }, 'nova'] }),
      channel: when({ '==': [{ var: 'channel' }, 'stable'] }),
      version: when({ sem_ver: [{ var: 'app_version' }, '>=', '1.2.0'] }),
      elsewhere: when({ in: [{ var: 'region' }, ['FR', 'BE']] }),
      later: when({ sem_ver: [{ var: 'app_version' }, '>=', '1.10.0'] }),
    });
    const values = Object.entries(evaluate(context)).map(([name, { value }]) => [name, value]);
    expect(values).toEqual([
      ['region', true],
      ['locale', true],
      ['family', true],
      ['channel', true],
      ['version', true],
      ['elsewhere', false],
      ['later', false],
    ]);
  });

  it('takes its default variant when it is disabled, whatever its rule says', async () => {
    const evaluate = await prepareFlags({ tour: { ...when(true), state: 'DISABLED' } });
    expect(evaluate(context)).toEqual({
      tour: { variant: 'off', value: false, reason: 'DISABLED' },
    });
  });

  it.each<[string, FlagDefinition]>([
    ['ends in no variant', { ...onOff, targeting: { if: [true, 'no-such-variant'] } }],
    ['has an unknown operator', { ...onOff, targeting: { no_such_operator: [1] } }],
    ['throws', { ...onOff, targeting: { throw: 'an error' } }],
  ])('takes its default variant, with the reason ERROR, when its rule %s', async (_what, flag) => {
    const evaluate = await prepareFlags({ broken: flag, sound: onOff });
    expect(evaluate(context)).toEqual({
      broken: { variant: 'off', value: false, reason: 'ERROR' },
      sound: { variant: 'off', value: false, reason: 'STATIC' },
    });
  });

  it('spoils no other when flagd does not take its definition at all', async () => {
    const evaluate = await prepareFlags({
      broken: { ...onOff, defaultVariant: 'neither' },
      sound: when(true),
    });
    expect(evaluate(context)).toEqual({
      broken: { variant: 'neither', value: undefined, reason: 'ERROR' },
      sound: { variant: 'on', value: true, reason: 'TARGETING_MATCH' },
    });
  });
});

describe('over 100,000 devices', () => {
  const random = seededRandom(1);
  const devices = Array.from({ length: 100_000 }, () => seededId(random));
  const share = (count: number): number => (100 * count) / devices.length;

  it('a rollout of 25 % hits 25 %, and raising it to 50 % moves nobody out', async () => {
    const before = await prepareFlags({ howto: rollout(25) });
    const after = await prepareFlags({ howto: rollout(50) });
    const isOn = (evaluate: typeof before, targetingKey: string): boolean =>
      evaluate({ ...context, targetingKey }).howto?.value === true;
    const reached = devices.filter((id) => isOn(before, id));
    expect(Math.abs(share(reached.length) - 25)).toBeLessThanOrEqual(0.5);
    const still = new Set(devices.filter((id) => isOn(after, id)));
    expect(Math.abs(share(still.size) - 50)).toBeLessThanOrEqual(0.5);
    expect(reached.filter((id) => !still.has(id))).toEqual([]);
  });

  it('an experiment divides evenly, and apart from every other flag', async () => {
    const experiment: FlagDefinition = {
      state: 'ENABLED',
      variants: { plain: 'a', guided: 'b', video: 'c' },
      defaultVariant: 'plain',
      targeting: { fractional: [['plain'], ['guided'], ['video']] },
    };
    const evaluate = await prepareFlags({ experiment, howto: rollout(50) });
    const counts: Record<string, number> = {};
    for (const targetingKey of devices) {
      const { experiment: tried, howto } = evaluate({ ...context, targetingKey });
      const group = `${tried?.variant ?? ''} ${howto?.variant ?? ''}`;
      counts[group] = (counts[group] ?? 0) + 1;
    }
    expect(Object.keys(counts)).toHaveLength(6);
    for (const count of Object.values(counts)) {
      expect(Math.abs(share(count) - 100 / 6)).toBeLessThanOrEqual(0.5);
    }
  });
});
