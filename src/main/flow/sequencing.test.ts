import { describe, expect, it } from 'vitest';
import { corePlugin, FlowRig, headless, plugin } from './flow.test-support.ts';

const welcome = corePlugin('welcome');
const wifi = corePlugin('wifi');
const finish = corePlugin('finish');

describe('the beginning of a session', () => {
  it('raises SetupStarted first, then shows the first core screen', () => {
    const rig = new FlowRig({ core: [welcome] });
    expect(rig.story()).toEqual(['plan', 'event SetupStarted', 'start welcome', 'show welcome']);
  });

  it('lets plugins after SetupStarted go before the first core plugin, and those without an event behind it', () => {
    const rig = new FlowRig({
      core: [welcome],
      plugins: [plugin('later'), plugin('first', { after: 'SetupStarted' })],
    });
    expect(rig.story()).toEqual(['plan', 'event SetupStarted', 'start first', 'show first']);
    rig.answer('first');
    rig.answer('welcome');
    expect(rig.story()).toEqual([
      'close first',
      'completed first',
      'start welcome',
      'show welcome',
      'close welcome',
      'completed welcome',
      'event welcomeCompleted',
      'start later',
      'show later',
    ]);
  });

  it('starts background work without an event at once, beside the first core screen', () => {
    const rig = new FlowRig({ core: [welcome], plugins: [headless('scan', { run_async: true })] });
    expect(rig.story().slice(2)).toEqual(['start welcome', 'show welcome', 'start scan']);
  });
});

describe('events', () => {
  it('are sticky, and a repeated one is recorded and starts nothing', () => {
    const rig = new FlowRig({
      core: [welcome],
      plugins: [
        headless('a', { run_async: true, raises: 'Twice' }),
        headless('b', { run_async: true, raises: 'Twice' }),
        headless('c', { run_async: true, after: 'Twice' }),
      ],
    });
    rig.story();
    rig.done('a').done('b');
    expect(rig.story()).toEqual([
      'completed a',
      'event Twice',
      'start c',
      'completed b',
      'event Twice',
    ]);
  });

  it('take the plugins that wait for them in plan order: left out, onto the lane, beside it', () => {
    const rig = new FlowRig({
      core: [welcome],
      flags: { on: { variant: 'off', value: false, reason: 'STATIC' } },
      plugins: [
        headless('lane1', { after: 'welcomeCompleted' }),
        headless('out', {
          after: 'welcomeCompleted',
          raises: 'OutDone',
          when_flag: { flag: 'on' },
        }),
        headless('beside', { after: 'welcomeCompleted', run_async: true }),
        headless('next', { after: 'OutDone', run_async: true }),
      ],
    });
    rig.story();
    rig.answer('welcome');
    expect(rig.story()).toEqual([
      'close welcome',
      'completed welcome',
      'event welcomeCompleted',
      'start lane1',
      'flag on=off for out',
      'skipped out',
      'event OutDone',
      'start beside',
      'start next',
      'working screen for lane1',
    ]);
  });
});

describe('the lane', () => {
  it('runs one at a time, first in, first out', () => {
    const rig = new FlowRig({
      core: [welcome],
      plugins: [
        headless('a', { after: 'welcomeCompleted' }),
        headless('b', { after: 'welcomeCompleted' }),
      ],
    });
    rig.answer('welcome');
    rig.story();
    rig.done('a');
    expect(rig.story()).toEqual(['completed a', 'start b', 'working screen for b']);
  });

  it('shows the working screen only while nobody asks for the screen', () => {
    const rig = new FlowRig({
      core: [welcome],
      plugins: [
        headless('busy', { after: 'welcomeCompleted' }),
        plugin('tour', { after: 'welcomeCompleted', run_async: true }),
      ],
    });
    rig.answer('welcome');
    rig.story();
    rig.answer('tour');
    expect(rig.story()).toEqual(['close tour', 'completed tour', 'working screen for busy']);
  });
});

