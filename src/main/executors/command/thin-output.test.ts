import { describe, expect, it } from 'vitest';
import { manualTimer } from '../../plugins/manual-timer.test-support.ts';
import { thinOutput } from './thin-output.ts';

function rig() {
  const timer = manualTimer();
  const lines: string[] = [];
  const thinner = thinOutput(timer, (stream, text) =>
    lines.push(stream === 'stdout' ? text : `! ${text}`),
  );
  const write = (from: number, to: number): void => {
    for (let i = from; i <= to; i += 1) thinner.line('stdout', `${i}`);
  };
  return { timer, lines, thinner, write };
}

const numbers = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => `${from + i}`);

describe('thinOutput', () => {
  it('hands on at once, of both streams', () => {
    const { lines, thinner } = rig();
    thinner.line('stdout', 'one');
    thinner.line('stderr', 'two');
    expect(lines).toEqual(['one', '! two']);
  });

  it('hands on 200 lines a second at once, and those that follow at its end', () => {
    const { lines, timer, write } = rig();
    write(1, 300);
    expect(lines).toEqual(numbers(1, 200));
    timer.advance(1000);
    expect(lines).toEqual(numbers(1, 300));
  });

  it('leaves out the middle of a flood, never its end, and says how much', () => {
    const { lines, thinner, write } = rig();
    write(1, 10_000);
    thinner.close();
    expect(lines).toEqual([
      ...numbers(1, 200),
      '! (9600 lines are left out here)',
      ...numbers(9801, 10_000),
    ]);
  });

  it('begins anew with each second', () => {
    const { lines, timer, write } = rig();
    write(1, 200);
    timer.advance(1000);
    write(201, 400);
    expect(lines).toEqual(numbers(1, 400));
  });

  it('hands on less after 4 MiB, and the end all the same', () => {
    const { lines, thinner, timer, write } = rig();
    for (let i = 0; i < 11; i += 1) {
      for (let k = 0; k < 100; k += 1) thinner.line('stdout', 'x'.repeat(4096));
      timer.advance(1000);
    }
    lines.length = 0;
    write(1, 1000);
    thinner.close();
    expect(lines).toEqual([
      ...numbers(1, 10),
      '! (980 lines are left out here)',
      ...numbers(991, 1000),
    ]);
  });

  it('leaves no timer behind', () => {
    const { thinner, timer, write } = rig();
    write(1, 1);
    thinner.close();
    expect(timer.pending).toBe(0);
  });
});
