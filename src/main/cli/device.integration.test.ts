import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resourcesFolder } from '../resources.ts';
import { openHome } from '../state/home.ts';
import { nodeFiles } from '../state/node-files.ts';
import { runCli } from './testing/run-cli.test-support.ts';

const APP_FILE = path.join(resourcesFolder(), 'device.toml');

const PLAN = `[general]
product_family = "kiosk"
execution_plan_version = "1.0"
update_from = "local"
update_path_root = "./updates"
revision = 1
`;

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'firstlight-doctor-'));
  writeFileSync(path.join(folder, 'good.toml'), '[s3]\nregion = "eu-central-1"\n');
  writeFileSync(path.join(folder, 'bad.toml'), '[s3]\ncredentials = "chian"\n');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('device check', () => {
  const check = (args: readonly string[], env?: Record<string, string>) =>
    runCli(folder, ['device', 'check', ...args], env);

  it('shows each finding with its line, sums up, and exits with 1', async () => {
    expect(await check(['good.toml', 'bad.toml'])).toEqual({
      code: 1,
      err: '',
      out: `good.toml: no problems
bad.toml:2:15 error device/unknown-value
  "credentials" must be "none" or "chain", but is "chian"
  1 | [s3]
  2 | credentials = "chian"
    |               ~~~~~~~
  Hint: Did you mean "chain"?

bad.toml: 1 error
`,
    });
  });

  it('checks what is in force without a file, the environment included', async () => {
    const named = path.join(folder, 'good.toml');
    const env = { FIRSTLIGHT_DEVICE_CONFIG: named, FIRSTLIGHT_S3_REGOIN: 'eu' };
    expect(await check([], env)).toEqual({
      code: 0,
      err: '',
      out: `${APP_FILE}: no problems
${named}: no problems
environment:1:1 warning device/unknown-field
  no rule knows the variable "FIRSTLIGHT_S3_REGOIN", so it is ignored
  1 | FIRSTLIGHT_S3_REGOIN=eu
    | ~~~~~~~~~~~~~~~~~~~~
  Hint: Did you mean "FIRSTLIGHT_S3_REGION"?

environment: 1 warning
`,
    });
  });

  it('gives tools one document', async () => {
    const { code, out } = await check(['--json', 'good.toml', 'no.toml']);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toEqual({
      files: [
        { file: 'good.toml', ok: true, diagnostics: [] },
        {
          file: 'no.toml',
          ok: false,
          diagnostics: [
            {
              rule: 'device/unreadable',
              severity: 'error',
              message: '"no.toml" cannot be read: there is no such file',
              line: 1,
              column: 1,
              path: '',
            },
          ],
        },
      ],
    });
  });
});

