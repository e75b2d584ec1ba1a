import { generateKeyPairSync } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { initKeys } from './init-keys.ts';
import { readRoots } from './root-chain.ts';
import { rotateKeys } from './rotate-keys.ts';
import {
  createPublishRig,
  failureOf,
  valueOf,
  writeProgram,
  type PublishRig,
} from './testing/publish-rig.test-support.ts';

let rig: PublishRig;
beforeEach(async () => {
  rig = await createPublishRig();
});
afterEach(() => rig.dispose());

describe('an external signer', () => {
  const program = () => path.join(rig.folder, 'sign.mjs');

  /** A key of the test's own, with its command in `signers.toml`. */
  async function useSigner(source: string, kind: 'ed25519' | 'p256' = 'ed25519') {
    const { publicKey, privateKey } =
      kind === 'ed25519'
        ? generateKeyPairSync('ed25519')
        : generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    await writeFile(path.join(rig.folder, 'hsm.key'), pem);
    await writeProgram(
      program(),
      `import { readFileSync } from 'node:fs';
import { createPrivateKey, sign } from 'node:crypto';
const key = createPrivateKey(readFileSync(${JSON.stringify(path.join(rig.folder, 'hsm.key'))}));
const bytes = readFileSync(0);
const signature = sign(${kind === 'ed25519' ? 'null' : "'sha256'"}, bytes, key);
${source}`,
    );
    await writeFile(
      path.join(rig.keys, 'signers.toml'),
      `[keys.hsm]
public = """
${publicKey.export({ type: 'spki', format: 'pem' }).toString()}"""
command = ["../sign.mjs", "--slot", "3; touch ran"]
`,
    );
  }

  const rotate = (options: { readonly signerTimeoutMs?: number } = {}) =>
    rotateKeys({ folder: rig.keys, roles: ['root'], use: ['hsm'], ...options });

  beforeEach(async () => {
    valueOf(await initKeys({ folder: rig.keys }));
  });

  it.each([
    ['hex', 'ed25519', `console.log(signature.toString('hex'));`],
    ['base64', 'ed25519', `process.stdout.write(signature.toString('base64'));`],
    ['base64', 'p256', `process.stdout.write(signature.toString('base64'));`],
  ] as const)('signs in %s with %s', async (_, kind, source) => {
    await useSigner(source, kind);
    expect(valueOf(await rotate()).newKeys).toEqual(['hsm']);
    // Reading the chain verifies the signature.
    expect(valueOf(await readRoots(rig.keys))).toHaveLength(2);
  });

  it('gets its arguments as they are, without a shell', async () => {
    await useSigner(`
if (process.argv[3] !== '3; touch ran') process.exit(9);
console.log(signature.toString('hex'));`);
    valueOf(await rotate());
    expect(await readdir(rig.keys)).not.toContain('ran');
  });

  it.each([
    [
      'fails',
      `console.error('no token in slot 3'); process.exit(4);`,
      'failed: exit code 4, saying "no token in slot 3".',
    ],
    ['writes no signature', `console.log('ok!');`, 'failed: it wrote no signature'],
    [
      'writes without end',
      `for (;;) process.stdout.write('a'.repeat(100000));`,
      'failed: it wrote more than any signature has.',
    ],
    [
      'signs something else',
      `console.log(sign(null, Buffer.from('x'), key).toString('hex'));`,
      'The signature of the key "hsm" does not verify with its public key',
    ],
  ])('that %s is named with what it said', async (_, source, message) => {
    await useSigner(source);
    const before = await readdir(rig.keys);
    const failed = failureOf(await rotate());
    expect(failed).toContain('publish/signer-failed: ');
    expect(failed).toContain(message);
    expect(await readdir(rig.keys)).toEqual(before);
  });

  it('that is dead shows when a role is given to it, not with the next plan', async () => {
    await useSigner(`console.error('no token'); process.exit(4);`);
    const before = await readdir(rig.keys);
    const rotated = await rotateKeys({ folder: rig.keys, roles: ['targets'], use: ['hsm'] });
    expect(failureOf(rotated)).toContain('exit code 4, saying "no token"');
    expect(await readdir(rig.keys)).toEqual(before);
  });

  it('that signs wrongly shows beside another key that would do', async () => {
    await useSigner(`console.log(sign(null, Buffer.from('x'), key).toString('hex'));`);
    const use = ['targets-1', 'hsm'];
    expect(failureOf(await rotateKeys({ folder: rig.keys, roles: ['targets'], use }))).toContain(
      'The signature of the key "hsm" does not verify with its public key',
    );
  });

  it('that hangs is ended', async () => {
    await useSigner('setInterval(() => {}, 1000);');
    expect(failureOf(await rotate({ signerTimeoutMs: 300 }))).toContain(
      'it took longer than 0.3 seconds',
    );
  });

  it('that is not there is named', async () => {
    await useSigner('');
    await rm(program());
    expect(failureOf(await rotate())).toContain('(../sign.mjs) failed: there is no such program.');
  });

  it.each([
    ['keys.hsm = 3', 'keys.hsm: expected either `file`, or `public` with `command` as a list'],
    ['[keys.hsm]\npublic = "abc"\ncommand = ["x"]', 'is no Ed25519 or P-256 public key'],
    ['[keys', 'signers.toml:1:'],
  ])('in a bad signers.toml (%s) is an error that names the place', async (text, message) => {
    await writeFile(path.join(rig.keys, 'signers.toml'), text);
    expect(failureOf(await rotate())).toContain(message);
  });
});
