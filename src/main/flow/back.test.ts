import { describe, expect, it } from 'vitest';
import { corePlugin, FlowRig, headless, plugin } from './flow.test-support.ts';
import { canGoBack } from './back.ts';
import { shownOf } from './selectors.ts';

const core = ['welcome', 'wifi', 'terms', 'login'].map((name) => corePlugin(name));

function atTerms(): FlowRig {
  const rig = new FlowRig({ core }).answer('welcome').answer('wifi');
  rig.story();
  return rig;
}

describe('Back', () => {
  it('has nowhere to go on the first screen', () => {
    const rig = new FlowRig({ core });
    expect(canGoBack(rig.state)).toBe(false);
    expect(rig.input({ type: 'back', plugin: 'welcome' }).story().slice(4)).toEqual([]);
  });

  it('shows the completed screen before, and completing that again raises nothing', () => {
    const rig = atTerms();
    rig.input({ type: 'back', plugin: 'terms' }).answer('wifi');
    expect(rig.story()).toEqual(['close terms', 'show wifi', 'close wifi', 'show terms']);
  });

  it('leads forward through the same screens again', () => {
    const rig = atTerms();
    rig.input({ type: 'back', plugin: 'terms' }).input({ type: 'back', plugin: 'wifi' });
    expect(canGoBack(rig.state)).toBe(false);
    rig.answer('welcome').answer('wifi').answer('terms');
    expect(rig.story()).toEqual([
      'close terms',
      'show wifi',
      'close wifi',
      'show welcome',
      'close welcome',
      'show wifi',
      'close wifi',
      'show terms',
      'close terms',
      'completed terms',
      'event termsCompleted',
      'start login',
      'show login',
    ]);
  });

  it('ends at the last point of no return', () => {
    const rig = new FlowRig({
      core: [
        corePlugin('welcome'),
        corePlugin('provision', { no_return: true }),
        corePlugin('end'),
      ],
    });
    rig.answer('welcome').answer('provision');
    expect(canGoBack(rig.state)).toBe(false);
  });

  it('runs the work of a screen again when that is completed again', () => {
    const rig = atTerms();
    rig.input({ type: 'back', plugin: 'terms' });
    rig.input({ type: 'answered', plugin: 'wifi', hasWork: true });
    expect(rig.effects.slice(-1)).toEqual([{ type: 'work', plugin: 'wifi', attempt: 1 }]);
    expect(shownOf(rig.state)).toEqual({ kind: 'working', plugin: 'wifi' });
    rig.done('wifi');
    expect(rig.story()).toEqual([
      'close terms',
      'show wifi',
      'close wifi',
      'working screen for wifi',
      'show terms',
    ]);
  });

  it('asks when that work fails, and Skip keeps what was done the first time', () => {
    const rig = atTerms();
    rig.input({ type: 'back', plugin: 'terms' });
    rig.input({ type: 'answered', plugin: 'wifi', hasWork: true }).fails('wifi').story();
    expect(shownOf(rig.state)).toMatchObject({ kind: 'failure', plugin: 'wifi', canSkip: true });
    rig.input({ type: 'skip', plugin: 'wifi' });
    expect(rig.story()).toEqual(['show terms']);
  });

  it('keeps what is going on in the background waiting for the screen', () => {
    const rig = new FlowRig({
      core,
      plugins: [
        headless('probe', { run_async: true, raises: 'Probed' }),
        plugin('tour', { run_async: true, after: 'Probed' }),
      ],
    });
    rig.answer('welcome').input({ type: 'back', plugin: 'wifi' }).done('probe').story();
    rig.answer('welcome').answer('wifi');
    expect(rig.story()).toEqual([
      'close welcome',
      'show wifi',
      'close wifi',
      'completed wifi',
      'event wifiCompleted',
      'show tour',
    ]);
  });

  it('survives that the screen underneath ends by itself', () => {
    const rig = atTerms();
    rig.input({ type: 'back', plugin: 'terms' }).done('terms').story();
    rig.answer('wifi');
    expect(rig.story()).toEqual(['close wifi', 'start login', 'show login']);
  });
});
