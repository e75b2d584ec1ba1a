import { describe, expect, it } from 'vitest';
import { corePlugin, FlowRig, headless, plugin } from './flow.test-support.ts';
import { needOrder } from './need-order.ts';

const core = ['welcome', 'update', 'terms'].map((name) => corePlugin(name));
const off = { variant: 'off', value: false, reason: 'STATIC' };

describe('the order in which plugins are needed', () => {
  it('begins with what waits for nothing, then follows the events of the core sequence', () => {
    const rig = new FlowRig({
      core,
      plugins: [
        plugin('last', { after: 'termsCompleted' }),
        plugin('second', { after: 'Scanned' }),
        headless('scan', { after: 'welcomeCompleted', raises: 'Scanned' }),
        headless('free', { run_async: true }),
        headless('atStart', { run_async: true, after: 'SetupStarted' }),
      ],
    });
    expect(needOrder(rig.state)).toEqual(['atStart', 'free', 'scan', 'second', 'last']);
  });

  it('leaves out what is done, what its flag leaves out, and what nothing starts', () => {
    const rig = new FlowRig({
      core,
      plugins: [
        headless('done', { run_async: true, after: 'SetupStarted' }),
        plugin('hidden', { after: 'termsCompleted', when_flag: { flag: 'f' }, raises: 'Hidden' }),
        plugin('behindHidden', { after: 'Hidden' }),
        plugin('never', { after: 'Nobody' }),
      ],
      flags: { f: off },
    });
    rig.done('done');
    expect(needOrder(rig.state)).toEqual(['behindHidden']);
  });

  it('ends where events go in a circle', () => {
    const rig = new FlowRig({
      core,
      plugins: [
        plugin('a', { after: 'welcomeCompleted', raises: 'A' }),
        plugin('b', { after: 'A', raises: 'welcomeCompleted' }),
      ],
    });
    expect(needOrder(rig.state)).toEqual(['a', 'b']);
  });

  it('puts first what waits for a plugin that an earlier plan has started', () => {
    const rig = new FlowRig({
      core,
      plugins: [headless('scan', { run_async: true, raises: 'Scanned' })],
    });
    rig.changePlan({
      plugins: [
        plugin('tour', { after: 'welcomeCompleted' }),
        plugin('report', { after: 'Scanned' }),
      ],
      handoff_events: [],
    });
    expect(needOrder(rig.state)).toEqual(['scan', 'report', 'tour']);
  });
});
