import { describe, expect, it } from 'vitest';
import { check, findingsOf, GENERAL, pluginText, rulesOf } from './plan.test-support.ts';

// Line 6 of every plan below is empty, 7 is [[plugins]], 8 its name, 9 route, 10 version, 11 type, 12 path.
const withPlugin = (lines: Parameters<typeof pluginText>[1]): string =>
  GENERAL + pluginText('settings', { visible_in_ui: false, ...lines });

/** Gives the first finding without what other tests look at. */
async function first(text: string) {
  const [diagnostic] = (await check(text)).diagnostics;
  return diagnostic;
}

describe('a plan without mistakes', () => {
  it('has no findings, and defaults filled in', async () => {
    const { ok, diagnostics, plan } = await check(GENERAL + pluginText('settings'));
    expect({ ok, rules: diagnostics.map(({ rule }) => rule) }).toEqual({
      ok: true,
      rules: ['plan/no-handoff'],
    });
    expect(plan).toEqual({
      general: {
        product_family: 'demo',
        execution_plan_version: '1.0',
        update_from: 'local',
        update_path_root: './updates',
        revision: 0,
      },
      plugins: [
        {
          name: 'settings',
          plugin_route: 'settings',
          version: '1.0.0',
          plugin_location_type: 'local',
          plugin_base_path: './',
          run_async: false,
          visible_in_ui: true,
          on_failure: 'ask',
          retries: 2,
        },
      ],
      handoff_events: [],
      flags: {},
    });
  });

  it('may have no plugins at all', async () => {
    expect(await findingsOf(GENERAL)).toEqual([]);
  });

  it('skips a headless plugin that fails, unless it says otherwise', async () => {
    const { plan } = await check(
      GENERAL +
        pluginText('a', { visible_in_ui: false }) +
        pluginText('b', { visible_in_ui: false, on_failure: 'stop' }),
    );
    expect(plan?.plugins.map((plugin) => plugin.on_failure)).toEqual(['skip', 'stop']);
  });

  it('loses the trailing slashes of its update root, but not the root folder', async () => {
    const roots = ['s3://bucket/prefix///', '/', '//', '/srv/plans/'].map(async (root) => {
      const from = root.startsWith('s3') ? 's3' : 'local';
      const text = GENERAL.replace('./updates', root).replace('"local"', `"${from}"`);
      return (await check(text)).plan?.general.update_path_root;
    });
    expect(await Promise.all(roots)).toEqual(['s3://bucket/prefix', '/', '/', '/srv/plans']);
  });

  it('gives a flag condition one form, however it was written', async () => {
    const flag =
      '\n[flags.new]\nstate = "ENABLED"\nvariants = { on = true }\ndefaultVariant = "on"\n';
    const { plan } = await check(
      `${withPlugin({ when_flag: 'new' })}${pluginText('b', { visible_in_ui: false })}when_flag = { flag = "new", is = "on" }\n${flag}`,
    );
    expect(plan?.plugins.map((plugin) => plugin.when_flag)).toEqual([
      { flag: 'new' },
      { flag: 'new', is: 'on' },
    ]);
  });

  it('keeps a digest in lower case, so that it can be compared', async () => {
    const { plan } = await check(withPlugin({ sha256: 'AB'.repeat(32) }));
    expect(plan?.plugins[0]?.sha256).toBe('ab'.repeat(32));
  });

  it('may begin with a byte order mark and end its lines in CR LF', async () => {
    expect(await findingsOf(`\uFEFF${withPlugin({}).replaceAll('\n', '\r\n')}`)).toEqual([]);
  });
});

