import { describe, expect, it } from 'vitest';
import fc from 'fast-check';
import { screenAddresses } from './screen-addresses.ts';

const route = fc.stringMatching(/^[a-z0-9_-]{1,80}$/);

describe('the addresses of plugin screens', () => {
  const screens = screenAddresses('token');

  it('name an origin after its route where a host name can', () => {
    expect(screens.label('howto')).toBe('howto');
  });

  it.each(['how_to', '-howto', 'howto-', 'xn--howto', 'a'.repeat(64)])(
    'give the route %s a name that a host can have',
    (odd) => {
      expect(screens.label(odd)).toMatch(/^x[0-9a-f]{32}$/);
    },
  );

  it('never give two routes one name', () => {
    fc.assert(
      fc.property(route, route, (one, other) => {
        expect(screens.label(one) === screens.label(other)).toBe(one === other);
      }),
    );
  });

  it('admit a route by its own capability only', () => {
    expect(screens.admits('howto', screens.capability('howto'))).toBe(true);
    expect(screens.admits('howto', screens.capability('settings'))).toBe(false);
    expect(screens.admits('howto', '')).toBe(false);
  });

  it('are others at the next start', () => {
    expect(screenAddresses('other').capability('howto')).not.toBe(screens.capability('howto'));
  });
});
