import { describe, expect, it } from 'vitest';
import { createLiveArea } from './live-area.ts';
import { TestTerminal } from './terminal.test-support.ts';

function areaOn(columns = 40, rows = 10) {
  const terminal = new TestTerminal(columns, rows);
  return { terminal, area: createLiveArea(terminal) };
}

describe('an area of a terminal that changes in place', () => {
  it('shows its lines below what is there', () => {
    const { terminal, area } = areaOn();
    terminal.write('$ firstlight\n');
    area.show(['one', 'two']);
    expect(terminal.shown).toEqual(['$ firstlight', 'one', 'two']);
  });

  it('writes only the lines that have changed', () => {
    const { terminal, area } = areaOn();
    area.show(['one', 'two', 'three']);
    area.show(['one', 'TWO', 'three']);
    expect(terminal.shown).toEqual(['one', 'TWO', 'three']);
    expect(terminal.written).toContain('TWO');
    expect(terminal.written).not.toContain('one');
    expect(terminal.written).not.toContain('three');
  });

  it('writes nothing when nothing has changed', () => {
    const { terminal, area } = areaOn();
    area.show(['one']);
    terminal.write('');
    area.show(['one']);
    expect(terminal.written).toBe('');
  });

  it('grows and shrinks', () => {
    const { terminal, area } = areaOn();
    area.show(['one']);
    area.show(['one', 'two', 'three']);
    expect(terminal.shown).toEqual(['one', 'two', 'three']);
    area.show(['four']);
    expect(terminal.shown).toEqual(['four']);
  });

  it('scrolls at the end of the screen, and still knows its lines', () => {
    const { terminal, area } = areaOn(40, 4);
    terminal.write('before\nbefore\nbefore\n');
    area.show(['one', 'two', 'three']);
    area.show(['one', 'two', 'THREE']);
    expect(terminal.shown).toEqual(['one', 'two', 'THREE']);
  });

  it('leaves nothing behind when the terminal becomes narrower or wider', () => {
    const { terminal, area } = areaOn(40);
    terminal.write('before\n');
    area.show(['a line of thirty-one characters', 'two']);
    terminal.resize(20);
    area.show(['a line of thirty-o…', 'two']);
    expect(terminal.shown).toEqual(['before', 'a line of thirty-o…', 'two']);
    terminal.resize(60);
    area.show(['a line of thirty-one characters', 'two']);
    expect(terminal.shown).toEqual(['before', 'a line of thirty-one characters', 'two']);
  });

  it('makes room for other lines, and comes back below them', () => {
    const { terminal, area } = areaOn();
    area.show(['one', 'two']);
    area.clear();
    terminal.write('a warning\n');
    area.show(['one', 'two']);
    expect(terminal.shown).toEqual(['a warning', 'one', 'two']);
  });

  it('hides the cursor, and gives it back at the end', () => {
    const { terminal, area } = areaOn();
    area.show(['one']);
    expect(terminal.isCursorHidden).toBe(true);
    area.end();
    expect(terminal.isCursorHidden).toBe(false);
    expect(terminal.shown).toEqual(['one']);
  });

  it('has nothing to give back where it has shown nothing', () => {
    const { terminal, area } = areaOn();
    area.clear();
    area.end();
    expect(terminal.written).toBe('');
  });
});
