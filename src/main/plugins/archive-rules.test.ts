import { describe, expect, it } from 'vitest';
import { archiveRules, type ArchiveEntry } from './archive-rules.ts';

/** The first problem with these entries. */
function problem(...entries: (string | Partial<ArchiveEntry>)[]): string | undefined {
  const rules = archiveRules();
  for (const entry of entries) {
    const whole = { type: 'File', size: 0, path: 'package/x' };
    const found = rules.problemWith(
      typeof entry === 'string' ? { ...whole, path: entry } : { ...whole, ...entry },
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

describe('archiveRules', () => {
  it('takes what npm pack makes', () => {
    expect(
      problem(
        'package/package.json',
        { path: 'package/web/', type: 'Directory' },
        'package/web/a.css',
      ),
    ).toBeUndefined();
  });

  it.each([
    ['/etc/passwd', 'the path "/etc/passwd" is absolute'],
    ['C:/windows', 'the path "C:/windows" is absolute'],
    ['package/../../x', 'the path "package/../../x" climbs out of its folder'],
    ['package\\..\\x', 'the path "package\\\\..\\\\x" holds a backslash'],
    ['package/a\u0000b', 'the path "package/a\\u0000b" holds a control character'],
    ['package//x', 'the path "package//x" has an empty part'],
    ['alone.js', 'the path "alone.js" is in no folder'],
    ['package/a:b', /holds a character that Windows has no names with$/],
    [
      'package/aux.js',
      'the path "package/aux.js" has the part "aux.js", which is a device on Windows',
    ],
    ['package/LPT\u00b9', /is a device on Windows$/],
    ['package/a.', /has a part that ends in a dot or a space$/],
    ['package/web/', 'the path "package/web/" is the name of a folder, but this is a file'],
    ['package/.firstlight.json', /is kept for the cache of unpacked plugins$/],
    ['package/' + '\u65e5'.repeat(86), /has a part of more than 255 bytes$/],
    ['package/' + 'a/'.repeat(60) + 'x', /is too deep$/],
    ['package/' + 'a'.repeat(1000), /is too long$/],
  ])('refuses the path %j', (path, expected) => {
    const found = problem(path);
    if (typeof expected === 'string') expect(found).toBe(expected);
    else expect(found).toMatch(expected);
  });

  it.each(['package/auxiliary.js', 'package/com', 'package/web/.firstlight.json', 'package/.x'])(
    'takes the path %j',
    (path) => {
      expect(problem(path)).toBeUndefined();
    },
  );

  it.each(['SymbolicLink', 'Link', 'CharacterDevice', 'BlockDevice', 'FIFO'])(
    'refuses a %s',
    (type) => {
      expect(problem({ path: 'package/x', type })).toBe(
        `"package/x" is a ${type}; only plain files and folders are allowed`,
      );
    },
  );

  it.each([
    [
      'package/Read.me',
      'package/read.me',
      '"Read.me" and "read.me" are one name where case does not count',
    ],
    ['package/Web/a', 'package/web/b', '"Web" and "web" are one name where case does not count'],
    ['package/a.js', 'package/a.js', '"a.js" is there twice'],
    ['package/a', 'package/a/b', '"a" is there twice'],
    ['package/a/b', 'package/a', '"a" is there twice'],
    ['one/a.js', 'two/a.js', '"a.js" is there twice'],
  ])('refuses %s beside %s', (first, second, expected) => {
    expect(problem(first, second)).toBe(expected);
  });

  it('counts names that differ only in how an accent is written as one', () => {
    expect(problem('package/\u00e9', 'package/e\u0301')).toMatch(/one name/);
  });

  it('counts files', () => {
    const many = Array.from({ length: 10_001 }, (_, i) => `package/${i}`);
    expect(problem(...many.slice(1))).toBeUndefined();
    expect(problem(...many)).toBe('it holds more than 10000 files');
  });

  it('adds up sizes', () => {
    const half = { size: 128 * 1024 * 1024 };
    expect(problem({ ...half, path: 'p/a' }, { ...half, path: 'p/b' })).toBeUndefined();
    expect(
      problem({ ...half, path: 'p/a' }, { ...half, path: 'p/b' }, { path: 'p/c', size: 1 }),
    ).toBe('it unpacks to more than 256 MiB');
  });
});
