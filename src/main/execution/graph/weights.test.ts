import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aStep } from './step.test-support.ts';
import { weightsOf } from './weights.ts';

function weights(steps: {
  readonly [name: string]: { readonly declared?: number; readonly learned?: number };
}): readonly number[] {
  const specs = Object.entries(steps).map(([name, { declared }]) =>
    aStep(name, declared === undefined ? {} : { weight: declared }),
  );
  return weightsOf({ steps: specs }, (name) => steps[name]?.learned);
}

describe('the weight of a step', () => {
  it('is 1 when nothing is known', () => {
    expect(weights({ a: {}, b: {} })).toEqual([1, 1]);
  });

  it('is what is declared, whatever was learned', () => {
    expect(weights({ a: { declared: 7, learned: 100 }, b: {} })).toEqual([7, 1]);
  });

  it('is what it took earlier, in units of the median', () => {
    expect(weights({ a: { learned: 10 }, b: { learned: 20 }, c: { learned: 40 }, d: {} })).toEqual([
      0.5, 1, 2, 1,
    ]);
    expect(weights({ a: { learned: 10 }, b: { learned: 30 } })).toEqual([0.5, 1.5]);
  });

  it('keeps the longest and the shortest step within what a bar can show', () => {
    expect(weights({ a: { learned: 0 }, b: { learned: 1 }, c: { learned: 1e9 } })).toEqual([
      0.1, 1, 3600,
    ]);
  });

  it('is above 0 and finite, whatever was learned', () => {
    const anything = fc.option(fc.double(), { nil: undefined });
    fc.assert(
      fc.property(fc.array(anything), (learned) => {
        const steps = learned.map((_, index) => aStep(String(index)));
        const found = weightsOf({ steps }, (name) => learned[Number(name)]);
        expect(found).toHaveLength(steps.length);
        for (const weight of found) {
          expect(weight).toBeGreaterThan(0);
          expect(weight).toBeLessThan(Infinity);
        }
      }),
    );
  });
});
