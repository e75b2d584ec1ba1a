import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { analyseEvents, type Participant } from './event-analysis.ts';

const p = (label: string, after?: string, completes?: string): Participant => ({
  label,
  after,
  completes,
});
const CORE = [
  { name: 'one', completes: 'OneDone' },
  { name: 'two', completes: undefined },
];

describe('who starts', () => {
  it('comes with who raises the event first', () => {
    const { starts } = analyseEvents(
      [p('a', 'B', 'A'), p('b', 'A', 'B'), p('c', 'OneDone', 'B'), p('d'), p('e', 'SetupStarted')],
      CORE,
    );
    expect([...starts].sort(([a], [b]) => a - b)).toEqual([
      [0, { kind: 'plugin', index: 2 }],
      [1, { kind: 'plugin', index: 0 }],
      [2, { kind: 'core', name: 'one' }],
      [3, undefined],
      [4, { kind: 'engine' }],
    ]);
  });
});

describe('circles', () => {
  it('are found with the plugins that close them, from the first in the plan', () => {
    const { cycles } = analyseEvents(
      [p('a', 'C', 'A'), p('x', 'A', 'X'), p('b', 'A', 'B'), p('c', 'B', 'C'), p('d', 'D', 'D')],
      [],
    );
    expect(cycles).toEqual([[0, 2, 3], [4]]);
  });

  it('of 50,000 plugins do not overflow the stack', () => {
    const size = 50_000;
    const ring = Array.from({ length: size }, (_, at) => p('', `E${at}`, `E${(at + 1) % size}`));
    expect(analyseEvents(ring, []).cycles.map(({ length }) => length)).toEqual([size]);
  });
});

/** Small plans over few events, so that chains, circles and doubles are frequent. */
const event = fc.option(fc.constantFrom('A', 'B', 'C', 'D', 'OneDone', 'SetupStarted'), {
  nil: undefined,
});
const plan = fc.array(fc.record({ label: fc.constant('p'), after: event, completes: event }), {
  maxLength: 12,
});

describe('any plan', () => {
  it('starts exactly what a simulation of its events starts', () => {
    fc.assert(
      fc.property(plan, (plugins) => {
        const raised = new Set(['SetupStarted', 'OneDone']);
        const started = new Set<number>();
        for (let before = -1; before !== started.size;) {
          before = started.size;
          plugins.forEach(({ after, completes }, index) => {
            if (after !== undefined && !raised.has(after)) return;
            started.add(index);
            if (completes !== undefined) raised.add(completes);
          });
        }
        expect(new Set(analyseEvents(plugins, CORE).starts.keys())).toEqual(started);
      }),
    );
  });

  it('has circles that are circles, and one for each plugin that waits for itself', () => {
    fc.assert(
      fc.property(plan, (plugins) => {
        const { cycles } = analyseEvents(plugins, CORE);
        for (const cycle of cycles) {
          cycle.forEach((index, at) => {
            const next = cycle[(at + 1) % cycle.length] ?? index;
            expect(plugins[index]?.completes).toBe(plugins[next]?.after);
          });
        }
        const inCircle = new Set(cycles.flat());
        plugins.forEach(({ after, completes }, index) => {
          if (after !== undefined && after === completes) expect(inCircle).toContain(index);
        });
      }),
    );
  });

  it('says of everyone who never starts why: nobody, a circle, or someone else who never does', () => {
    fc.assert(
      fc.property(plan, (plugins) => {
        const { starts, raisers } = analyseEvents(plugins, CORE);
        plugins.forEach(({ after }, index) => {
          if (starts.has(index)) return;
          const all = raisers.get(after ?? '') ?? [];
          expect(all.every((r) => r.kind === 'plugin' && !starts.has(r.index))).toBe(true);
        });
      }),
    );
  });
});
