import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { planEntry, pluginRig } from './plugin-rig.test-support.ts';

const pluginsFolder = fileURLToPath(new URL('../../../plugins', import.meta.url));
const signal = new AbortController().signal;

async function opened(name: string) {
  const rig = await pluginRig({ pluginsFolder });
  const result = await rig.host.open(planEntry(name), rig.start);
  if (!result.ok) throw new Error(result.failure.message);
  return { plugin: result.value, rig };
}

describe('the sample plugins', () => {
  it.each([
    ['settings', true, true],
    ['howto', true, false],
    ['tutorial', true, true],
    ['inventory', false, true],
    ['misbehave', false, true],
  ])('%s starts, works with its default answers, and stops', async (name, hasScreen, hasWork) => {
    const { plugin, rig } = await opened(name);
    await using _rig = rig;
    expect(plugin).toMatchObject({ hasScreen, hasWork });
    const answers = plugin.defaultAnswers;
    const outcome = await plugin.run({ answers, attempt: 1, signal, onProgress: () => undefined });
    expect(outcome).toEqual({ ok: true, value: undefined });
  });

  it('settings refuses answers that its screen would not give', async () => {
    const { plugin, rig } = await opened('settings');
    await using _rig = rig;
    const answers = { ...plugin.defaultAnswers, deviceName: '   ' };
    const outcome = await plugin.run({ answers, attempt: 1, signal, onProgress: () => undefined });
    expect(outcome).toEqual({
      ok: false,
      failure: { code: 'plugin/failed', message: 'Plugin "settings": the device has no name' },
    });
  });

  it('settings suggests one name after the other, in the language of the screen', async () => {
    const { plugin, rig } = await opened('settings');
    await using _rig = rig;
    const ask = () => plugin.call('suggest-name', { language: 'de' });
    expect(await ask()).toEqual({ ok: true, value: { name: 'Küche' } });
    expect(await ask()).toEqual({ ok: true, value: { name: 'Wohnzimmer' } });
  });

  it('inventory finds real facts, and keeps them over a restart', async () => {
    const { plugin, rig } = await opened('inventory');
    await using _rig = rig;
    expect(await plugin.call('facts', null)).toEqual({ ok: true, value: null });
    await plugin.run({ answers: {}, attempt: 1, signal, onProgress: () => undefined });
    const again = await rig.open('inventory');
    const facts = await again.call('facts', null);
    expect(facts).toMatchObject({
      ok: true,
      value: {
        processor: { architecture: process.arch },
        memory: { totalGiB: expect.any(Number) as number },
        disk: { freeGiB: expect.any(Number) as number },
        system: { platform: process.platform },
      },
    });
  });

  it.each(['settings', 'howto', 'tutorial'])(
    '%s has all its words in all languages',
    async (name) => {
      const file = path.join(pluginsFolder, name, 'web', 'texts.js');
      const { TEXTS } = (await import(pathToFileURL(file).href)) as {
        TEXTS: Record<string, Record<string, unknown>>;
      };
      expect(Object.keys(TEXTS)).toEqual(['en', 'de', 'ja', 'ar']);
      const keys = Object.keys(TEXTS['en'] ?? {});
      for (const texts of Object.values(TEXTS)) expect(Object.keys(texts)).toEqual(keys);
      const html = await readFile(path.join(pluginsFolder, name, 'web', 'index.html'), 'utf8');
      const used = [...html.matchAll(/data-text="(\w+)"/g)].map(([, key]) => key);
      for (const key of used) expect(keys).toContain(key);
    },
  );

  it('stand alone: no dependencies, and all their files are in the package', async () => {
    for (const name of await readdir(pluginsFolder)) {
      const text = await readFile(path.join(pluginsFolder, name, 'package.json'), 'utf8');
      const json = JSON.parse(text) as { name: string; files?: string[]; dependencies?: object };
      expect(json).toMatchObject({ name });
      expect(json.dependencies).toBeUndefined();
      const there = await readdir(path.join(pluginsFolder, name));
      for (const file of json.files ?? []) expect(there).toContain(file);
    }
  });
});
