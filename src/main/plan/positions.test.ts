import { describe, expect, it } from 'vitest';
import type { Path } from './finding.ts';
import { locate } from './positions.ts';

const TEXT = `top = 1
[general]
a.b = { c = [1, "two", { d = 3 }] }
"quoted key" = true

[[plugins]]
name = "one"

[plugins.plugin_description]
en = "One"

[[plugins]]
name = """
two"""
`;

/** Line and column of a path's value, or of its key. */
function place(path: Path, about?: 'key'): string {
  const finding = {
    rule: 'plan/bad-value',
    path,
    message: '',
    ...(about ? { about } : {}),
  } as const;
  const [found] = locate(TEXT, [finding]);
  return `${found?.line}:${found?.column}`;
}

describe('the place of a value', () => {
  it.each<[Path, string]>([
    [['top'], '1:7'],
    [['general', 'a', 'b'], '3:7'],
    [['general', 'a', 'b', 'c', 1], '3:17'],
    [['general', 'a', 'b', 'c', 2, 'd'], '3:30'],
    [['general', 'quoted key'], '4:16'],
    [['plugins', 0, 'name'], '7:8'],
    [['plugins', 0, 'plugin_description', 'en'], '10:6'],
    [['plugins', 1, 'name'], '13:8'],
  ])('%j is %s', (path, expected) => {
    expect(place(path)).toBe(expected);
  });
});

describe('the place of a key', () => {
  it.each<[Path, string]>([
    [['top'], '1:1'],
    [['general'], '2:2'],
    [['general', 'a'], '3:1'],
    [['general', 'a', 'b'], '3:3'],
    [['general', 'a', 'b', 'c'], '3:9'],
    [['plugins', 0], '6:3'],
    [['plugins', 0, 'plugin_description'], '9:10'],
    [['plugins', 1], '12:3'],
  ])('%j is %s', (path, expected) => {
    expect(place(path, 'key')).toBe(expected);
  });
});

describe('the place of what is missing', () => {
  it.each<[Path, string]>([
    [['general', 'version'], '2:2'],
    [['general', 'a', 'b', 'x'], '3:3'],
    [['general', 'a', 'b', 'c', 2, 'x'], '3:24'],
    [['plugins', 1, 'version'], '12:3'],
    [['flags', 'x'], '1:1'],
    [['plugins', 7, 'name'], '6:3'],
    [[], '1:1'],
  ])('%j is %s', (path, expected) => {
    expect(place(path)).toBe(expected);
  });
});

describe('a text that is no TOML', () => {
  it('has everything in line 1', () => {
    const finding = { rule: 'plan/bad-value', path: ['a'], message: '' } as const;
    expect(locate('a = = 1', [finding])).toEqual([{ line: 1, column: 1 }]);
  });
});
