import { describe, expect, it } from 'vitest';
import { check, findingsOf, GENERAL, pluginText, rulesOf } from './plan.test-support.ts';

const headless = (name: string, lines: Parameters<typeof pluginText>[1] = {}): string =>
  pluginText(name, { visible_in_ui: false, ...lines });

describe('names and routes', () => {
  it('are refused the second time, at their place', async () => {
    const text = GENERAL + headless('a') + headless('a', { plugin_route: 'b' });
    const { diagnostics } = await check(text);
    expect(diagnostics).toEqual([
      {
        rule: 'plan/duplicate-name',
        severity: 'error',
        message: 'the name "a" is already that of plugin 1 of the plan',
        line: 16,
        column: 8,
        path: 'plugins[1].name',
      },
    ]);
  });

  it('of routes, the plugin that has it is named', async () => {
    const text = GENERAL + headless('a') + headless('b', { plugin_route: 'a' });
    const { diagnostics } = await check(text);
    expect(diagnostics.map(({ rule, message }) => ({ rule, message }))).toEqual([
      {
        rule: 'plan/duplicate-route',
        message: 'the route "a" is already that of the plugin "a"',
      },
    ]);
  });

  it('of core plugins are reserved', async () => {
    const text = GENERAL + headless('core_two', { plugin_route: 'one' });
    expect(await findingsOf(text)).toEqual([
      'plugins[0].name 8:8 plan/reserved-name',
      'plugins[0].plugin_route 9:16 plan/reserved-name',
    ]);
  });
});

describe('where a plugin is', () => {
  const at = (plugin_location_type: string, plugin_base_path: string): string =>
    GENERAL + headless('a', { plugin_location_type, plugin_base_path });

  it.each([
    ['local', './'],
    ['local', 'a/../b'],
    ['local', 'packages/a.tgz'],
    ['local', '~/a'],
    ['s3', 's3://bucket/key.tgz'],
    ['s3', 'https://bucket.s3.eu-west-1.amazonaws.com/key.tgz'],
    ['https', 'https://plugins.example:8443/a.tgz?x=1'],
    ['https', 'HTTPS://plugins.example/a.tgz'],
    ['unc', '\\\\server\\share\\a.tgz'],
    ['unc', '//server/share/a.tgz'],
  ])('%s %s is fine', async (type, path) => {
    expect(await rulesOf(at(type, path))).toEqual([]);
  });

  it.each([
    '../a',
    'a/../../b',
    '..',
    '..\\a',
    'a\\..\\..\\b',
    '/etc',
    '\\windows',
    'C:\\a',
    'C:a',
    '//server/share',
  ])('local %s leaves the plugins folder', async (path) => {
    expect(await findingsOf(at('local', path))).toEqual([
      'plugins[0].plugin_base_path 12:20 plan/unsafe-value',
    ]);
  });

  it('a share must not be climbed out of', async () => {
    expect(await rulesOf(at('unc', '\\\\server\\share\\..\\other\\a.tgz'))).toEqual([
      'plan/unsafe-value',
    ]);
  });

  it.each([
    ['local', 'https://a.example/b.tgz', 'Its form is that of "s3".'],
    ['https', 's3://bucket/key', 'Its form is that of "s3".'],
    ['https', 'http://a.example/b.tgz', undefined],
    ['https', 'https://', undefined],
    ['s3', './a', undefined],
    ['s3', 's3://bucket', undefined],
    ['unc', './a', undefined],
    ['unc', '\\\\server\\share', undefined],
  ])('%s %s is not of its form', async (type, path, hint) => {
    const { diagnostics } = await check(at(type, path));
    expect(diagnostics.map((d) => [d.rule, d.hint])).toEqual([['plan/bad-value', hint]]);
  });
});

describe('where newer plans are', () => {
  const from = (kind: string, root: string): string =>
    GENERAL.replace('"local"', JSON.stringify(kind)).replace('"./updates"', JSON.stringify(root));

  it.each([
    ['local', '../updates'],
    ['local', '/srv/updates'],
    ['local', 'C:\\updates'],
    ['s3', 's3://bucket'],
    ['s3', 's3://bucket/prefix/'],
    ['s3', 'https://bucket.s3.amazonaws.com/prefix'],
    ['unc', '\\\\server\\share\\folder'],
    ['unc', '\\\\server\\share'],
  ])('%s %s is fine', async (kind, root) => {
    expect(await rulesOf(from(kind, root))).toEqual([]);
  });

  it.each([
    ['local', 's3://bucket/prefix'],
    ['s3', '/srv/updates'],
    ['s3', 'http://bucket.example'],
    ['unc', '/srv/updates'],
  ])('%s %s is not of its form', async (kind, root) => {
    expect(await findingsOf(from(kind, root))).toEqual([
      'general.update_path_root 5:20 plan/bad-value',
    ]);
  });
});
