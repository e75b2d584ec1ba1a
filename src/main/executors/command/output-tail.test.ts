import { describe, expect, it } from 'vitest';
import { keepTail, TAIL_BYTES } from './output-tail.ts';

describe('keepTail', () => {
  it('keeps a short output whole', () => {
    const tail = keepTail();
    for (const line of ['one', '', 'two']) tail.add(line);
    expect(tail.text()).toBe('one\n\ntwo');
  });

  it('keeps the last 16 KiB of a long one', () => {
    const tail = keepTail();
    for (let i = 0; i < 100_000; i += 1) tail.add(`line ${i}`);
    expect(Buffer.byteLength(tail.text())).toBe(TAIL_BYTES);
    expect(tail.text().endsWith('line 99998\nline 99999')).toBe(true);
  });

  it('counts bytes, and cuts no character in two', () => {
    const tail = keepTail();
    tail.add(`${'€'.repeat(6000)}!`);
    expect(tail.text()).toBe(`${'€'.repeat(5461)}!`);
  });

  it('knows the last line that says anything', () => {
    const tail = keepTail();
    for (const line of ['one', 'two', ' ', '']) tail.add(line);
    expect(tail.lastLine).toBe('two');
  });
});
