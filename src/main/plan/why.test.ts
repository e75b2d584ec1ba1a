import { describe, expect, it } from 'vitest';
import { check, GENERAL, pluginText, testCore } from './plan.test-support.ts';
import { explain, pluginNames, type Why } from './why.ts';

const PLAN = `${GENERAL}
${pluginText('boot', { run_async: true, visible_in_ui: false, completed_event_name: 'Booted' })}
${pluginText('early', { run_after_event_name: 'SetupStarted' })}
${pluginText('settings', { run_after_event_name: 'OneDone', completed_event_name: 'SettingsDone' })}
${pluginText('howto', { run_after_event_name: 'SettingsDone', completed_event_name: 'HowtoDone' })}
when_flag = { flag = "new", is = "on" }
${pluginText('report', { run_after_event_name: 'Booted', visible_in_ui: false })}
when_flag = "new"
${pluginText('tour', { run_after_event_name: 'TwoDone', run_async: true })}
${pluginText('lost', { run_after_event_name: 'Nobody', completed_event_name: 'Lost' })}
${pluginText('behind', { run_after_event_name: 'Lost' })}
${pluginText('ring1', { run_after_event_name: 'Ring2', completed_event_name: 'Ring1' })}
${pluginText('ring2', { run_after_event_name: 'Ring1', completed_event_name: 'Ring2' })}
${pluginText('beside', { run_after_event_name: 'Ring2' })}
[handoffs]
handoff_events = ["HowtoDone"]
[flags.new]
state = "ENABLED"
variants = { on = true, off = false }
defaultVariant = "on"
`;

async function why(name: string): Promise<Why | undefined> {
  const { plan } = await check(PLAN);
  return plan && explain(name, { plan, core: await testCore() });
}

describe('why a plugin runs', () => {
  it.each([
    [
      'howto',
      [
        'core_one (number 1 of the core sequence) raises OneDone.',
        'OneDone starts settings, which raises SettingsDone.',
        'SettingsDone starts howto, in its turn on the foreground lane, with a screen.',
        'It takes part only on devices where the flag new is "on"; elsewhere it is skipped, and its event is raised all the same.',
        'When it is done it raises HowtoDone, a handoff: control goes back to the core sequence.',
      ],
    ],
    [
      'boot',
      [
        'boot waits for no event: it starts when the plan becomes active, at once, in the background, and holds nobody up.',
        'When it is done it raises Booted.',
      ],
    ],
    [
      'report',
      [
        'boot waits for no event: it starts when the plan becomes active.',
        'boot raises Booted.',
        'Booted starts report, in its turn on the foreground lane, without a screen.',
        'It takes part only on devices where the flag new is true; elsewhere it is skipped, and its event is raised all the same.',
        'When it is done it raises no event.',
      ],
    ],
    [
      'early',
      [
        'The engine, first of all, raises SetupStarted.',
        'SetupStarted starts early, in its turn on the foreground lane, with a screen.',
        'When it is done it raises no event.',
      ],
    ],
    [
      'tour',
      [
        'core_two (number 2 of the core sequence) raises TwoDone.',
        'TwoDone starts tour, at once, and asks for the screen as soon as it is free.',
        'When it is done it raises no event.',
      ],
    ],
    [
      'core_one',
      [
        'core_one is number 1 of 3 in the core sequence: it runs first of all.',
        'When it is done it raises OneDone.',
      ],
    ],
    [
      'core_three',
      [
        'core_three is number 3 of 3 in the core sequence: it runs behind core_two, once the plan hands control back or has nothing left to show.',
        'When it is done it raises ThreeDone.',
      ],
    ],
  ])('%s', async (name, words) => {
    expect((await why(name))?.words).toEqual(words);
  });
});

describe('why a plugin never runs', () => {
  it.each([
    ['lost', ['lost never starts.', 'lost waits for Nobody, which nobody raises.']],
    [
      'behind',
      [
        'behind never starts.',
        'behind waits for Lost, which only lost raises.',
        'lost waits for Nobody, which nobody raises.',
      ],
    ],
    [
      'beside',
      [
        'beside never starts.',
        'beside waits for Ring2, which only ring2 raises.',
        'ring2 waits for Ring1, which only ring1 raises.',
        'ring1 waits for Ring2, which only ring2 raises.',
        'They wait for each other in a circle: ring1 -> ring2 -> ring1.',
      ],
    ],
  ])('%s', async (name, words) => {
    expect(await why(name)).toMatchObject({ starts: false, chain: [], words });
  });
});

describe('the form for tools', () => {
  it('holds the chain from the beginning', async () => {
    expect(await why('howto')).toMatchObject({
      plugin: 'howto',
      core: false,
      starts: true,
      visible: true,
      lane: 'foreground',
      chain: [
        { by: 'core', plugin: 'core_one', event: 'OneDone' },
        { by: 'plugin', plugin: 'settings', event: 'SettingsDone' },
      ],
      completes: 'HowtoDone',
      handoff: true,
      flag: { flag: 'new', is: 'on' },
    });
  });
});

describe('a name that nobody has', () => {
  it('is not explained', async () => {
    expect(await why('nobody')).toBeUndefined();
  });

  it('can be told from all those that somebody has', async () => {
    const { plan } = await check(PLAN);
    const names = plan && pluginNames(plan, await testCore());
    expect(names?.slice(0, 5)).toEqual(['core_one', 'core_two', 'core_three', 'boot', 'early']);
  });
});
