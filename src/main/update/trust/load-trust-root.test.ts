import { describe, expect, it } from 'vitest';
import { unsyncedFiles } from '../../state/testing/unsynced-files.test-support.ts';
import { loadTrustRoot } from './load-trust-root.ts';
import { testKeys, testRoot } from './testing/repository.test-support.ts';

const FILE = '/etc/firstlight/trust/root.json';
const HINT =
  'Copy the newest root of the publisher\'s repository there ("firstlight trust show"), or name no root of trust.';

async function load(content: Uint8Array | string | undefined) {
  const files = unsyncedFiles();
  if (content !== undefined) {
    const file = await files.open(FILE, { how: 'replace', permissions: 0o600 });
    await file.write(Buffer.from(content));
  }
  return loadTrustRoot(files, '/etc/firstlight/trust');
}

function rootBytes(options: Parameters<typeof testRoot>[1] = {}): Uint8Array {
  return [...testRoot(testKeys(), options).values()][0] ?? new Uint8Array();
}

describe('loadTrustRoot', () => {
  it.each([{}, { expires: '2001-01-01T00:00:00Z' }, { version: 7 }])(
    'gives the bytes of a root that signed itself: %j',
    async (options) => {
      const bytes = rootBytes(options);
      expect(await load(bytes)).toEqual({ ok: true, value: Buffer.from(bytes) });
    },
  );

  it('names a file that is missing', async () => {
    const message = `${FILE} is missing.`;
    expect(await load(undefined)).toEqual({
      ok: false,
      failure: { code: 'device/bad-config', message, hint: HINT },
    });
  });

  it.each([
    ['is empty', ''],
    ['is no JSON', '-----BEGIN PUBLIC KEY-----'],
    ['is other JSON', '{"signed":{"_type":"timestamp"},"signatures":[]}'],
    ['its keys did not sign', rootBytes({ onlyBy: testKeys().root })],
    ['nobody signed', rootBytes({ onlyBy: [] })],
  ])('names a file that %s', async (_what, content) => {
    const message = `${FILE} is no root of trust: no TUF root metadata that its own keys have signed.`;
    expect(await load(content)).toEqual({
      ok: false,
      failure: { code: 'device/bad-config', message, hint: HINT },
    });
  });
});
