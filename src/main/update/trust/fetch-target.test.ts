import { describe, expect, it } from 'vitest';
import { fetchTarget } from './fetch-target.ts';
import { FOLDER, refreshed, testDevice, type TestDevice } from './testing/device.test-support.ts';
import { testKeys, testRelease, testRoot } from './testing/repository.test-support.ts';

const keys = testKeys();
const root = testRoot(keys);
const served = testRelease(keys, {
  plan: 'the plan',
  plugins: { 'plugins/howto.tgz': 'a plugin' },
});

async function targetOf(device: TestDevice, path: string) {
  const target = (await refreshed(device)).target(path);
  if (target === undefined) throw new Error(`${path} is no target`);
  return target;
}

async function fetched(device: TestDevice, path: string) {
  const target = await targetOf(device, path);
  const { signal } = new AbortController();
  return fetchTarget(device.fetcher, { folder: FOLDER, target, signal });
}

describe('fetchTarget', () => {
  it.each([
    ['execution_plan.toml', 'the plan'],
    ['plugins/howto.tgz', 'a plugin'],
  ])('fetches %s by its digest', async (path, content) => {
    const result = await fetched(testDevice({ root, served }), path);
    expect(result.ok && Buffer.from(result.value).toString()).toBe(content);
  });

  it.each([
    ['the same length', 'THE PLAN'],
    ['fewer bytes', 'the'],
    ['more bytes', 'the plan, and then some'],
    ['no bytes', ''],
  ])('refuses a swapped file of %s', async (_what, content) => {
    const device = testDevice({ root, served });
    const target = await targetOf(device, 'execution_plan.toml');
    device.served.set(target.file, Buffer.from(content));
    expect(await fetched(device, 'execution_plan.toml')).toMatchObject({
      failure: {
        code: 'update/untrusted',
        message: `https://plans.example/acme/1.0/${target.file} is not the file that was signed.`,
      },
    });
  });

  it('refuses an endless file', async () => {
    const device = testDevice({ root, served });
    const target = await targetOf(device, 'execution_plan.toml');
    device.served.set(target.file, 'endless');
    const result = await fetched(device, 'execution_plan.toml');
    expect(result).toMatchObject({ failure: { code: 'update/untrusted' } });
  });

  it('passes on that a file is missing', async () => {
    const device = testDevice({ root, served });
    device.served.delete((await targetOf(device, 'execution_plan.toml')).file);
    const result = await fetched(device, 'execution_plan.toml');
    expect(result).toMatchObject({ failure: { code: 'update/not-found' } });
  });
});
