import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MutexTable } from './mutex-table.ts';

describe('mutexes', () => {
  it('are held by one at a time', () => {
    const table = new MutexTable();
    expect(table.acquire('a', ['apt'])).toBe(true);
    expect(table.acquire('b', ['apt'])).toBe(false);
    expect(table.acquire('c', ['disk'])).toBe(true);
    expect(table.release('a')).toEqual(['b']);
    expect(table.release('b')).toEqual([]);
    expect(table.acquire('d', ['apt'])).toBe(true);
  });

  it('are served first come, first served', () => {
    const table = new MutexTable();
    table.acquire('a', ['apt']);
    for (const holder of ['b', 'c', 'd']) expect(table.acquire(holder, ['apt'])).toBe(false);
    expect(table.release('a')).toEqual(['b']);
    expect(table.release('b')).toEqual(['c']);
    expect(table.release('c')).toEqual(['d']);
  });

  it('are taken all together or not at all', () => {
    const table = new MutexTable();
    table.acquire('a', ['apt']);
    table.acquire('b', ['disk']);
    expect(table.acquire('both', ['apt', 'disk'])).toBe(false);
    expect(table.release('a')).toEqual([]);
    expect(table.holders()).toEqual([{ holder: 'b', names: ['disk'] }]);
    expect(table.release('b')).toEqual(['both']);
    expect(table.holders()).toEqual([{ holder: 'both', names: ['apt', 'disk'] }]);
  });

  it('are kept for an earlier one that wants more, so that it does not starve', () => {
    const table = new MutexTable();
    table.acquire('a', ['apt']);
    table.acquire('both', ['apt', 'disk']);
    expect(table.acquire('late', ['disk'])).toBe(false);
    expect(table.release('a')).toEqual(['both']);
    expect(table.release('both')).toEqual(['late']);
  });

  it('go to several at once, in order of coming', () => {
    const table = new MutexTable();
    table.acquire('all', ['x', 'y', 'z']);
    table.acquire('first', ['z']);
    table.acquire('second', ['x']);
    table.acquire('third', ['y', 'x']);
    expect(table.release('all')).toEqual(['first', 'second']);
    expect(table.release('second')).toEqual(['third']);
  });

  it('let others pass when one takes its request back', () => {
    const table = new MutexTable();
    table.acquire('a', ['apt']);
    table.acquire('both', ['apt', 'disk']);
    table.acquire('disk', ['disk']);
    table.acquire('apt', ['apt']);
    expect(table.release('both')).toEqual(['disk']);
    expect(table.waiting()).toEqual([{ holder: 'apt', names: ['apt'] }]);
    expect(table.release('a')).toEqual(['apt']);
  });

  it('take a name that is given twice for one, and no name at all for granted', () => {
    const table = new MutexTable();
    expect(table.acquire('a', ['apt', 'apt'])).toBe(true);
    expect(table.acquire('none', [])).toBe(true);
    expect(table.release('none')).toEqual([]);
    expect(table.acquire('b', ['apt', 'apt'])).toBe(false);
    expect(table.release('a')).toEqual(['b']);
  });

  it('know nothing of a holder that never asked', () => {
    expect(new MutexTable().release('nobody')).toEqual([]);
  });

  it('refuse a second request of one holder, which is a bug', () => {
    const table = new MutexTable();
    table.acquire('a', ['apt']);
    expect(() => table.acquire('a', ['disk'])).toThrow('a holds mutexes or waits for them already');
    table.acquire('b', ['apt']);
    expect(() => table.acquire('b', [])).toThrow('b holds mutexes or waits for them already');
  });

  it('show who waits, in order of coming', () => {
    const table = new MutexTable();
    table.acquire('a', ['x', 'y']);
    table.acquire('c', ['y']);
    table.acquire('b', ['x']);
    expect(table.waiting()).toEqual([
      { holder: 'c', names: ['y'] },
      { holder: 'b', names: ['x'] },
    ]);
  });
});

/** Fake: the rule, word by word, without any thought of speed. */
class NaiveTable {
  held: { readonly holder: string; readonly names: readonly string[] }[] = [];
  waiting: { readonly holder: string; readonly names: readonly string[] }[] = [];

  acquire(holder: string, names: readonly string[]): boolean {
    this.waiting.push({ holder, names });
    return this.#grant().length > 0;
  }

  release(holder: string): readonly string[] {
    this.held = this.held.filter((one) => one.holder !== holder);
    this.waiting = this.waiting.filter((one) => one.holder !== holder);
    return this.#grant();
  }

  #grant(): readonly string[] {
    const granted: string[] = [];
    const earlier: string[] = [];
    for (const request of [...this.waiting]) {
      const taken = [...this.held.flatMap(({ names }) => names), ...earlier];
      if (request.names.some((name) => taken.includes(name))) {
        earlier.push(...request.names);
        continue;
      }
      this.held.push(request);
      this.waiting = this.waiting.filter((one) => one !== request);
      granted.push(request.holder);
    }
    return granted;
  }
}

describe('mutexes in any order of requests', () => {
  const HOLDERS = Array.from({ length: 12 }, (_, i) => `h${i}`);
  const action = fc.record({
    holder: fc.constantFrom(...HOLDERS),
    names: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { maxLength: 4 }),
  });

  it('are as a naive table has them, and none is dropped', () => {
    fc.assert(
      fc.property(fc.array(action, { maxLength: 150 }), (actions) => {
        const table = new MutexTable();
        const naive = new NaiveTable();
        const known = new Set<string>();
        const release = (holder: string): void => {
          known.delete(holder);
          expect(table.release(holder)).toEqual(naive.release(holder));
        };
        for (const { holder, names } of actions) {
          if (known.has(holder)) release(holder);
          else {
            known.add(holder);
            expect(table.acquire(holder, names)).toBe(naive.acquire(holder, names));
          }
          expect(table.holders()).toEqual(naive.held);
          expect(table.waiting()).toEqual(naive.waiting);
        }
        // Nobody waits for ever: when all that hold give back, all that wait are served.
        for (let held = table.holders(); held.length > 0; held = table.holders()) {
          for (const { holder } of held) release(holder);
        }
        expect(table.waiting()).toEqual([]);
      }),
    );
  });

  it('serve thousands of waiters of one name in order of coming', () => {
    const table = new MutexTable();
    const count = 5_000;
    for (let i = 0; i < count; i++) table.acquire(String(i), ['apt', `own ${i}`]);
    const served = [0];
    for (let i = 0; i < count - 1; i++) {
      for (const next of table.release(String(i))) served.push(Number(next));
    }
    expect(served).toEqual(Array.from({ length: count }, (_, i) => i));
  });
});
