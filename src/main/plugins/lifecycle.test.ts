import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isUp, move, type ProcessInput, type ProcessState } from './lifecycle.ts';

const inputs = fc.array(
  fc.constantFrom<ProcessInput>(
    'started',
    'work-began',
    'work-ended',
    'stop-asked',
    'process-ended',
  ),
);

function walk(path: readonly ProcessInput[]): ProcessState {
  return path.reduce<ProcessState>((state, input) => move(state, input) ?? state, 'starting');
}

describe('move', () => {
  it('takes a plugin from its start through its work to its stop', () => {
    expect(walk(['started', 'work-began'])).toBe('running');
    expect(walk(['started', 'work-began', 'work-ended'])).toBe('ready');
    expect(walk(['started', 'stop-asked', 'process-ended'])).toBe('stopped');
  });

  it('calls an end that nobody asked for a crash', () => {
    expect(walk(['process-ended'])).toBe('crashed');
    expect(walk(['started', 'work-began', 'process-ended'])).toBe('crashed');
  });

  it('never leaves an end, and is never up after a stop was asked for', () => {
    fc.assert(
      fc.property(inputs, inputs, (before, after) => {
        const state = walk([...before, 'stop-asked']);
        expect(isUp(state)).toBe(false);
        const end = walk([...before, 'process-ended']);
        expect(walk([...before, 'process-ended', ...after])).toBe(end);
      }),
    );
  });

  it('has no second piece of work beside the first', () => {
    expect(move('running', 'work-began')).toBeUndefined();
  });
});