describe('plan/missing-field', () => {
  it('points at the start of a file without [general]', async () => {
    expect(await first('')).toEqual({
      rule: 'plan/missing-field',
      severity: 'error',
      message: '"general" is missing in the file',
      line: 1,
      column: 1,
      path: 'general',
      hint: 'Add a [general] table.',
    });
  });

  it('points at the header of the table that lacks it', async () => {
    expect(await findingsOf(`${GENERAL}\n[[plugins]]\nname = "a"\nvisible_in_ui = false`)).toEqual([
      'plugins[0].plugin_route 7:3 plan/missing-field',
      'plugins[0].version 7:3 plan/missing-field',
      'plugins[0].plugin_location_type 7:3 plan/missing-field',
      'plugins[0].plugin_base_path 7:3 plan/missing-field',
    ]);
  });

  it('is found inside a flag condition', async () => {
    expect(await findingsOf(`${withPlugin({})}when_flag = { is = "on" }`)).toEqual([
      'plugins[0].when_flag.flag 14:1 plan/missing-field',
    ]);
  });
});

describe('plan/wrong-type', () => {
  it('suggests the quotes that are missing', async () => {
    expect(await first(withPlugin({ version: 1 }))).toEqual({
      rule: 'plan/wrong-type',
      severity: 'error',
      message: '"version" must be a text in quotes, but is the number 1',
      line: 10,
      column: 11,
      path: 'plugins[0].version',
      hint: 'Put it in quotes: version = "1"',
    });
  });

  it('suggests to leave away quotes that are too many', async () => {
    expect(await first(withPlugin({ run_async: 'True' }))).toMatchObject({
      message: '"run_async" must be true or false, but is the text "True"',
      hint: 'Leave the quotes away: run_async = true',
    });
  });

  it.each([
    ['a fraction where a whole number belongs', 'retries = 1.5'],
    ['a date where a text belongs', 'team_name = 1979-05-27'],
    ['a date where a table belongs', 'plugin_description = 1979-05-27'],
    ['a list where a text or a table belongs', 'plugin_description = ["x"]'],
    ['a list where a condition belongs', 'when_flag = ["x"]'],
    ['a table where a text belongs', 'run_after_event_name = { a = 1 }'],
    ['a number where one of several texts belongs', 'on_failure = 1'],
  ])('%s', async (_what, line) => {
    expect(await rulesOf(`${withPlugin({})}${line}`)).toEqual(['plan/wrong-type']);
  });

  it('is one finding for a list in the place of a table, not one per missing field', async () => {
    expect(await findingsOf('general = []')).toEqual(['general 1:11 plan/wrong-type']);
    expect(await findingsOf('general = 1979-05-27')).toEqual(['general 1:11 plan/wrong-type']);
  });

  it('tells a table from a list of tables', async () => {
    expect(await first(`${GENERAL}[plugins]\nname = "a"`)).toMatchObject({
      message: '"plugins" must be a list, but is a table',
      path: 'plugins',
      line: 6,
      column: 2,
      hint: 'Write [[plugins]] instead of [plugins].',
    });
  });

  it('names an entry of a list by its number', async () => {
    expect(await first(`${GENERAL}[handoffs]\nhandoff_events = [3]`)).toMatchObject({
      message: 'entry 1 of "handoff_events" must be a text in quotes, but is the number 3',
      path: 'handoffs.handoff_events[0]',
      line: 7,
      column: 19,
    });
  });
});

describe('plan/unknown-value', () => {
  it('says what may stand there, and what is nearest', async () => {
    expect(await first(GENERAL.replace('"local"', '"locale"'))).toEqual({
      rule: 'plan/unknown-value',
      severity: 'error',
      message: '"update_from" must be "s3", "local" or "unc", but is "locale"',
      line: 4,
      column: 15,
      path: 'general.update_from',
      hint: 'Did you mean "local"?',
    });
  });

  it('always has a nearest value', async () => {
    expect(await first(withPlugin({ on_failure: 'zzzzzzzzzzzz' }))).toMatchObject({
      rule: 'plan/unknown-value',
      hint: 'Did you mean "ask"?',
    });
  });
});

