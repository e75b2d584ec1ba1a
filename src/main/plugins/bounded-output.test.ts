import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { boundOutput } from './bounded-output.ts';
import { manualTimer } from './manual-timer.test-support.ts';

function rig() {
  const timer = manualTimer();
  const lines: string[] = [];
  const notes: string[] = [];
  const output = boundOutput(timer, (text) => notes.push(text));
  return { timer, lines, notes, output, write: (text: string) => lines.push(text) };
}

describe('boundOutput', () => {
  it('passes ordinary output on, line by line, the last one without its end too', () => {
    const { output, lines, write } = rig();
    const stream = new PassThrough();
    output.read(stream, write);
    stream.emit('data', 'one\ntw');
    stream.emit('data', 'o\nthree');
    stream.emit('end');
    expect(lines).toEqual(['one', 'two', 'three']);
  });

  it('keeps 200 lines a second, counts the rest, and begins anew a second later', () => {
    const { output, lines, notes, timer, write } = rig();
    for (let i = 0; i < 250; i += 1) output.line(`line ${i}`, write);
    expect(lines).toHaveLength(200);
    timer.advance(1000);
    expect(notes).toEqual(['50 more lines were left out']);
    output.line('again', write);
    expect(lines.at(-1)).toBe('again');
  });

  it('keeps 4 MiB of one process, says so once, then nothing more', () => {
    const { output, lines, notes, timer, write } = rig();
    for (let i = 0; i < 2000; i += 1) {
      output.line('x'.repeat(5000), write);
      if (i % 100 === 0) timer.advance(1000);
    }
    expect(lines.join('').length).toBeLessThanOrEqual(4 * 1024 * 1024);
    expect(lines).toHaveLength(1024);
    expect(notes).toEqual(['it wrote over 4 MiB: everything from here on is left out']);
  });

  it('stops reading a flood until the next second', () => {
    const { output, timer, write } = rig();
    const stream = new PassThrough();
    output.read(stream, write);
    stream.emit('data', 'x'.repeat(5 * 1024 * 1024));
    expect(stream.isPaused()).toBe(true);
    timer.advance(1000);
    expect(stream.isPaused()).toBe(false);
  });

  it('lets no escape sequence through', () => {
    const { output, lines, write } = rig();
    output.line('\u001b[31mred\u001b[0m\ttab\u0007', write);
    expect(lines).toEqual(['red\ttab']);
  });

  it('leaves no timer behind', () => {
    const { output, timer, write } = rig();
    output.line('one', write);
    output.close();
    expect(timer.pending).toBe(0);
  });
});
