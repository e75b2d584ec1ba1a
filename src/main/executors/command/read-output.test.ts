import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { readOutput } from './read-output.ts';

function rig() {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const lines: string[] = [];
  const reader = readOutput({ stdout, stderr }, (stream, line) =>
    lines.push(stream === 'stdout' ? line : `! ${line}`),
  );
  return { stdout, stderr, lines, reader };
}

describe('readOutput', () => {
  it('puts together a character that lies across two chunks', async () => {
    const { stdout, stderr, lines, reader } = rig();
    const [first, ...rest] = Buffer.from('€ 5\n');
    stdout.write(Buffer.from([first ?? 0]));
    stdout.end(Buffer.from(rest));
    stderr.end();
    await reader.finish();
    expect(lines).toEqual(['€ 5']);
  });

  it('gives the last line of each stream, though it has no end', async () => {
    const { stdout, stderr, lines, reader } = rig();
    stdout.end('out');
    stderr.end('err');
    await reader.finish();
    expect(lines).toEqual(['out', '! err']);
  });

  it('leaves a flood alone until the next second, and reads it all at the end', async () => {
    const { stdout, stderr, lines, reader } = rig();
    const chunk = `${'x'.repeat(1023)}\n`.repeat(1024);
    for (let i = 0; i < 17; i += 1) stdout.emit('data', chunk);
    expect([stdout.isPaused(), stderr.isPaused()]).toEqual([true, true]);
    stdout.end('the end');
    stderr.end();
    await reader.finish();
    expect(lines.at(-1)).toBe('the end');
  });

  it('closes pipes that somebody else keeps open', async () => {
    const { stdout, stderr, lines, reader } = rig();
    stdout.write('said');
    await reader.finish();
    expect(lines).toEqual(['said']);
    expect([stdout.destroyed, stderr.destroyed]).toEqual([true, true]);
  });
});
