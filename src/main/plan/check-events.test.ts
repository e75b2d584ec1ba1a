import { describe, expect, it } from 'vitest';
import { check, GENERAL, pluginText, type PluginLines } from './plan.test-support.ts';

interface Chain extends PluginLines {
  readonly after?: never;
}

/** A plugin by name, the event it waits for and the one it raises. */
function plugin(
  name: string,
  after?: string,
  completes?: string,
  more?: Omit<Chain, 'after'>,
): string {
  return pluginText(name, {
    visible_in_ui: false,
    ...(after === undefined ? {} : { run_after_event_name: after }),
    ...(completes === undefined ? {} : { completed_event_name: completes }),
    ...more,
  });
}
const screen = (name: string, after?: string, completes?: string): string =>
  plugin(name, after, completes, { visible_in_ui: true });
const handoffs = (...events: readonly string[]): string =>
  `\n[handoffs]\nhandoff_events = ${JSON.stringify(events)}\n`;

/** Path, rule and message of each finding. */
async function said(...parts: readonly string[]): Promise<readonly string[]> {
  const { diagnostics } = await check(GENERAL + parts.join(''));
  return diagnostics.map(({ path, rule, message }) => `${path} ${rule}: ${message}`);
}

describe('plan/never-starts', () => {
  it('names the event that nobody raises, and the nearest that someone does', async () => {
    const { diagnostics } = await check(GENERAL + plugin('a', 'OneDon'));
    expect(diagnostics).toEqual([
      {
        rule: 'plan/never-starts',
        severity: 'warning',
        message: '"a" never starts: nobody raises "OneDon"',
        line: 14,
        column: 24,
        path: 'plugins[0].run_after_event_name',
        hint: 'Did you mean "OneDone"?',
      },
    ]);
  });

  it('is not said of what the engine, core or another plugin starts', async () => {
    expect(
      await said(
        plugin('a', 'SetupStarted', 'A'),
        plugin('b', 'A'),
        plugin('c', 'TwoDone'),
        plugin('d'),
        plugin('e', 'Later'),
        plugin('f', 'OneDone', 'Later'),
      ),
    ).toEqual([]);
  });

  it('goes on down the chain', async () => {
    expect(await said(plugin('a', 'Nobody', 'A'), plugin('b', 'A', 'B'), plugin('c', 'B'))).toEqual(
      [
        'plugins[0].run_after_event_name plan/never-starts: "a" never starts: nobody raises "Nobody"',
        'plugins[1].run_after_event_name plan/never-starts: "b" never starts: "A" comes from "a", which never starts either',
        'plugins[2].run_after_event_name plan/never-starts: "c" never starts: "B" comes from "b", which never starts either',
      ],
    );
  });

  it('is not guessed while it is unknown what some plugin raises', async () => {
    const broken = `${plugin('a')}completed_event_name = 3\n`;
    expect(await said(broken, plugin('b', 'A'))).toEqual([
      'plugins[0].completed_event_name plan/wrong-type: "completed_event_name" must be a text in quotes, but is the number 3',
    ]);
  });
});

describe('plan/event-cycle', () => {
  it('names the circle in order, once, from the plugin that is first in the plan', async () => {
    expect(await said(plugin('b', 'A', 'B'), plugin('c', 'B', 'C'), plugin('a', 'C', 'A'))).toEqual(
      [
        'plugins[0].run_after_event_name plan/event-cycle: plugins wait for each other in a circle, so none of them ever starts: "b" -> "c" -> "a" -> "b"',
      ],
    );
  });

  it('may be one plugin long', async () => {
    expect(await said(plugin('a', 'A', 'A'))).toEqual([
      'plugins[0].run_after_event_name plan/event-cycle: plugins wait for each other in a circle, so none of them ever starts: "a" -> "a"',
    ]);
  });

  it('tells two circles apart, and who waits behind one', async () => {
    expect(
      await said(
        plugin('a', 'B', 'A'),
        plugin('b', 'A', 'B'),
        plugin('c', 'D', 'C'),
        plugin('d', 'C', 'D'),
        plugin('e', 'D'),
      ),
    ).toEqual([
      'plugins[0].run_after_event_name plan/event-cycle: plugins wait for each other in a circle, so none of them ever starts: "a" -> "b" -> "a"',
      'plugins[2].run_after_event_name plan/event-cycle: plugins wait for each other in a circle, so none of them ever starts: "c" -> "d" -> "c"',
      'plugins[4].run_after_event_name plan/never-starts: "e" never starts: "D" comes from "d", which never starts either',
    ]);
  });

  it('says so when it is entered from outside and therefore does run once', async () => {
    expect(
      await said(plugin('a', 'B', 'A'), plugin('b', 'A', 'B'), plugin('c', 'OneDone', 'B')),
    ).toEqual([
      'plugins[0].run_after_event_name plan/event-cycle: plugins wait for each other in a circle, so each starts once, and the event that closes the circle starts nothing: "a" -> "b" -> "a"',
      'plugins[2].completed_event_name plan/completes-same-event: "B" is raised by "b" too; whichever is first counts',
    ]);
  });

  it('is cut short where nobody would read on', async () => {
    const ring = Array.from({ length: 30 }, (_, at) =>
      plugin(`p${at}`, `E${(at + 29) % 30}`, `E${at}`),
    );
    const [message = ''] = await said(...ring);
    expect(message).toMatch(/"p0" -> "p1" .* "p19" -> … -> "p0"$/);
  });
});