describe('the screen', () => {
  it('is never taken from who has it: one asked for while another is up waits', () => {
    const rig = new FlowRig({
      core: [welcome, finish],
      plugins: [
        headless('probe', { run_async: true, raises: 'Probed' }),
        plugin('tour', { run_async: true, after: 'Probed' }),
      ],
    });
    rig.story();
    rig.done('probe');
    expect(rig.story()).toEqual(['completed probe', 'event Probed', 'start tour']);
    rig.answer('welcome');
    expect(rig.story()).toEqual([
      'close welcome',
      'completed welcome',
      'event welcomeCompleted',
      'show tour',
    ]);
    rig.answer('tour');
    expect(rig.story()).toEqual([
      'close tour',
      'completed tour',
      'handoff quiescent to finish',
      'start finish',
      'show finish',
    ]);
  });

  it('goes to a lane plugin and a background plugin in the order in which they became ready', () => {
    const rig = new FlowRig({
      core: [welcome],
      plugins: [
        plugin('lane', { after: 'welcomeCompleted' }),
        plugin('beside', { after: 'welcomeCompleted', run_async: true }),
        headless('probe', { run_async: true, raises: 'Probed' }),
        plugin('late', { after: 'Probed', run_async: true }),
      ],
    });
    rig.done('probe').story();
    rig.answer('welcome');
    // `late` asked while the first screen was up; on the idle lane, `lane` is ready before `beside`.
    expect(rig.story().slice(3)).toEqual(['show late', 'start beside']);
    rig.answer('late').answer('lane').answer('beside');
    expect(rig.story()).toEqual([
      'close late',
      'completed late',
      'start lane',
      'show lane',
      'close lane',
      'completed lane',
      'show beside',
      'close beside',
      'completed beside',
    ]);
  });

  it('goes to who waited on the lane before it goes to what the end of the one before starts', () => {
    const rig = new FlowRig({
      core: [welcome],
      plugins: [
        plugin('first', { after: 'welcomeCompleted', raises: 'First' }),
        plugin('second', { after: 'welcomeCompleted' }),
        plugin('beside', { after: 'First', run_async: true }),
      ],
    });
    rig.answer('welcome').story();
    rig.answer('first').answer('second');
    expect(rig.story()).toEqual([
      'close first',
      'completed first',
      'event First',
      'start second',
      'show second',
      'start beside',
      'close second',
      'completed second',
      'show beside',
    ]);
  });
});

