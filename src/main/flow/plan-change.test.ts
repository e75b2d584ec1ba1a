import { describe, expect, it } from 'vitest';
import { corePlugin, FlowRig, headless, plugin } from './flow.test-support.ts';

const core = ['welcome', 'update', 'terms'].map((name) => corePlugin(name));
const plan = (plugins: ReturnType<typeof plugin>[], handoffs: readonly string[] = []) => ({
  plugins,
  handoff_events: handoffs,
});

describe('a newer plan', () => {
  it('starts what waits for events that were raised already, in their order, then what waits for none', () => {
    const rig = new FlowRig({ core }).answer('welcome');
    rig.story();
    rig.changePlan(
      plan([
        headless('free', { run_async: true }),
        headless('afterWelcome', { run_async: true, after: 'welcomeCompleted' }),
        headless('atStart', { run_async: true, after: 'SetupStarted' }),
        headless('later', { run_async: true, after: 'updateCompleted' }),
      ]),
    );
    expect(rig.story()).toEqual(['plan', 'start atStart', 'start afterWelcome', 'start free']);
  });

  it('lets what has started finish by its old definition, and its event counts', () => {
    const rig = new FlowRig({
      core,
      plugins: [headless('scan', { run_async: true, raises: 'Scanned' })],
    });
    rig.story();
    rig.changePlan(
      plan([
        headless('scan', { run_async: true, raises: 'Other' }),
        headless('report', { run_async: true, after: 'Scanned' }),
      ]),
    );
    rig.done('scan');
    expect(rig.story()).toEqual(['plan', 'completed scan', 'event Scanned', 'start report']);
  });

  it('replaces what is only queued, a lane plugin that waits for the screen included', () => {
    const rig = new FlowRig({
      core,
      plugins: [
        plugin('tour', { run_async: true, after: 'welcomeCompleted' }),
        plugin('form', { after: 'welcomeCompleted' }),
        plugin('more', { after: 'welcomeCompleted' }),
      ],
    });
    rig.answer('welcome').story();
    rig.changePlan(plan([plugin('fresh', { after: 'welcomeCompleted' })]));
    rig.answer('tour').answer('fresh');
    expect(rig.story()).toEqual([
      'plan',
      'close tour',
      'completed tour',
      'start fresh',
      'show fresh',
      'close fresh',
      'completed fresh',
      'handoff quiescent to update',
      'start update',
      'show update',
    ]);
  });

  it('starts no plugin a second time, whatever the new plan says of its name', () => {
    const rig = new FlowRig({ core, plugins: [headless('scan', { run_async: true })] });
    rig.done('scan').story();
    rig.changePlan(plan([headless('scan', { run_async: true })]));
    expect(rig.story()).toEqual(['plan']);
  });

  it('hands off nothing by an event that was raised before', () => {
    const rig = new FlowRig({
      core,
      plugins: [headless('scan', { run_async: true, raises: 'Scanned' })],
    });
    rig.done('scan').story();
    rig.changePlan(plan([plugin('form', { after: 'welcomeCompleted' })], ['Scanned']));
    rig.answer('welcome');
    expect(rig.story()).toEqual([
      'plan',
      'close welcome',
      'completed welcome',
      'event welcomeCompleted',
      'start form',
      'show form',
    ]);
  });

  it('starts nothing while the stop screen is up, and what is due after Retry', () => {
    const rig = new FlowRig({
      core,
      plugins: [headless('vital', { after: 'welcomeCompleted', on_failure: 'stop' })],
    });
    rig.answer('welcome').fails('vital').story();
    rig.changePlan(
      plan([
        headless('scan', { run_async: true, after: 'welcomeCompleted' }),
        headless('free', { run_async: true }),
      ]),
    );
    expect(rig.story()).toEqual(['plan']);
    rig.input({ type: 'retry', plugin: 'vital' });
    expect(rig.story()).toEqual(['start scan', 'start free', 'working screen for vital']);
  });

  it('gives control back to the core sequence when it takes away all that the plan was busy with', () => {
    const rig = new FlowRig({
      core,
      plugins: [
        plugin('tour', { run_async: true, after: 'welcomeCompleted' }),
        plugin('form', { after: 'welcomeCompleted' }),
      ],
    });
    rig.answer('welcome').changePlan(plan([])).story();
    rig.answer('tour');
    expect(rig.story().slice(2)).toEqual([
      'handoff quiescent to update',
      'start update',
      'show update',
    ]);
  });
});