describe('plan/bad-value', () => {
  it.each([
    ['retries = 11', '"retries" is 11, but must be at most 10'],
    ['retries = -1', '"retries" is -1, but must be at least 0'],
    ['timeout_seconds = 0', '"timeout_seconds" is 0, but must be more than 0'],
    ['timeout_seconds = inf', '"timeout_seconds" is Infinity, but must be at most 2147483'],
    [
      'timeout_seconds = nan',
      '"timeout_seconds" is the number NaN, which is no number that can be used',
    ],
    [
      'retries = 9223372036854775807',
      '"retries" is the number 9223372036854775807, which is no number that can be used',
    ],
    ['sha256 = "abc"', '"sha256" is "abc", but must be 64 hex digits'],
    ['completed_event_name = ""', '"completed_event_name" is empty'],
    ['plugin_description = { "e n" = "x" }', '"e n" is not a language tag'],
  ])('%s', async (line, message) => {
    expect(await first(`${withPlugin({})}${line}`)).toMatchObject({
      rule: 'plan/bad-value',
      line: 14,
      message,
    });
  });

  it('suggests a name in the alphabet', async () => {
    expect(await first(withPlugin({ name: 'my plugin!' }))).toEqual({
      rule: 'plan/bad-value',
      severity: 'error',
      message: '"name" is "my plugin!", but may have only letters, digits, ".", "_" and "-"',
      line: 8,
      column: 8,
      path: 'plugins[0].name',
      hint: 'Perhaps "my-plugin".',
    });
  });

  it('wants lower case in a route, and no dots', async () => {
    expect(await rulesOf(withPlugin({ plugin_route: 'Settings' }))).toEqual(['plan/bad-value']);
    expect(await rulesOf(withPlugin({ plugin_route: 'a.b' }))).toEqual(['plan/bad-value']);
  });

  it('wants a revision that is not negative', async () => {
    expect(await findingsOf(`${GENERAL}revision = -3`)).toEqual([
      'general.revision 6:12 plan/bad-value',
    ]);
  });
});

