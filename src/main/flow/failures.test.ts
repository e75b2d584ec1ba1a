import { describe, expect, it } from 'vitest';
import { corePlugin, FlowRig, headless, plugin } from './flow.test-support.ts';
import { shownOf } from './selectors.ts';

const welcome = corePlugin('welcome');
const finish = corePlugin('finish');

describe('a failing plugin', () => {
  it('is tried again by itself as often as the plan says, each attempt recorded', () => {
    const rig = new FlowRig({
      core: [welcome],
      plugins: [headless('a', { after: 'welcomeCompleted', retries: 2 })],
    });
    rig.answer('welcome').story();
    rig.fails('a').fails('a');
    expect(rig.story()).toEqual(['fail a failed 1', 'fail a failed 2']);
    expect(rig.effects.slice(-1)).toEqual([
      { type: 'open', plugin: 'a', after: 'welcomeCompleted', delayRound: 2 },
    ]);
    rig.fails('a');
    expect(rig.story()).toEqual(['fail a failed 3', 'failed a']);
  });

  it('with on_failure skip completes as failed, and its chain goes on', () => {
    const rig = new FlowRig({
      core: [welcome],
      plugins: [
        headless('a', { after: 'welcomeCompleted', raises: 'A', on_failure: 'skip' }),
        headless('b', { after: 'A' }),
      ],
    });
    rig.answer('welcome').story();
    rig.fails('a');
    expect(rig.story()).toEqual([
      'fail a failed 1',
      'failed a',
      'event A',
      'start b',
      'working screen for b',
    ]);
  });

  it('with on_failure ask shows the failure screen, and Retry is one new round on the same screen', () => {
    const rig = new FlowRig({
      core: [welcome, finish],
      plugins: [plugin('form', { after: 'welcomeCompleted', retries: 1 })],
    });
    rig.answer('welcome').fails('form').input({ type: 'opened', plugin: 'form', hasScreen: true });
    rig.story();
    rig.fails('form');
    expect(rig.story()).toEqual(['fail form failed 2', 'close form', 'failure screen for form']);
    rig.input({ type: 'retry', plugin: 'form' });
    expect(rig.story()).toEqual(['show form']);
    rig.fails('form');
    expect(rig.story()).toEqual(['fail form failed 3', 'close form']);
    rig.input({ type: 'opened', plugin: 'form', hasScreen: true }).fails('form');
    expect(rig.story().slice(-1)).toEqual(['failure screen for form']);
  });

  it('goes straight back to its work on Retry when its screen had been answered', () => {
    const rig = new FlowRig({
      core: [welcome],
      plugins: [plugin('form', { after: 'welcomeCompleted' })],
    });
    rig.answer('welcome').input({ type: 'answered', plugin: 'form', hasWork: true });
    rig.fails('form').story();
    rig.input({ type: 'retry', plugin: 'form' });
    expect(rig.story()).toEqual(['working screen for form']);
    expect(rig.effects.slice(-1)).toEqual([{ type: 'work', plugin: 'form', attempt: 2 }]);
  });

  it('completes as skipped when a person chooses Skip', () => {
    const rig = new FlowRig({
      core: [welcome, finish],
      plugins: [plugin('form', { after: 'welcomeCompleted', raises: 'Form' })],
    });
    rig.answer('welcome').fails('form').story();
    rig.input({ type: 'skip', plugin: 'form' });
    expect(rig.story()).toEqual([
      'skipped form',
      'event Form',
      'handoff quiescent to finish',
      'start finish',
      'show finish',
    ]);
  });

  it('in the background asks in its turn and does not hold the core sequence back', () => {
    const rig = new FlowRig({
      core: [welcome, finish],
      plugins: [headless('scan', { run_async: true, on_failure: 'ask' })],
    });
    rig.fails('scan');
    expect(shownOf(rig.state)).toMatchObject({ kind: 'screen', plugin: 'welcome' });
    rig.story();
    rig.answer('welcome');
    expect(rig.story()).toEqual([
      'close welcome',
      'completed welcome',
      'event welcomeCompleted',
      'failure screen for scan',
    ]);
    rig.input({ type: 'skip', plugin: 'scan' });
    expect(rig.story()).toEqual(['skipped scan', 'start finish', 'show finish']);
  });
});

describe('a failing core plugin', () => {
  it('asks, with Skip only where core.toml allows it', () => {
    const rig = new FlowRig({ core: [welcome, corePlugin('wifi', { skippable: true })] });
    rig.fails('welcome');
    expect(shownOf(rig.state)).toMatchObject({ kind: 'failure', canSkip: false });
    rig.input({ type: 'retry', plugin: 'welcome' }).answer('welcome').fails('wifi');
    expect(shownOf(rig.state)).toMatchObject({ kind: 'failure', canSkip: true });
  });

  it('that nobody can skip stops a headless flow at once', () => {
    const rig = new FlowRig({ core: [welcome], headless: true });
    rig.fails('welcome').story();
    rig.input({ type: 'give-up', plugin: 'welcome' });
    expect(rig.state.finished).toBe('stopped');
  });
});

describe('on_failure stop', () => {
  const plugins = [
    headless('vital', { after: 'welcomeCompleted', raises: 'Vital', on_failure: 'stop' }),
    headless('scan', { run_async: true, raises: 'Scanned' }),
    headless('report', { after: 'Scanned', run_async: true }),
  ];

  it('shows the stop screen, stops background work and starts nothing more', () => {
    const rig = new FlowRig({ core: [welcome, finish], plugins });
    rig.answer('welcome').story();
    rig.fails('vital');
    expect(rig.story()).toEqual([
      'fail vital failed 1',
      'fail scan cancelled 1',
      'failed scan',
      'event Scanned',
      'stop screen for vital',
    ]);
    expect(shownOf(rig.state)).toMatchObject({ kind: 'stop', plugin: 'vital' });
  });

  it('goes on after Retry, with what was raised meanwhile', () => {
    const rig = new FlowRig({ core: [welcome, finish], plugins });
    rig.answer('welcome').fails('vital').story();
    rig.input({ type: 'retry', plugin: 'vital' });
    expect(rig.story()).toEqual(['start report', 'working screen for vital']);
    rig.done('vital');
    expect(rig.story()).toEqual([
      'completed vital',
      'event Vital',
      'handoff quiescent to finish',
      'start finish',
      'show finish',
    ]);
  });

  it('ends the flow as stopped when the stop screen is left', () => {
    const rig = new FlowRig({ core: [welcome, finish], plugins });
    rig.answer('welcome').fails('vital').input({ type: 'leave' });
    expect(rig.state.finished).toBe('stopped');
  });

  it('ends a headless flow at once', () => {
    const rig = new FlowRig({ core: [welcome, finish], plugins, headless: true });
    rig.answer('welcome').fails('vital');
    expect(rig.state.finished).toBe('stopped');
  });

  it('waits for the screen that is up: nothing interrupts what is shown', () => {
    const rig = new FlowRig({
      core: [welcome, finish],
      plugins: [headless('vital', { run_async: true, on_failure: 'stop' })],
    });
    rig.fails('vital');
    expect(shownOf(rig.state)).toMatchObject({ kind: 'screen', plugin: 'welcome' });
    rig.answer('welcome');
    expect(shownOf(rig.state)).toMatchObject({ kind: 'stop', plugin: 'vital' });
  });
});
