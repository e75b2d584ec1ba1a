import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { splitLines } from './line-splitter.ts';

function collect(pieces: readonly string[], maxLength = 1000): [string, boolean][] {
  const lines: [string, boolean][] = [];
  const splitter = splitLines({ maxLength, onLine: (line, cut) => lines.push([line, cut]) });
  for (const piece of pieces) splitter.push(piece);
  splitter.end();
  return lines;
}

describe('splitLines', () => {
  it('gives the same lines however the text is cut into pieces', () => {
    const text = fc.array(fc.constantFrom('a', 'b', '\n', 'é'), { maxLength: 40 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(40)), (letters, cuts) => {
        const whole = letters.join('');
        const places = [...new Set(cuts)].sort((a, b) => a - b);
        const pieces = [0, ...places].map((from, i) => whole.slice(from, places[i]));
        expect(collect(pieces)).toEqual(collect([whole]));
        const expected = whole.split('\n');
        if (expected.at(-1) === '') expected.pop();
        expect(collect([whole]).map(([line]) => line)).toEqual(expected);
      }),
    );
  });

  it('cuts a long line, says so, and is whole again on the next', () => {
    expect(collect(['abcdef', 'gh\nij\n'], 4)).toEqual([
      ['abcd', true],
      ['ij', false],
    ]);
  });
});
