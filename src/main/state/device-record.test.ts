import { describe, expect, it } from 'vitest';
import { writeFileAtomic } from './atomic-file.ts';
import { loadDeviceRecord } from './device-record.ts';
import type { FilesPort } from './files-port.ts';
import { unsyncedFiles } from './testing/unsynced-files.test-support.ts';

const FILE = '/home/device.json';

async function idOf(files: FilesPort): Promise<string> {
  const record = await loadDeviceRecord(files, FILE);
  if (!record.ok) throw new Error(record.failure.message);
  return record.value.deviceId;
}

describe('loadDeviceRecord', () => {
  it('keeps the id that it made first, power cut included', async () => {
    const files = unsyncedFiles();
    const id = await idOf(files);
    expect(await idOf(files.powerCut(() => 0))).toBe(id);
  });

  it('makes another id for another home', async () => {
    expect(await idOf(unsyncedFiles())).not.toBe(await idOf(unsyncedFiles()));
  });

  it.each(['', '{"deviceId":"', '{"deviceId":"not-a-uuid"}'])(
    'sets a damaged record aside and makes a new id: %j',
    async (content) => {
      const files = unsyncedFiles();
      await writeFileAtomic({ files, path: FILE, content });
      const id = await idOf(files);
      expect(await idOf(files)).toBe(id);
      expect(await files.list('/home')).toContain('device.json.damaged-1');
    },
  );
});
