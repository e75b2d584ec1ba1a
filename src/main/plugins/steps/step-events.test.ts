import { describe, expect, it } from 'vitest';
import { createStepEventReader } from './step-events.ts';

describe('what a process says of a step', () => {
  it('is made harmless: control characters, sizes, percents', () => {
    const reader = createStepEventReader(() => 0);
    expect(reader.read({ type: 'output', stream: 'x', text: '\u001b[2Jred\u0007' })).toEqual({
      type: 'output',
      stream: 'stdout',
      text: 'red',
    });
    expect(reader.read({ type: 'output', text: 'x'.repeat(5000) })).toMatchObject({
      text: 'x'.repeat(4096),
    });
    expect(reader.read({ type: 'progress', percent: 900, message: 1 })).toEqual({
      type: 'progress',
      percent: 100,
    });
  });

  it.each([
    [null],
    [{ type: 'run' }],
    [{ type: 'output', text: 1 }],
    [{ type: 'value', name: 'a' }],
    [{ type: 'value', name: '__proto__', value: 1 }],
    [{ type: 'metric', name: 'a', value: '1' }],
  ])('ends it where it is no event: %o', (event) => {
    expect(createStepEventReader(() => 0).read(event)).toMatch(/^it sent /);
  });

  it('ends it for more metrics, or more bytes of values, than an honest one sends', () => {
    const reader = createStepEventReader(() => 0);
    for (let n = 0; n < 50; n += 1) {
      expect(reader.read({ type: 'metric', name: `m${n}`, value: n })).toBeTypeOf('object');
    }
    expect(reader.read({ type: 'metric', name: 'one more', value: 1 })).toBeTypeOf('string');
    const value = { type: 'value', name: 'v', value: 'x'.repeat(100_000) };
    expect(reader.read(value)).toBeTypeOf('object');
    expect(reader.read(value)).toBeTypeOf('object');
    expect(reader.read(value)).toBe('it sent step values without end');
  });

  it('is left out beyond 2,000 events a second, but for what counts', () => {
    let now = 0;
    const reader = createStepEventReader(() => now);
    const output = { type: 'output', text: 'again' };
    const read = Array.from({ length: 3000 }, () => reader.read(output));
    expect(read.filter((event) => event !== undefined)).toHaveLength(2000);
    expect(reader.read({ type: 'value', name: 'v', value: 1 })).toBeTypeOf('object');
    now = 1000;
    expect(reader.read(output)).toBeTypeOf('object');
  });
});
