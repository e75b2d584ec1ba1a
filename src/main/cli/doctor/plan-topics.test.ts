import { describe, expect, it } from 'vitest';
import { shippedTrustTopics, signedTopic } from './plan-topics.ts';

describe('signatures', () => {
  const expires = '2026-12-01T00:00:00.000Z';

  it('that hold are fine', () => {
    expect(signedTopic('/trust', { rootVersion: 2, expires, isStale: false })).toEqual({
      topic: 'signatures',
      status: 'ok',
      message: `plans must be signed, root version 2 (/trust); verified, good until ${expires}`,
    });
  });

  it('that are past their date stay in use, with a warning', () => {
    expect(signedTopic('/trust', { rootVersion: 2, expires, isStale: true })).toEqual({
      topic: 'signatures',
      status: 'warn',
      message: `plans must be signed, root version 2 (/trust); what was verified last is past its date, ${expires}, and stays in use`,
      hint: 'Sign the plan anew: firstlight publish.',
    });
  });
});

describe('a root of trust in resources/trust', () => {
  it('that the configuration does not name is a warning', () => {
    expect(shippedTrustTopics({ trust: {} }, '/app/resources/trust')).toEqual([
      {
        topic: 'root of trust',
        status: 'warn',
        message:
          'there is a root of trust in resources/trust that the configuration does not name (/app/resources/trust)',
        hint: 'The app goes by it unless --trust names another. Name it as `root` in [trust] of resources/device.toml.',
      },
    ]);
  });

  it('is nothing to speak of when the configuration names one, or when it is not there', () => {
    const named = { trust: { root: '/etc/firstlight/trust' } };
    expect(shippedTrustTopics(named, '/app/resources/trust')).toEqual([]);
    expect(shippedTrustTopics({ trust: {} }, undefined)).toEqual([]);
  });
});
