import { describe, expect, it } from 'vitest';
import type { DeviceInfo, FlagDefinition } from '#shared';
import { evaluateFlags } from './rollout.ts';

const device: DeviceInfo = {
  productFamily: 'nova',
  language: 'de',
  region: 'DE',
  online: true,
  appVersion: '1.2.3',
  deviceId: '3b241101-e2bb-4255-8caf-4136c566a962',
};
const onOff: FlagDefinition = {
  state: 'ENABLED',
  variants: { on: true, off: false },
  defaultVariant: 'off',
};

describe('a flag', () => {
  it('takes its default variant where nothing targets the device', async () => {
    expect(await evaluateFlags({ tour: onOff }, device)).toEqual({
      tour: { variant: 'off', value: false, reason: 'STATIC' },
    });
  });

  it('can be targeted by region, language, product family and version', async () => {
    const flag = (rule: unknown): FlagDefinition => ({ ...onOff, targeting: rule });
    const flags = {
      region: flag({ if: [{ '==': [{ var: 'region' }, 'DE'] }, 'on', 'off'] }),
      locale: flag({ if: [{ '==': [{ var: 'locale' }, 'de'] }, 'on', 'off'] }),
      family: flag({ if: [{ '==': [{ var: 'product_family' }, 'nova'] }, 'on', 'off'] }),
      version: flag({ if: [{ sem_ver: [{ var: 'app_version' }, '>=', '1.2.0'] }, 'on', 'off'] }),
      elsewhere: flag({ if: [{ '==': [{ var: 'region' }, 'FR'] }, 'on', 'off'] }),
    };
    const answers = await evaluateFlags(flags, device);
    expect(Object.entries(answers).map(([name, { value }]) => [name, value])).toEqual([
      ['region', true],
      ['locale', true],
      ['family', true],
      ['version', true],
      ['elsewhere', false],
    ]);
  });

  it('rolls out by the device id alone, so that a device keeps its group', async () => {
    const rollout = {
      ...onOff,
      targeting: {
        fractional: [
          ['on', 50],
          ['off', 50],
        ],
      },
    };
    const groups = new Set<unknown>();
    for (let n = 0; n < 40; n += 1) {
      const one = { ...device, deviceId: `device-${n}` };
      const first = await evaluateFlags({ rollout }, one);
      expect(await evaluateFlags({ rollout }, { ...one, language: 'fr' })).toEqual(first);
      groups.add(first['rollout']?.value);
    }
    expect(groups).toEqual(new Set([true, false]));
  });

  it('takes its default variant when it is disabled', async () => {
    const answers = await evaluateFlags({ tour: { ...onOff, state: 'DISABLED' } }, device);
    expect(answers['tour']).toMatchObject({ variant: 'off', value: false });
  });

  it('takes its default variant, with the reason ERROR, when its rule cannot be evaluated', async () => {
    const broken = { ...onOff, targeting: { if: [true, 'no-such-variant'] } };
    expect((await evaluateFlags({ broken }, device))['broken']).toEqual({
      variant: 'off',
      value: false,
      reason: 'ERROR',
    });
  });
});
