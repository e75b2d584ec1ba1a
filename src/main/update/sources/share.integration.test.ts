import { randomBytes } from 'node:crypto';
import { chmod, mkdir, rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  mountShare,
  shareProblem,
  type MountedShare,
} from '../testing/samba-share.test-support.ts';
import { createNodeReaderLauncher } from './file-reader-launcher.ts';
import { createFileSource } from './file-source.ts';
import type { Attempt, OpenAnswer, OpenRequest } from './object-source.ts';
import type { FilePlace } from './place.ts';
import { resolveUnc } from './unc.ts';

const problem = shareProblem();
const title = 'a share of a real Samba server, mounted';

describe.skipIf(problem !== undefined)(
  problem === undefined ? title : `${title}: ${problem}`,
  () => {
    const source = createFileSource({ launcher: createNodeReaderLauncher() });
    let share: MountedShare;

    beforeEach(async () => {
      share = await mountShare();
      await mkdir(path.join(share.served, 'kiosk'));
    });

    afterEach(() => share.stop());

    function open(
      name: string,
      ask: Partial<OpenRequest<FilePlace>> = {},
    ): Promise<Attempt<OpenAnswer>> {
      const place = resolveUnc(`\\\\127.0.0.1\\Setup\\${name}`, {
        mounts: { '\\\\127.0.0.1\\setup': share.mounted },
        platform: process.platform,
      });
      if (!place.ok) throw new Error(place.failure.message);
      const signal = new AbortController().signal;
      return source.open({ place: place.value, maxBytes: 5_000_000, signal, ...ask });
    }

    async function read(
      name: string,
      ask: Partial<OpenRequest<FilePlace>> = {},
    ): Promise<{ readonly bytes: Buffer; readonly tag: string }> {
      const opened = await open(name, ask);
      if (!opened.ok || opened.value.kind !== 'body') throw new Error(JSON.stringify(opened));
      const pieces: Uint8Array[] = [];
      for await (const piece of opened.value.body) pieces.push(piece);
      return { bytes: Buffer.concat(pieces), tag: opened.value.tag ?? '' };
    }

    it('gives the bytes of its files', async () => {
      const bytes = randomBytes(3_000_000);
      await writeFile(path.join(share.served, 'kiosk/weather.tgz'), bytes);
      expect((await read('kiosk\\weather.tgz')).bytes.equals(bytes)).toBe(true);
    });

    it('tells a file that is still the same from one that was published anew', async () => {
      const file = path.join(share.served, 'kiosk/plan.toml');
      await writeFile(file, 'one');
      const { tag } = await read('kiosk/plan.toml');
      expect(await open('kiosk/plan.toml', { unlessTag: tag })).toEqual({
        ok: true,
        value: { kind: 'unchanged' },
      });
      await writeFile(`${file}.new`, 'two');
      await rename(`${file}.new`, file);
      expect((await read('kiosk/plan.toml', { unlessTag: tag })).bytes.toString()).toBe('two');
    });

    it('says what is not there, and what may not be read', async () => {
      await writeFile(path.join(share.served, 'secret.toml'), 'x');
      await chmod(path.join(share.served, 'secret.toml'), 0o600);
      expect(await open('kiosk/plan.toml')).toMatchObject({
        ok: false,
        failure: { code: 'update/not-found' },
      });
      expect(await open('kiosk')).toMatchObject({ failure: { code: 'update/not-found' } });
      await expect(read('secret.toml')).rejects.toMatchObject({
        failure: { code: 'update/denied' },
      });
    });

    it('is left when its server hangs, as soon as the signal says so', async () => {
      await writeFile(path.join(share.served, 'plan.toml'), 'x');
      await read('plan.toml');
      share.freeze();
      // It would be read long before that if the server did not hang.
      expect(await open('plan.toml', { signal: AbortSignal.timeout(1_000) })).toMatchObject({
        ok: false,
        failure: { code: 'update/timeout' },
      });
    });

    it('cannot be reached, which may pass, when its server is gone', async () => {
      await writeFile(path.join(share.served, 'plan.toml'), 'x');
      await read('plan.toml');
      await share.endServer();
      expect(await open('plan.toml')).toMatchObject({
        ok: false,
        failure: { code: 'update/unreachable' },
        mayPass: true,
      });
    });

    it('is called not mounted when it is not', async () => {
      await share.unmount();
      expect(await open('plan.toml')).toMatchObject({
        ok: false,
        failure: {
          code: 'update/unreachable',
          hint: `Mount \\\\127.0.0.1\\setup at ${share.mounted}.`,
        },
      });
    });
  },
);
