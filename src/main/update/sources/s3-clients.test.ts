import { describe, expect, it } from 'vitest';
import { inRegion } from './s3-clients.ts';

describe('inRegion', () => {
  const target = { region: 'us-east-1', pathStyle: false };

  it("leaves it to the SDK where Amazon's server of the region is", () => {
    expect(inRegion(target, 'eu-west-1')).toEqual({ region: 'eu-west-1', pathStyle: false });
  });

  it.each([
    ['https://s3.us-east-1.amazonaws.com', 'https://s3.eu-west-1.amazonaws.com'],
    ['https://s3-us-east-1.amazonaws.com', 'https://s3-eu-west-1.amazonaws.com'],
    [
      'https://s3.dualstack.us-east-1.amazonaws.com',
      'https://s3.dualstack.eu-west-1.amazonaws.com',
    ],
    ['https://s3.us-east-1.amazonaws.com.cn', 'https://s3.eu-west-1.amazonaws.com.cn'],
  ])('turns %s into %s', (endpoint, expected) => {
    expect(inRegion({ ...target, endpoint }, 'eu-west-1').endpoint).toBe(expected);
  });

  it.each(['https://s3.amazonaws.com', 'https://s3-external-1.amazonaws.com'])(
    'gives %s up, which is the server of one region',
    (endpoint) => {
      const moved = inRegion({ ...target, endpoint }, 'eu-west-1');
      expect(moved).toEqual({ region: 'eu-west-1', pathStyle: false });
    },
  );

  it('signs for another region at a server that is not of Amazon', () => {
    const endpoint = 'https://us-east-1.amazonaws.com.example';
    expect(inRegion({ ...target, endpoint }, 'eu-west-1')).toEqual({
      ...target,
      endpoint,
      region: 'eu-west-1',
    });
  });
});
