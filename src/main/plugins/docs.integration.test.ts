import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { ERROR_CODES } from '#shared';
import { pluginRig } from './plugin-rig.test-support.ts';

const guide = await readFile(new URL('../../../docs/plugins.md', import.meta.url), 'utf8');

/** The file that the guide shows under a name. */
function shown(file: string): string {
  const [, text] = new RegExp(`\`\`\`\\w+ file=${file}\\n(.*?)\`\`\``, 's').exec(guide) ?? [];
  if (text === undefined) throw new Error(`the guide does not show ${file}`);
  return text;
}

describe('docs/plugins.md', () => {
  it('shows a plugin in ten lines that works', async () => {
    await using rig = await pluginRig();
    const module = shown('index.js');
    expect(module.trim().split('\n').length).toBeLessThanOrEqual(10);
    await rig.addPlugin('hello', { 'package.json': shown('package.json'), 'index.js': module });
    const plugin = await rig.open('hello');
    const progress: unknown[] = [];
    const outcome = await plugin.run({
      answers: {},
      attempt: 1,
      signal: new AbortController().signal,
      onProgress: (work) => progress.push(work),
    });
    expect(outcome).toEqual({ ok: true, value: undefined });
    expect(progress).toEqual([{ percent: 50, message: 'Saying hello' }]);
    expect(rig.logs).toEqual(['info hello']);
  });

  it('names only codes that there are', () => {
    const named = [...guide.matchAll(/`((?:plugin|command|step|execution)\/[a-z-]+)`/g)].map(
      ([, code]) => code,
    );
    expect(named.length).toBeGreaterThan(10);
    for (const code of named) expect(ERROR_CODES).toHaveProperty([code ?? '']);
  });
});
