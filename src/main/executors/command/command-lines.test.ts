import { describe, expect, it } from 'vitest';
import { cutLines, MAX_PIECE } from './command-lines.ts';

function cut(...chunks: readonly string[]): readonly string[] {
  const lines: string[] = [];
  const cutter = cutLines((line, isContinued) => lines.push(isContinued ? `+${line}` : line));
  for (const chunk of chunks) cutter.push(chunk);
  cutter.end();
  return lines;
}

describe('cutLines', () => {
  it('cuts at line feeds, wherever the chunks end', () => {
    expect(cut('on', 'e\ntwo\nth', '', 'ree')).toEqual(['one', 'two', 'three']);
  });

  it('keeps empty lines, and has none after the last line feed', () => {
    expect(cut('\n\na\n')).toEqual(['', '', 'a']);
  });

  it('takes a carriage return with a line feed for one end, even in two chunks', () => {
    expect(cut('one\r\ntwo\r', '\nthree\r', '', '\nfour')).toEqual(['one', 'two', 'three', 'four']);
  });

  it('takes each state of a progress that is redrawn for a line', () => {
    expect(cut('10%\r20%\r', '30%\n')).toEqual(['10%', '20%', '30%']);
  });

  it('gives a long line in pieces of 4 KiB', () => {
    const line = 'a'.repeat(2 * MAX_PIECE + 1);
    const pieces = ['a'.repeat(MAX_PIECE), `+${'a'.repeat(MAX_PIECE)}`, '+a', 'next'];
    expect(cut(`${line}\nnext`)).toEqual(pieces);
    expect(cut(line.slice(0, 5000), `${line.slice(5000)}\nnext`)).toEqual(pieces);
  });

  it('has no empty piece at the end of a line of exactly 4 KiB', () => {
    expect(cut(`${'a'.repeat(MAX_PIECE)}\nb`)).toEqual(['a'.repeat(MAX_PIECE), 'b']);
    expect(cut('a'.repeat(MAX_PIECE), 'a', '\nb')).toEqual(['a'.repeat(MAX_PIECE), '+a', 'b']);
  });

  it('cuts no character in two', () => {
    const pieces = cut(`${'a'.repeat(MAX_PIECE - 1)}😀`);
    expect(pieces).toEqual(['a'.repeat(MAX_PIECE - 1), '+😀']);
  });

  it('takes out what could rewrite a terminal', () => {
    expect(cut('\u001b[31mred\u001b[0m\ttab\u0007\n')).toEqual(['red\ttab']);
  });
});
