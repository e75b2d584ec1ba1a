import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openAppendLog } from './append-log.ts';
import { readJsonFile, setAside, writeFileAtomic } from './atomic-file.ts';
import { nodeFiles } from './node-files.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'firstlight-files-'));
});

afterEach(() => rm(folder, { recursive: true }));

describe('node files', () => {
  it('replaces a file and keeps its permission bits, whatever the umask', async () => {
    const file = path.join(folder, 'settings.json');
    await writeFile(file, 'old');
    await chmod(file, 0o646);
    await writeFileAtomic({ files: nodeFiles, path: file, content: 'new' });
    expect(await readFile(file, 'utf8')).toBe('new');
    expect((await stat(file)).mode & 0o777).toBe(0o646);
  });

  it('makes new files for their owner alone', async () => {
    const file = path.join(folder, 'settings.json');
    await writeFileAtomic({ files: nodeFiles, path: file, content: 'new' });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
  });

  it.runIf(process.platform === 'linux')(
    'says at once that a folder cannot be made, below what takes none',
    async () => {
      await expect(nodeFiles.makeFolder('/proc/firstlight/home')).rejects.toThrow(
        '/proc/firstlight',
      );
    },
  );

  it('sets a damaged file aside', async () => {
    const file = path.join(folder, 'settings.json');
    await writeFile(file, '{');
    const request = { files: nodeFiles, path: file, decode: () => 'never' };
    expect(await readJsonFile(request)).toMatchObject({ value: { kind: 'damaged' } });
    expect(await readFile(`${file}.damaged-1`, 'utf8')).toBe('{');
    expect(await readJsonFile(request)).toEqual({ ok: true, value: { kind: 'absent' } });
  });

  it('says when there is nothing to set aside', async () => {
    expect(await setAside(nodeFiles, path.join(folder, 'none'))).toMatchObject({
      ok: false,
      failure: { code: 'shell/read-only' },
    });
  });

  it('appends after cutting off a torn record', async () => {
    const request = {
      files: nodeFiles,
      path: path.join(folder, 'log.jsonl'),
      decode: (json: unknown) => (typeof json === 'string' ? json : undefined),
    };
    for (const record of ['one', 'two']) {
      const log = await openAppendLog(request);
      if (log.ok) await log.value.append(record);
      if (log.ok) await log.value.close();
      const whole = await readFile(request.path);
      await writeFile(request.path, Buffer.concat([whole, Buffer.from('{"sum":"torn')]));
    }
    expect(await openAppendLog(request)).toMatchObject({ value: { records: ['one', 'two'] } });
  });
});