describe('handing control to and fro', () => {
  it('goes on with the core sequence, without a handoff, after a core event that starts only background work', () => {
    const rig = new FlowRig({
      core: [welcome, wifi],
      plugins: [headless('scan', { after: 'welcomeCompleted', run_async: true })],
    });
    rig.story();
    rig.answer('welcome');
    expect(rig.story()).toEqual([
      'close welcome',
      'completed welcome',
      'event welcomeCompleted',
      'start scan',
      'start wifi',
      'show wifi',
    ]);
  });

  it('comes back at a handoff event, behind what that same event started', () => {
    const rig = new FlowRig({
      core: [welcome, wifi],
      handoffs: ['Back'],
      plugins: [
        plugin('a', { after: 'welcomeCompleted', raises: 'Back' }),
        plugin('b', { after: 'Back' }),
      ],
    });
    rig.answer('welcome').story();
    rig.answer('a').answer('b');
    expect(rig.story()).toEqual([
      'close a',
      'completed a',
      'event Back',
      'start b',
      'show b',
      'handoff Back to wifi',
      'close b',
      'completed b',
      'start wifi',
      'show wifi',
    ]);
  });

  it('at a handoff while others wait on the lane, queues the core plugin behind them', () => {
    const rig = new FlowRig({
      core: [welcome, wifi],
      handoffs: ['Back'],
      plugins: [
        plugin('a', { after: 'welcomeCompleted', raises: 'Back' }),
        plugin('b', { after: 'welcomeCompleted' }),
      ],
    });
    rig.answer('welcome').story();
    rig.answer('a').answer('b');
    expect(rig.story()).toEqual([
      'close a',
      'completed a',
      'event Back',
      'start b',
      'show b',
      'handoff Back to wifi',
      'close b',
      'completed b',
      'start wifi',
      'show wifi',
    ]);
  });

  it('takes one core plugin for two handoffs in a row: the second finds it queued', () => {
    const rig = new FlowRig({
      core: [welcome, wifi, finish],
      handoffs: ['One', 'Two'],
      plugins: [
        plugin('a', { after: 'welcomeCompleted', raises: 'One' }),
        plugin('b', { after: 'welcomeCompleted', raises: 'Two' }),
      ],
    });
    rig.answer('welcome').answer('a').story();
    rig.answer('b');
    expect(rig.story()).toEqual(['close b', 'completed b', 'event Two', 'start wifi', 'show wifi']);
    rig.answer('wifi');
    expect(rig.story().slice(3)).toEqual(['start finish', 'show finish']);
  });

  it('ignores a handoff event that was raised before', () => {
    const rig = new FlowRig({
      core: [welcome, wifi, finish],
      handoffs: ['Back'],
      plugins: [
        headless('early', { run_async: true, raises: 'Back' }),
        headless('again', { after: 'welcomeCompleted', raises: 'Back' }),
        plugin('more', { after: 'welcomeCompleted' }),
      ],
    });
    rig.done('early').answer('welcome').story();
    rig.done('again');
    expect(rig.story()).toEqual(['completed again', 'event Back', 'start more', 'show more']);
  });

  it('lets a core event be a handoff itself', () => {
    const rig = new FlowRig({
      core: [welcome, wifi],
      handoffs: ['welcomeCompleted'],
      plugins: [plugin('a', { after: 'welcomeCompleted' })],
    });
    rig.story();
    rig.answer('welcome');
    expect(rig.story().slice(3)).toEqual(['start a', 'show a', 'handoff welcomeCompleted to wifi']);
  });

  it('comes back by itself when the plan is quiet, whatever background work still runs', () => {
    const rig = new FlowRig({
      core: [welcome, wifi],
      plugins: [
        plugin('a', { after: 'welcomeCompleted' }),
        headless('scan', { after: 'welcomeCompleted', run_async: true }),
      ],
    });
    rig.answer('welcome').story();
    rig.answer('a');
    expect(rig.story()).toEqual([
      'close a',
      'completed a',
      'handoff quiescent to wifi',
      'start wifi',
      'show wifi',
    ]);
  });

  it('passes over a core plugin that would have nothing to ask', () => {
    const rig = new FlowRig({ core: [welcome, wifi, finish] });
    rig.input({ type: 'needless.changed', plugin: 'wifi', needless: true }).story();
    rig.answer('welcome');
    expect(rig.story().slice(3)).toEqual([
      'skipped wifi',
      'event wifiCompleted',
      'start finish',
      'show finish',
    ]);
  });
});

describe('the end', () => {
  it('comes when the last core plugin and all on the lane are done; background work is stopped and recorded', () => {
    const rig = new FlowRig({
      core: [welcome],
      plugins: [
        headless('slow', { run_async: true, raises: 'Slow' }),
        headless('last', { after: 'welcomeCompleted' }),
      ],
    });
    rig.answer('welcome').story();
    rig.done('last');
    expect(rig.story()).toEqual([
      'completed last',
      'fail slow stopped 1',
      'failed slow',
      'event Slow',
    ]);
    expect(rig.state.finished).toBe('completed');
    expect(rig.effects.slice(-1)).toEqual([{ type: 'finish', outcome: 'completed' }]);
    expect(rig.effects).toContainEqual({ type: 'cancel', plugin: 'slow' });
  });

  it('changes nothing any more', () => {
    const rig = new FlowRig({ core: [welcome] }).answer('welcome');
    const { state } = rig;
    expect(rig.answer('welcome').done('welcome').state).toBe(state);
  });
});
