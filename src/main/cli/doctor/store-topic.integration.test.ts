import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PACKAGE_RECORD } from '../../plugins/archive-rules.ts';
import { writeRecord } from '../../plugins/archive/package-record.ts';
import { homePaths } from '../../state/home.ts';
import { storeTopic } from './store-topic.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(path.join(tmpdir(), 'firstlight-store-'));
});
afterEach(() => {
  rmSync(home, { recursive: true });
});

describe('what doctor says of the store', () => {
  it('counts unpacked plugins, as `max_mib` does, and no downloads', async () => {
    const paths = homePaths(home);
    const one = path.join(paths.pluginCache, 'a'.repeat(64));
    mkdirSync(one, { recursive: true });
    writeFileSync(path.join(one, PACKAGE_RECORD), writeRecord([['index.js', 3 * 1024 * 1024]]));
    mkdirSync(paths.downloads, { recursive: true });
    writeFileSync(path.join(paths.downloads, 'half.part'), Buffer.alloc(2 * 1024 * 1024));

    expect(await storeTopic(paths, 64)).toEqual({
      topic: 'store',
      status: 'ok',
      message: '3.0 MiB (1 unpacked plugin); beyond 64 MiB, what no plan needs is removed at start',
    });
  });
});
