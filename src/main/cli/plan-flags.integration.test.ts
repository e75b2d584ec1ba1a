import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appVersion } from '../app-version.ts';
import { runCli } from './testing/run-cli.test-support.ts';

const GENERAL = `[general]
product_family = "kiosk"
execution_plan_version = "1.0"
update_from = "local"
update_path_root = "./updates"
`;

const pluginTable = (name: string, flag: string): string => `
[[plugins]]
name = "${name}"
plugin_route = "${name}"
version = "1.0.0"
plugin_location_type = "local"
plugin_base_path = "./"
run_after_event_name = "LoginCompleted"
when_flag = ${flag}
`;

const PLAN = `${GENERAL}
${pluginTable('tutorial', '"new-tutorial"')}
${pluginTable('video', '{ flag = "welcome", is = "video" }')}
[flags.new-tutorial]
state = "ENABLED"
variants = { on = true, off = false }
defaultVariant = "off"
targeting = { if = [
  { in = [{ var = "region" }, ["DE", "AT", "CH"]] },
  { fractional = [["on", 25], ["off", 75]] },
  "off",
] }

[flags.welcome]
state = "ENABLED"
variants = { text = "text", video = "video" }
defaultVariant = "text"
targeting = { fractional = [["text", 50], ["video", 50]] }
`;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'firstlight-flags-'));
  writeFileSync(path.join(folder, 'plan.toml'), PLAN);
  writeFileSync(path.join(folder, 'plain.toml'), GENERAL);
  writeFileSync(
    path.join(folder, 'german.toml'),
    'device_id = "device-1"\nregion = "DE"\nlocale = "de"\nchannel = "beta"\n',
  );
  writeFileSync(path.join(folder, 'bad.toml'), 'region = 3\nlocael = "de"\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const flags = (...args: readonly string[]) => runCli(folder, ['plan', 'flags', ...args]);

describe('plan flags', () => {
  it('says what each flag gives on a device, and what that lets in', async () => {
    expect(await flags('plan.toml', '--device', 'german.toml')).toEqual({
      code: 0,
      err: '',
      out: `device
device_id       device-1
product_family  kiosk
region          DE
locale          de
channel         beta
app_version     ${appVersion()}

flag          variant  value    reason
new-tutorial  off      false    TARGETING_MATCH
welcome       video    "video"  TARGETING_MATCH

plugin    takes part  if
tutorial  no          new-tutorial is true
video     yes         welcome has the variant video
`,
    });
  });

  it('divides a population, in lines that fit a terminal', async () => {
    const args = ['plan.toml', '--device', 'german.toml', '--population', '20000', '--seed', '7'];
    const { code, out } = await flags(...args);
    expect(code).toBe(0);
    expect(out.slice(out.indexOf('20,000'))).toBe(`\
20,000 devices with random ids (seed 7), otherwise like the one above:

flag          variant  devices    share
new-tutorial  on         4,976  24.88 %
              off       15,024  75.12 %
welcome       text       9,931  49.66 %
              video     10,069  50.34 %

plugin    devices    share
tutorial    4,976  24.88 %
video      10,069  50.34 %
`);
    expect(Math.max(...out.split('\n').map(({ length }) => length))).toBeLessThanOrEqual(80);
  });

  it('gives tools one document', async () => {
    const { code, out } = await flags('plan.toml', '--population', '1000', '--json');
    expect(code).toBe(0);
    const document = JSON.parse(out) as {
      readonly population: {
        readonly flags: readonly { readonly variants: readonly { readonly devices: number }[] }[];
      };
    };
    expect(document).toMatchObject({
      file: 'plan.toml',
      device: { product_family: 'kiosk', region: 'US', locale: 'en', channel: 'stable' },
      flags: [
        { flag: 'new-tutorial', variant: 'off', value: false, reason: 'TARGETING_MATCH' },
        { flag: 'welcome' },
      ],
      plugins: [
        { plugin: 'tutorial', flag: 'new-tutorial', takes_part: false },
        { plugin: 'video', flag: 'welcome', is: 'video' },
      ],
      population: { seed: 1, devices: 1000, plugins: [{ plugin: 'tutorial', percent: 0 }, {}] },
    });
    for (const { variants } of document.population.flags) {
      expect(variants.reduce((sum, { devices }) => sum + devices, 0)).toBe(1000);
    }
  });

  it('says so where a plan has none', async () => {
    expect(await flags('plain.toml')).toEqual({
      code: 0,
      out: 'The plan has no flags.\n',
      err: '',
    });
  });

  it('refuses a profile with errors, and knows what was meant', async () => {
    const { code, out, err } = await flags('plan.toml', '--device', 'bad.toml');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('bad.toml:1:10 error device/wrong-type\n');
    expect(err).toContain('Hint: Did you mean "locale"?');
    expect(err).toContain('bad.toml: 1 error, 1 warning\n');
  });

  it.each([
    [['no.toml'], 1, '"no.toml" cannot be read: there is no such file'],
    [['plan.toml', '--device', 'no.toml'], 1, '"no.toml" cannot be read: there is no such file'],
    [['plan.toml', '--population', '0'], 2, 'It must be a whole number from 1 to 10000000.'],
    [[], 2, "missing required argument 'file'"],
  ])('%j exits with %i', async (args, expected, message) => {
    const { code, err } = await flags(...args);
    expect(code).toBe(expected);
    expect(err).toContain(message);
  });
});