describe('plan/unsafe-value', () => {
  it.each(['a/b', 'a\\b', '.', '..', '../x'])('refuses the name %s', async (name) => {
    const lines = { name, plugin_route: 'r' };
    expect(await rulesOf(withPlugin(lines))).toEqual(['plan/unsafe-value']);
  });

  it.each(['a/b', '..', '.', 'a\\b'])('refuses the route %s', async (plugin_route) => {
    expect(await rulesOf(withPlugin({ plugin_route }))).toEqual(['plan/unsafe-value']);
  });

  it('refuses a version of the plan that would leave its folder', async () => {
    const text = GENERAL.replace('"1.0"', '".."');
    expect(await findingsOf(text)).toEqual([
      'general.execution_plan_version 3:26 plan/unsafe-value',
    ]);
  });

  it('allows dots inside a name', async () => {
    expect(await rulesOf(withPlugin({ name: 'a..b', plugin_route: 'r' }))).toEqual([]);
  });

  it.each(['\u0000', '\u001b', '\u007f', '\u0085', '\u2028', '\u202e'])(
    'refuses a control character in an event name (%j)',
    async (char) => {
      const escaped = `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
      const line = `completed_event_name = "Do${escaped}ne"`;
      expect(await first(`${withPlugin({})}${line}`)).toMatchObject({
        rule: 'plan/unsafe-value',
        message: `"completed_event_name" is "Do${escaped}ne", which has a control character in it`,
      });
    },
  );

  it('allows several lines in a description, but nothing that moves a cursor', async () => {
    const lines = `${withPlugin({})}plugin_description = """\nOne\n\tTwo"""`;
    expect(await rulesOf(lines)).toEqual([]);
    expect(await rulesOf(`${withPlugin({})}plugin_description = "a\\u001b[2J"`)).toEqual([
      'plan/unsafe-value',
    ]);
  });

  it('says how long an over-long text is', async () => {
    expect(await first(withPlugin({ name: 'x'.repeat(101), plugin_route: 'r' }))).toMatchObject({
      rule: 'plan/unsafe-value',
      message: '"name" has 101 characters, but may have at most 100',
    });
  });
});

describe('plan/unknown-field', () => {
  it('is a warning at the key, with the nearest known name', async () => {
    const { ok, diagnostics } = await check(`${withPlugin({})}retry = 3`);
    expect(ok).toBe(true);
    expect(diagnostics).toEqual([
      {
        rule: 'plan/unknown-field',
        severity: 'warning',
        message: 'no rule knows "retry" here, so it is ignored',
        line: 14,
        column: 1,
        path: 'plugins[0].retry',
        hint: 'The nearest known name is "retries".',
      },
    ]);
  });

  it.each([
    ['timeout = 3', 'Did you mean "timeout_seconds"?'],
    ['Retries = 3', 'Did you mean "retries"?'],
    ['run_aysnc = true', 'Did you mean "run_async"?'],
  ])('asks about a slip: %s', async (line, hint) => {
    expect(await first(`${withPlugin({})}${line}`)).toMatchObject({ hint });
  });

  it('speaks of unknown tables too', async () => {
    expect(await findingsOf(`${GENERAL}[handofs]\nhandoff_events = []`)).toEqual([
      'handofs 6:2 plan/unknown-field',
    ]);
  });

  it('takes names of the language for what they are: unknown', async () => {
    expect(
      await findingsOf(`${withPlugin({})}__proto__ = 1\nconstructor = 2\ntoString = 3`),
    ).toEqual([
      'plugins[0].__proto__ 14:1 plan/unknown-field',
      'plugins[0].constructor 15:1 plan/unknown-field',
      'plugins[0].toString 16:1 plan/unknown-field',
    ]);
  });

  it('does not fill a missing field from the prototype of objects', async () => {
    expect(await rulesOf(`${GENERAL}[[plugins]]\n__proto__ = { name = "a" }`)).toContain(
      'plan/missing-field',
    );
  });
});

describe('plan/bad-email', () => {
  it.each(['nobody', 'a@b', 'a b@c.d', ''])('warns of %j', async (email) => {
    expect(await rulesOf(withPlugin({ operation_contact_email: email }))).toEqual([
      'plan/bad-email',
    ]);
  });

  it.each(['a@b.example', 'first.last+tag@sub.domain.example'])(
    'is fine with %s',
    async (email) => {
      expect(await rulesOf(withPlugin({ engineering_contact_email: email }))).toEqual([]);
    },
  );
});

describe('several mistakes', () => {
  it('are all reported in one run, in the order of the text', async () => {
    const text = `${GENERAL.replace('"local"', '"ftp"')}
[[plugins]]
name = "a"
plugin_route = "A"
version = 1
plugin_location_type = "locl"
plugin_base_path = "../x"
visible_in_ui = false
[[plugins]]
name = "a"
nmae = "b"
run_after_event_name = "Nobody"
[handoffs]
handoff_events = ["X", "X"]
`;
    expect(await findingsOf(text)).toEqual([
      'general.update_from 4:15 plan/unknown-value',
      'plugins[0].plugin_route 9:16 plan/bad-value',
      'plugins[0].version 10:11 plan/wrong-type',
      'plugins[0].plugin_location_type 11:24 plan/unknown-value',
      'plugins[1].plugin_route 14:3 plan/missing-field',
      'plugins[1].version 14:3 plan/missing-field',
      'plugins[1].plugin_location_type 14:3 plan/missing-field',
      'plugins[1].plugin_base_path 14:3 plan/missing-field',
      'plugins[1].name 15:8 plan/duplicate-name',
      'plugins[1].nmae 16:1 plan/unknown-field',
      'plugins[1].run_after_event_name 17:24 plan/never-starts',
      'handoffs.handoff_events[0] 19:19 plan/handoff-never-raised',
      'handoffs.handoff_events[1] 19:24 plan/duplicate-handoff',
    ]);
  });
});
