import { cpSync, mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isFresh, sourceDigest } from './build-stamp.mjs';

function project(): string {
  const root = mkdtempSync(join(tmpdir(), 'firstlight-stamp-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'src/main'), { recursive: true });
  writeFileSync(join(root, 'src/main/index.ts'), 'export {};');
  writeFileSync(join(root, 'package.json'), '{}');
  return root;
}

describe('the digest of the sources', () => {
  it('changes with a file, and comes back with it', () => {
    const root = project();
    const before = sourceDigest(root);
    writeFileSync(join(root, 'src/main/index.ts'), 'export { };');
    expect(sourceDigest(root)).not.toBe(before);
    writeFileSync(join(root, 'src/main/index.ts'), 'export {};');
    expect(sourceDigest(root)).toBe(before);
  });

  it('changes with a name, and where a file was split', () => {
    const root = project();
    const before = sourceDigest(root);
    writeFileSync(join(root, 'src/main/more.ts'), '');
    expect(sourceDigest(root)).not.toBe(before);
  });

  it('does not go by times: a copy is the same', () => {
    const root = project();
    const copy = join(root, '../', `${root.split('/').at(-1) ?? ''}-copy`);
    cpSync(root, copy, { recursive: true });
    onTestFinished(() => rmSync(copy, { recursive: true }));
    utimesSync(join(copy, 'package.json'), 0, 0);
    expect(sourceDigest(copy)).toBe(sourceDigest(root));
  });

  it('leaves tests out', () => {
    const root = project();
    const before = sourceDigest(root);
    writeFileSync(join(root, 'src/main/index.test.ts'), 'anything');
    expect(sourceDigest(root)).toBe(before);
  });
});

describe('a build', () => {
  const outputs = [
    'main/index.js',
    'main/preview.js',
    'main/cli.js',
    'main/plugin-process.js',
    'main/file-reader-process.js',
    'main/shell-options.js',
    'preload/index.cjs',
    'renderer/index.html',
    'client/firstlight-client.js',
  ];
  const built = (stamp: string, files: readonly string[]) => {
    const out = join(project(), 'out');
    for (const file of files) {
      mkdirSync(join(out, file, '..'), { recursive: true });
      writeFileSync(join(out, file), '');
    }
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, '.stamp'), stamp);
    return out;
  };

  it('is fresh when it was made from these sources', () => {
    expect(isFresh('abc', built('abc', outputs))).toBe(true);
  });

  it('is stale when it was made from others', () => {
    expect(isFresh('abc', built('abd', outputs))).toBe(false);
  });

  it.each(outputs)('is stale without %s', (missing) => {
    const rest = outputs.filter((file) => file !== missing);
    expect(isFresh('abc', built('abc', rest))).toBe(false);
  });

  it('is stale when there is none', () => {
    expect(isFresh('abc', '/nowhere')).toBe(false);
  });
});
