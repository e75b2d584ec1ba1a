import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { ok, type Result } from '#shared';
import { readJsonFile, writeFileAtomic } from './atomic-file.ts';
import type { FilesPort } from './files-port.ts';

const recordSchema = v.object({ deviceId: v.pipe(v.string(), v.uuid()) });

/** What a home remembers of its device across sessions. */
export interface DeviceRecord {
  /** Random, made once: the targeting key of flags. Never anything of the hardware. */
  readonly deviceId: string;
}

/**
 * The device record of a home, made at the first call. A damaged one is set aside and a new id made,
 * which may put the device into other groups of a rollout. Fails with `shell/read-only`.
 */
export async function loadDeviceRecord(
  files: FilesPort,
  path: string,
): Promise<Result<DeviceRecord>> {
  const file = await readJsonFile({
    files,
    path,
    decode: (json) => {
      const parsed = v.safeParse(recordSchema, json);
      return parsed.success ? parsed.output : undefined;
    },
  });
  if (!file.ok) return file;
  if (file.value.kind === 'read') return ok(file.value.value);
  const record: DeviceRecord = { deviceId: randomUUID() };
  const content = `${JSON.stringify(record, undefined, 2)}\n`;
  const written = await writeFileAtomic({ files, path, content });
  return written.ok ? ok(record) : written;
}