describe('plan/completes-same-event', () => {
  it.each([
    ['the core plugin "core_one"', 'OneDone'],
    ['the engine itself', 'SetupStarted'],
  ])('counts %s as well', async (who, event) => {
    expect(await said(plugin('a', undefined, event))).toEqual([
      `plugins[0].completed_event_name plan/completes-same-event: "${event}" is raised by ${who} too; whichever is first counts`,
    ]);
  });
});

describe('plan/no-handoff', () => {
  it('is said at the last screen of a chain', async () => {
    const { diagnostics } = await check(
      GENERAL + screen('a', 'OneDone', 'A') + screen('b', 'A', 'B') + plugin('c', 'B', 'C'),
    );
    expect(diagnostics).toEqual([
      {
        rule: 'plan/no-handoff',
        severity: 'warning',
        message:
          'the chain of screens ends with "b" and no handoff, so the core sequence will resume by itself',
        line: 25,
        column: 24,
        path: 'plugins[1].completed_event_name',
        hint: 'List "B" in handoff_events.',
      },
    ]);
  });

  it('is not said where the chain hands back, however far behind its last screen', async () => {
    expect(await said(screen('a', 'OneDone', 'A'), plugin('b', 'A', 'B'), handoffs('B'))).toEqual(
      [],
    );
  });

  it('is not said right behind a handoff, where the next core plugin is queued already', async () => {
    expect(await said(screen('a', 'OneDone', 'A'), screen('b', 'A'), handoffs('A'))).toEqual([]);
  });

  it('is not said behind the last core plugin, where there is nothing to hand to', async () => {
    expect(await said(screen('a', 'ThreeDone'))).toEqual([]);
  });

  it('is not said of background work or of what never starts', async () => {
    expect(await said(plugin('a', 'OneDone'))).toEqual([]);
    expect(await said(screen('a', 'Nobody'))).toEqual([
      'plugins[0].run_after_event_name plan/never-starts: "a" never starts: nobody raises "Nobody"',
    ]);
  });

  it('asks a plugin without an event to raise one', async () => {
    const { diagnostics } = await check(GENERAL + screen('a'));
    expect(diagnostics.map(({ path, hint }) => `${path}: ${hint ?? ''}`)).toEqual([
      'plugins[0].name: Give it a completed_event_name and list that in handoff_events.',
    ]);
  });
});

describe('the list of handoffs', () => {
  it('is told of events that nobody raises, and of doubles', async () => {
    expect(await said(plugin('a', 'OneDone', 'Done'), handoffs('Dome', 'Done', 'Done'))).toEqual([
      'handoffs.handoff_events[0] plan/handoff-never-raised: nobody raises the handoff event "Dome"',
      'handoffs.handoff_events[2] plan/duplicate-handoff: "Done" is listed twice',
    ]);
  });

  it('is told of events that only plugins raise which never start', async () => {
    expect(await said(plugin('a', 'Nobody', 'A'), handoffs('A'))).toContain(
      'handoffs.handoff_events[0] plan/handoff-never-raised: nobody who ever starts raises the handoff event "A"',
    );
  });

  it('may name an event of the core sequence', async () => {
    expect(await said(handoffs('OneDone'))).toEqual([]);
  });
});

describe('large plans', () => {
  it('may be one chain of 5,000 plugins', { timeout: 30_000 }, async () => {
    const { checkPlanText } = await import('./check.ts');
    const { testCore } = await import('./plan.test-support.ts');
    const chain = Array.from({ length: 5_000 }, (_, at) =>
      plugin(`p${at}`, at === 0 ? 'OneDone' : `E${at - 1}`, `E${at}`),
    );
    const text = GENERAL + chain.join('');
    const { diagnostics } = await checkPlanText({ file: 'x', text, core: await testCore() });
    expect(diagnostics).toEqual([]);
  });
});