describe('doctor', () => {
  interface Report {
    readonly ok: boolean;
    readonly topics: readonly { readonly topic: string; readonly status: string }[];
  }

  /** What it says as JSON, by topic. */
  async function doctor(args: readonly string[] = [], env?: Record<string, string>) {
    const all = ['doctor', '--json', '--home', path.join(folder, 'home'), ...args];
    const { code, out, err } = await runCli(folder, all, env);
    expect(err).toBe('');
    const { ok, topics } = JSON.parse(out) as Report;
    return { code, ok, topics, of: (name: string) => topics.find(({ topic }) => topic === name) };
  }

  it('says all there is to say in a line each, and that plans are unsigned', async () => {
    const { code, out } = await runCli(folder, ['doctor', '--home', 'home']);
    expect(code).toBe(0);
    expect(out).toMatch(/^ok {7}versions {7}Firstlight \d+\.\d+\.\d+, Node \d+\./m);
    expect(out).toMatch(/^ok {7}home folder {4}\/.*home, to be made at the first start$/m);
    expect(out).toContain(`ok       configuration  ${APP_FILE}\n`);
    expect(out).toMatch(/^ok {7}base plan {6}firstlight-demo 1\.0, revision 1 /m);
    expect(out).toMatch(/^ok {7}accepted plan {2}none yet: setup runs the base plan$/m);
    expect(out).toMatch(
      /^ok {7}newer plans {4}local: .*firstlight-demo.1\.0.execution_plan\.toml$/m,
    );
    // The shell of the tests has no PATH to find bubblewrap on.
    expect(out).toMatch(/^warn {5}isolation {6}plugins are kept apart by .* \(no bubblewrap: /m);
    expect(out).toMatch(/^ {24}- A plugin may read the packages of other plugins\.$/m);
    expect(out).toContain('warn     signatures     plans are unsigned: this device takes any plan');
    expect(out).toMatch(/^ok {7}store {10}0 MiB \(0 unpacked plugins\); beyond 1024 MiB/m);
  });

  it('changes nothing', async () => {
    await doctor();
    expect(readdirSync(folder).sort()).toEqual(['bad.toml', 'good.toml']);
  });

  it('names the files and variables that are in force', async () => {
    const file = path.join(folder, 'good.toml');
    const { of } = await doctor(['--device-config', file], { FIRSTLIGHT_STORE_MAX_MIB: '64' });
    expect(of('configuration')).toEqual({
      topic: 'configuration',
      status: 'ok',
      message: `${APP_FILE}, ${file}, FIRSTLIGHT_STORE_MAX_MIB`,
    });
    expect(of('store')).toMatchObject({
      message: expect.stringContaining('beyond 64 MiB') as string,
    });
  });

  it('exits with 1 for a configuration with errors, and says the first', async () => {
    const file = path.join(folder, 'bad.toml');
    const { code, ok, of } = await doctor(['--device-config', file]);
    expect({ code, ok }).toEqual({ code: 1, ok: false });
    expect(of('configuration')).toEqual({
      topic: 'configuration',
      status: 'problem',
      message: `${file}:2:15: "credentials" must be "none" or "chain", but is "chian". Did you mean "chain"?`,
      hint: 'See: npx firstlight device check',
    });
  });

  it.runIf(process.platform === 'linux')('warns of a share that is not mounted', async () => {
    const { code, of } = await doctor([], {
      FIRSTLIGHT_UNC_MOUNTS: String.raw`\\srv\plans=` + folder,
    });
    expect(code).toBe(0);
    expect(of('share')).toEqual({
      topic: 'share',
      status: 'warn',
      message: `\\\\srv\\plans at ${folder}: nothing is mounted there`,
      hint: 'Mount the share there, or correct [unc.mounts] in device.toml.',
    });
  });

  it('says whose signatures plans need, and how long the last ones hold', async () => {
    const firstlight = (...args: readonly string[]) => runCli(folder, args);
    await firstlight('trust', 'init', 'keys');
    const env = { FIRSTLIGHT_TRUST_ROOT: 'keys' };
    const needed = `plans must be signed, root version 1 (${path.join(folder, 'keys')})`;
    expect((await doctor([], env)).of('signatures')).toEqual({
      topic: 'signatures',
      status: 'ok',
      message: `${needed}; none was verified here yet`,
    });
    writeFileSync(path.join(folder, 'plan.toml'), PLAN);
    writeFileSync(path.join(folder, 'newer.toml'), PLAN.replace('revision = 1', 'revision = 2'));
    await firstlight('publish', 'newer.toml', '--to', 'updates', '--keys', 'keys');
    const run = ['plan', 'run', 'plan.toml', '--headless', '--simulate', '--update'];
    await firstlight(...run, '--home', 'home', '--trust', 'keys');
    const { of } = await doctor(['--trust', 'keys']);
    expect(of('signatures')).toMatchObject({ status: 'ok' });
    expect(of('accepted plan')).toEqual({
      topic: 'accepted plan',
      status: 'ok',
      message: 'kiosk, revision 2, passed its trial',
    });
    expect(of('signatures')).toHaveProperty(
      'message',
      expect.stringMatching(/; verified, good until 20\d\d-\d\d-\d\dT/),
    );
  });

  it('says that a record of accepted plans is damaged, and leaves it there', async () => {
    mkdirSync(path.join(folder, 'home'));
    writeFileSync(path.join(folder, 'home', 'accepted.json'), '{');
    const { code, of } = await doctor();
    expect(code).toBe(0);
    expect(of('accepted plan')).toMatchObject({
      status: 'warn',
      message: `${path.join(folder, 'home', 'accepted.json')} is damaged, or cannot be read`,
    });
    expect(readdirSync(path.join(folder, 'home'))).toEqual(['accepted.json']);
  });

  it('tells of the home of `npm start` when it was asked for none', async () => {
    mkdirSync(path.join(folder, '.firstlight'));
    const said = `- \`npm start\` uses another one, ${path.join(folder, '.firstlight')}: look at it with --home .firstlight`;
    const says = async (args: readonly string[], env: Record<string, string> = {}) => {
      const { out } = await runCli(folder, ['doctor', ...args], { HOME: folder, ...env });
      return out.includes(said);
    };
    expect(await says([])).toBe(true);
    expect(await says(['--home', 'home'])).toBe(false);
    expect(await says([], { FIRSTLIGHT_HOME: 'home' })).toBe(false);
  });

  it('says which process uses a home', async () => {
    const home = path.join(folder, 'home');
    const opened = await openHome(nodeFiles, home);
    if (!opened.ok) throw new Error(opened.failure.message);
    expect((await doctor()).of('home folder')).toMatchObject({
      status: 'ok',
      message: `${home}, can be written to, process ${process.pid} uses it now`,
    });
    opened.value.release();
    expect((await doctor()).of('home folder')).toMatchObject({
      message: `${home}, can be written to, nobody uses it now`,
    });
  });

  it('finds a file where the home should be', async () => {
    writeFileSync(path.join(folder, 'home'), '');
    const { code, of } = await doctor();
    expect(code).toBe(1);
    expect(of('home folder')).toMatchObject({ status: 'problem' });
  });

  // Nothing is read-only to root.
  it.skipIf(process.getuid?.() === 0)('finds a home that cannot be written to', async () => {
    mkdirSync(path.join(folder, 'home'));
    chmodSync(path.join(folder, 'home'), 0o500);
    expect((await doctor()).of('home folder')).toMatchObject({ status: 'problem' });
  });
});
