import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Redactor } from './redactor.ts';

describe('Redactor', () => {
  it('replaces every occurrence of what is secret, longest first', () => {
    const redactor = new Redactor();
    redactor.add('open');
    redactor.add('open sesame');
    expect(redactor.text('say open sesame, then open')).toBe('say ***, then ***');
  });

  it('looks for a secret of several lines line by line', () => {
    const redactor = new Redactor();
    redactor.add('-----BEGIN KEY-----\nabc\n-----END KEY-----');
    expect(redactor.text('got abc')).toBe('got ***');
  });

  it('finds texts and numbers anywhere in a value', () => {
    const redactor = new Redactor();
    redactor.add({ login: [{ pin: 4711 }, 'hunter2'] });
    expect(redactor.text('hunter2 4711')).toBe('*** ***');
    expect(redactor.taints({ nested: ['it is hunter2'] })).toBe(true);
    expect(redactor.taints({ nested: ['nothing'] })).toBe(false);
  });

  it('finds a secret anywhere in a value, also as the name of a field', () => {
    const redactor = new Redactor();
    redactor.add('hunter2');
    expect(redactor.taints({ deep: ['x', { y: 'is hunter2' }] })).toBe(true);
    expect(redactor.taints({ deep: [{ hunter2: 1 }] })).toBe(true);
    expect(redactor.taints({ deep: ['hunter', 2] })).toBe(false);
  });

  it('never shows a secret, whatever surrounds it', () => {
    const text = fc
      .string({ minLength: 1 })
      .filter((one) => one.trim() !== '' && !'***'.includes(one.trim()));
    fc.assert(
      fc.property(fc.string(), text, fc.string(), (before, secret, after) => {
        const redactor = new Redactor();
        redactor.add(secret);
        const line = secret.trim().split('\n')[0]?.trim() ?? '';
        const shown = redactor.text(before + secret + after);
        expect(shown.replaceAll('***', '').includes(line) && line.length > 3).toBe(false);
      }),
    );
  });
});
