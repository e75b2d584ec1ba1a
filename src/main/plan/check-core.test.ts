import { describe, expect, it } from 'vitest';
import { checkCore } from './check.ts';
import { bytesOf, CORE_TEXT, shortly } from './plan.test-support.ts';

const core = async (text: string) => checkCore({ file: 'core.toml', bytes: bytesOf(text) });
const one = (...lines: readonly string[]): string =>
  `[[plugins]]\nname = "a"\nplugin_route = "a"\nbuiltin = "terms"\n${lines.join('\n')}`;
const findings = async (text: string) => (await core(text)).diagnostics.map(shortly);

describe('a core sequence', () => {
  it('keeps the order of the file, with defaults filled in', async () => {
    const { ok, core: checked } = await core(CORE_TEXT);
    expect(ok).toBe(true);
    expect(checked?.plugins.map(({ name }) => name)).toEqual([
      'core_one',
      'core_two',
      'core_three',
    ]);
    expect(checked?.plugins[0]).toEqual({
      name: 'core_one',
      plugin_route: 'one',
      builtin: 'welcome',
      completed_event_name: 'OneDone',
      visible_in_ui: true,
      run_async: false,
      retries: 2,
      skippable: false,
      no_return: false,
      on_failure: 'ask',
    });
  });

  it('asks about a headless plugin that fails, unless a person could skip it anyway', async () => {
    const defaults = [
      'visible_in_ui = false',
      'visible_in_ui = false\nskippable = true',
      'skippable = true',
    ].map(async (lines) => (await core(one(lines))).core?.plugins[0]?.on_failure);
    expect(await Promise.all(defaults)).toEqual(['ask', 'skip', 'ask']);
  });

  it('has at least one plugin', async () => {
    expect(await findings('')).toEqual(['plugins 1:1 plan/missing-field']);
    expect(await findings('plugins = []')).toEqual(['plugins 1:11 plan/bad-value']);
  });

  it('names each plugin and route once', async () => {
    expect(await findings(`${one()}\n${one()}`)).toEqual([
      'plugins[1].name 7:8 plan/duplicate-name',
      'plugins[1].plugin_route 8:16 plan/duplicate-route',
    ]);
  });

  it.each([
    ['builtin = "term"', 'plugins[0].builtin 4:11 plan/unknown-value'],
    ['run_async = true', 'plugins[0].run_async 5:13 plan/bad-value'],
    ['on_failure = "skip"', 'plugins[0].on_failure 5:14 plan/bad-value'],
    ['run_after_event_name = "X"', 'plugins[0].run_after_event_name 5:1 plan/unknown-field'],
    ['operation_contact_email = "x"', 'plugins[0].operation_contact_email 5:27 plan/bad-email'],
  ])('is refused or warned of for %s', async (line, finding) => {
    const text = line.startsWith('builtin') ? one().replace('builtin = "terms"', line) : one(line);
    expect(await findings(text)).toEqual([finding]);
  });

  it('is told of bytes that are no text', async () => {
    const {
      ok,
      diagnostics,
      core: checked,
    } = await checkCore({
      file: 'core.toml',
      bytes: Uint8Array.of(0xff),
    });
    expect({ ok, checked, rules: diagnostics.map(({ rule }) => rule) }).toEqual({
      ok: false,
      checked: undefined,
      rules: ['plan/not-utf8'],
    });
  });
});
