import { describe, expect, it } from 'vitest';
import { collectFailure, parseSeed, withDefaults } from './run-options.ts';

describe('--fail', () => {
  it('collects plugins, with a count or without', () => {
    const first = collectFailure('settings', []);
    expect(collectFailure('howto:2', first)).toEqual([
      { plugin: 'settings' },
      { plugin: 'howto', times: 2 },
    ]);
  });

  it.each(['', ':2', 'a:', 'a:0', 'a:-1', 'a:1.5', 'a:x'])('refuses %j', (text) => {
    expect(() => collectFailure(text, [])).toThrow();
  });
});

describe('--seed', () => {
  it('takes whole numbers of 32 bits', () => {
    expect(parseSeed('0')).toBe(0);
    expect(parseSeed('4294967295')).toBe(4_294_967_295);
  });

  it.each(['', '-1', '1.5', 'x', '4294967296', '0x10'])('refuses %j', (text) => {
    expect(() => parseSeed(text)).toThrow();
  });
});

describe('switches', () => {
  it('that were not given are off', () => {
    expect(withDefaults({ fail: [], seed: 1, update: true })).toEqual({
      fail: [],
      seed: 1,
      headless: false,
      offline: false,
      update: true,
      simulate: false,
    });
  });
});