describe('a plan that is withdrawn', () => {
  it('has what it started ended as failed, and its events count for the plan in force now', () => {
    const rig = new FlowRig({
      core,
      plugins: [headless('hung', { after: 'welcomeCompleted', raises: 'Hung' })],
    });
    rig.answer('welcome').story();
    rig.goBackToPlan(plan([headless('next', { after: 'Hung' })]));
    expect(rig.story()).toEqual([
      'plan',
      'fail hung trial-failed 1',
      'failed hung',
      'event Hung',
      'start next',
      'working screen for next',
    ]);
  });

  it('gives the screen and the lane back', () => {
    const rig = new FlowRig({ core, plugins: [plugin('form', { after: 'welcomeCompleted' })] });
    rig.answer('welcome').story();
    rig.goBackToPlan(plan([]));
    expect(rig.story()).toEqual([
      'plan',
      'fail form trial-failed 1',
      'close form',
      'failed form',
      'handoff quiescent to update',
      'start update',
      'show update',
    ]);
  });

  it('does not keep its failures on the screen, a stop included', () => {
    const rig = new FlowRig({
      core,
      plugins: [headless('vital', { after: 'welcomeCompleted', on_failure: 'stop' })],
    });
    rig.answer('welcome').fails('vital').story();
    rig.goBackToPlan(plan([]));
    expect(rig.story()).toEqual([
      'plan',
      'failed vital',
      'handoff quiescent to update',
      'start update',
      'show update',
    ]);
  });

  it('is not gone back to: Back leads to core screens only', () => {
    const rig = new FlowRig({ core, plugins: [plugin('form', { after: 'welcomeCompleted' })] });
    rig.answer('welcome').answer('form').story();
    rig.goBackToPlan(plan([])).input({ type: 'back', plugin: 'update' });
    expect(rig.story().slice(-1)).toEqual(['show welcome']);
  });

  it('ends going back to one of its screens', () => {
    const rig = new FlowRig({ core, plugins: [plugin('form', { after: 'welcomeCompleted' })] });
    rig.answer('welcome').answer('form').input({ type: 'back', plugin: 'update' }).story();
    rig.goBackToPlan(plan([]));
    expect(rig.story()).toEqual(['plan', 'close form', 'show update']);
  });

  it('leaves core plugins where they are', () => {
    const rig = new FlowRig({ core }).goBackToPlan(plan([]));
    rig.story();
    rig.answer('welcome');
    expect(rig.story().slice(-1)).toEqual(['show update']);
  });
});

describe('starting the app again', () => {
  it('brings up what ran without starting it twice, and shows the same screen', () => {
    const rig = new FlowRig({
      core,
      plugins: [headless('scan', { run_async: true })],
      simulated: false,
    });
    rig.input({ type: 'opened', plugin: 'scan', hasScreen: false }).story();
    rig.effects.length = 0;
    rig.input({ type: 'resumed' });
    expect(rig.story()).toEqual(['close welcome', 'show welcome']);
    expect(rig.effects).toContainEqual({
      type: 'open',
      plugin: 'scan',
      after: undefined,
      delayRound: 0,
    });
    rig.input({ type: 'opened', plugin: 'scan', hasScreen: false });
    expect(rig.effects.slice(-1)).toEqual([{ type: 'work', plugin: 'scan', attempt: 1 }]);
  });

  it('goes on with the work of a plugin whose screen was answered', () => {
    const rig = new FlowRig({ core });
    rig.input({ type: 'answered', plugin: 'welcome', hasWork: true }).story();
    rig.effects.length = 0;
    rig.input({ type: 'resumed' });
    expect(rig.story()).toEqual(['working screen for welcome']);
    expect(rig.effects.slice(-1)).toEqual([{ type: 'work', plugin: 'welcome', attempt: 1 }]);
  });

  it('asks again about a failure that was being asked about', () => {
    const rig = new FlowRig({ core }).fails('welcome');
    rig.story();
    rig.input({ type: 'resumed' });
    expect(rig.story()).toEqual(['failure screen for welcome']);
  });

  it('shows the earlier screen that was under review', () => {
    const rig = new FlowRig({ core }).answer('welcome').input({ type: 'back', plugin: 'update' });
    rig.story();
    rig.input({ type: 'resumed' }).answer('welcome');
    expect(rig.story()).toEqual(['close welcome', 'show welcome', 'close welcome', 'show update']);
  });
});
