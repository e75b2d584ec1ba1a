import { cp, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';

const ROOT = join(import.meta.dirname, '..');

test('an app whose own base plan is broken shows the stop screen with the reason', async ({
  page,
}, testInfo) => {
  test.skip(testInfo.project.name !== 'browser', 'The same runtime; the browser shows it.');
  const app = await mkdtemp(join(tmpdir(), 'firstlight-app-'));
  for (const name of ['out', 'resources', 'package.json']) {
    await cp(join(ROOT, name), join(app, name), { recursive: true });
  }
  await symlink(join(ROOT, 'node_modules'), join(app, 'node_modules'));
  await writeFile(
    join(app, 'resources/execution_plan.toml'),
    `[general]
product_family = 7
execution_plan_version = "1"
update_from = "local"
update_path_root = "./updates"
`,
  );
  const entry = join(app, 'out/main/preview.js');
  const child = spawn(process.execPath, [entry, '--no-open', `--home=${join(app, 'home')}`]);
  try {
    // What is wrong is said first, for whoever has started it from a terminal.
    let said = '';
    const address = await new Promise<string>((resolve) => {
      child.stdout.on('data', (bytes: Buffer) => {
        said += bytes.toString();
        const found = /Firstlight is at (\S+)\n/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      });
    });
    expect(said).toContain('shell/no-plan');
    await page.goto(address);
    const stop = page.locator('[data-screen=stop]');
    await expect(stop).toBeVisible();
    await stop.locator('summary').click();
    await expect(stop).toContainText('shell/no-plan');
    await expect(stop).toContainText('execution_plan.toml:2:18');
    // There is nothing to begin anew with.
    await expect(stop.locator('[data-action=restart]')).toHaveCount(0);
  } finally {
    child.kill('SIGKILL');
    await once(child, 'close');
    await rm(app, { recursive: true, force: true });
  }
});
