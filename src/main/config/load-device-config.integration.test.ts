import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { resourcesFolder } from '../resources.ts';
import { checkDeviceBytes } from './check-device.ts';
import { FIELDS, leavesOf } from './fields.ts';
import { loadDeviceConfig, SYSTEM_FILE } from './load-device-config.ts';

const DEFAULT_FILE = path.join(resourcesFolder(), 'device.toml');

const DEFAULTS = {
  update: { budget_seconds: 15, channel: 'stable' },
  transfer: {
    connect_seconds: 5,
    stall_seconds: 10,
    total_seconds: 900,
    retries: 4,
    parallel: 4,
  },
  s3: { credentials: 'none', path_style: false },
  https: {},
  unc: { mounts: {} },
  trust: {},
  store: { max_mib: 1024 },
  api: { port: 0 },
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'firstlight-device-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function put(name: string, text: string): string {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
  return file;
}

async function load(files: readonly string[], env: Record<string, string> = {}) {
  return loadDeviceConfig({ files, env });
}

/** Findings of all files, each in one line. */
async function findingsOf(files: readonly string[], env: Record<string, string> = {}) {
  const { files: checks } = await load(files, env);
  return checks.flatMap(({ file, diagnostics }) =>
    diagnostics.map(
      ({ rule, line, column, path: at }) =>
        `${path.basename(file)} ${at} ${line}:${column} ${rule}`,
    ),
  );
}

describe('the configuration that ships with the app', () => {
  it('has no problems, and says of each default what it is', async () => {
    const { config, files, sources } = await load([DEFAULT_FILE]);
    expect(config).toEqual(DEFAULTS);
    expect(files.map(({ ok, diagnostics }) => ({ ok, diagnostics }))).toEqual([
      { ok: true, diagnostics: [] },
    ]);
    expect([...sources]).toEqual([]);
  });
});

describe('the examples in it', () => {
  it('name every field, are right, and show the defaults', async () => {
    const { update, transfer, store, api } = DEFAULTS;
    const text = readFileSync(DEFAULT_FILE, 'utf8').replaceAll(/^# (?=\S+ = )/gm, '');
    const { diagnostics, tree } = await checkDeviceBytes(new TextEncoder().encode(text));
    expect(diagnostics).toEqual([]);
    const given = leavesOf(tree ?? {}).map(({ path: [table, name] }) => `${table}.${name}`);
    expect(given).toEqual(FIELDS.map(({ table, name }) => `${table}.${name}`));
    expect(tree).toMatchObject({ update, transfer, store, api });
  });
});

describe('layers', () => {
  it('replace single fields, the environment above all files', async () => {
    const low = put(
      'low.toml',
      '[s3]\nregion = "eu-1"\ncredentials = "chain"\n[store]\nmax_mib = 5',
    );
    const high = put('high.toml', '[s3]\nregion = "eu-2"\n[update]\nchannel = "beta"');
    const { config, sources } = await load([low, high], { FIRSTLIGHT_UPDATE_CHANNEL: 'nightly' });
    expect(config).toEqual({
      ...DEFAULTS,
      update: { budget_seconds: 15, channel: 'nightly' },
      s3: { region: 'eu-2', credentials: 'chain', path_style: false },
      store: { max_mib: 5 },
    });
    expect(Object.fromEntries(sources)).toEqual({
      's3.region': high,
      's3.credentials': low,
      'store.max_mib': low,
      'update.channel': 'FIRSTLIGHT_UPDATE_CHANNEL',
    });
  });

  it('merge shares one by one, whatever their case and slashes', async () => {
    const low = put(
      'low.toml',
      String.raw`[unc.mounts]
'\\srv\plans' = "/mnt/old"
'\\srv\tools' = "/mnt/tools"`,
    );
    const high = put('high.toml', `[unc.mounts]\n'//SRV/Plans' = "/mnt/new"`);
    const { config } = await load([low, high]);
    expect(config?.unc.mounts).toEqual({
      '//SRV/Plans': '/mnt/new',
      '\\\\srv\\tools': '/mnt/tools',
    });
  });

  it('take paths from the folder of the file, or from the working folder', async () => {
    const file = put('etc/device.toml', `[unc.mounts]\n'\\\\srv\\a' = "mnt/a"`);
    const { config } = await load([file], {
      FIRSTLIGHT_UNC_MOUNTS: String.raw`\\srv\b=mnt/b;\\srv\c=/mnt/c`,
    });
    expect(config?.unc.mounts).toEqual({
      '\\\\srv\\a': path.join(folder, 'etc/mnt/a'),
      '\\\\srv\\b': path.resolve('mnt/b'),
      '\\\\srv\\c': '/mnt/c',
    });
  });
});

describe('an S3 endpoint', () => {
  it('has the bucket in the path unless something else is said', async () => {
    const file = put('a.toml', '[s3]\nendpoint = "https://s3.example.com/"');
    expect((await load([file])).config?.s3).toEqual({
      endpoint: 'https://s3.example.com',
      path_style: true,
      credentials: 'none',
    });
    const { config } = await load([file], { FIRSTLIGHT_S3_PATH_STYLE: 'false' });
    expect(config?.s3.path_style).toBe(false);
  });
});

describe('an S3 endpoint with a password in it', () => {
  it('is refused without its words, which would end up on a screen', async () => {
    const { problem } = await load([DEFAULT_FILE], {
      FIRSTLIGHT_S3_ENDPOINT: 'https://user:hunter2@s3.example.com',
    });
    expect(problem).toContain('user name or password');
    expect(problem).not.toContain('hunter2');
  });
});

describe('a file', () => {
  it('must be there, but for the one of the system', async () => {
    const missing = path.join(folder, 'no.toml');
    const { config, problem } = await load([DEFAULT_FILE, missing]);
    expect(config).toBeUndefined();
    expect(problem).toBe(
      `${missing}:1:1: ${JSON.stringify(missing)} cannot be read: there is no such file.`,
    );
  });

  it('may be missing where administrators have said nothing', async () => {
    // No test can write there: the machine that runs it has no such file.
    const { files } = await load([SYSTEM_FILE]);
    expect(files).toEqual([]);
  });

  it('shows all of its problems in one run, in order', async () => {
    const file = put(
      'a.toml',
      `[s3]
endpoint = "http://s3.example.com"
credentials = "chian"
path_style = "true"
regoin = "eu"
[transfer]
retries = 3.5
parallel = 100
[https]
ca_file = "no.pem"
[unc.mounts]
'srv' = 3
[trust]
root = "."
`,
    );
    expect(await findingsOf([file])).toEqual([
      'a.toml s3.endpoint 2:12 device/bad-value',
      'a.toml s3.credentials 3:15 device/unknown-value',
      'a.toml s3.path_style 4:14 device/wrong-type',
      'a.toml s3.regoin 5:1 device/unknown-field',
      'a.toml transfer.retries 7:11 device/wrong-type',
      'a.toml transfer.parallel 8:12 device/bad-value',
      'a.toml https.ca_file 10:11 device/bad-value',
      'a.toml unc.mounts.srv 12:1 device/bad-value',
      'a.toml unc.mounts.srv 12:9 device/wrong-type',
      'a.toml trust.root 14:8 device/bad-value',
    ]);
  });

  it('with warnings alone is used', async () => {
    const { config, files, problem } = await load([put('a.toml', '[strore]\nmax_mib = 5')]);
    expect(config).toEqual(DEFAULTS);
    expect(problem).toBeUndefined();
    expect(files[0]?.diagnostics[0]).toMatchObject({ hint: 'Did you mean "store"?' });
  });
});

describe('a value that a higher layer replaces', () => {
  it('need not name a file that is there', async () => {
    const low = put('low.toml', '[https]\nca_file = "gone.pem"');
    const { cert } = await generate([{ name: 'commonName', value: 'test' }]);
    const high = put('high.toml', `[https]\nca_file = "ca.pem"`);
    put('ca.pem', cert);
    expect((await load([low, high])).config?.https.ca_file).toBe(path.join(folder, 'ca.pem'));
  });
});

describe('authorities', () => {
  it.each([
    ['an empty file', '', 'which holds no certificate in PEM form'],
    [
      'a certificate that is cut off in the middle',
      '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
      'whose certificate 1 of 1 cannot be read',
    ],
  ])('cannot be %s', async (_what, text, message) => {
    const pem = put('ca.pem', text);
    const { problem } = await load([put('a.toml', '[https]\nca_file = "ca.pem"')]);
    expect(problem).toContain(`"ca_file" is ${JSON.stringify(pem)}, ${message}`);
  });
});

describe('the root of trust', () => {
  const file = (): string => put('etc/device.toml', '[trust]\nroot = "trust"');

  it('is the folder that holds root.json', async () => {
    put('etc/trust/root.json', '{"signed":{"_type":"root"},"signatures":[]}');
    expect((await load([file()])).config?.trust.root).toBe(path.join(folder, 'etc/trust'));
  });

  it('is never given up for unsigned plans because it is not there', async () => {
    const { config, problem } = await load([file()]);
    expect(config).toBeUndefined();
    expect(problem).toContain('root.json" cannot be read: there is no such file');
  });

  it('must be one', async () => {
    put('etc/trust/root.json', '{}');
    expect((await load([file()])).problem).toContain('whose root.json is no TUF root.');
  });
});

describe('the environment', () => {
  it('is shown as a file of variables', async () => {
    const { files, problem } = await load([], {
      FIRSTLIGHT_S3_PATH_STYLE: 'yes',
      FIRSTLIGHT_TRANSFER_RETRIES: '4.5',
      FIRSTLIGHT_HOME: '/somewhere',
      PATH: '/bin',
    });
    expect(files).toEqual([
      {
        file: 'environment',
        ok: false,
        text: 'FIRSTLIGHT_S3_PATH_STYLE=yes\nFIRSTLIGHT_TRANSFER_RETRIES=4.5',
        diagnostics: [
          {
            rule: 'device/wrong-type',
            severity: 'error',
            message: 'FIRSTLIGHT_S3_PATH_STYLE must be true or false, but is the text "yes"',
            line: 1,
            column: 26,
            path: 'FIRSTLIGHT_S3_PATH_STYLE',
          },
          {
            rule: 'device/wrong-type',
            severity: 'error',
            message: 'FIRSTLIGHT_TRANSFER_RETRIES must be a whole number, but is 4.5',
            line: 2,
            column: 29,
            path: 'FIRSTLIGHT_TRANSFER_RETRIES',
          },
        ],
      },
    ]);
    expect(problem).toBe(
      'environment: FIRSTLIGHT_S3_PATH_STYLE must be true or false, but is the text "yes" (and 1 more).',
    );
  });

  it('warns of a name that is nearly one', async () => {
    const { files, config } = await load([], { FIRSTLIGHT_S3_ENDPIONT: 'https://a' });
    expect(config).toEqual(DEFAULTS);
    expect(files[0]?.diagnostics).toEqual([
      {
        rule: 'device/unknown-field',
        severity: 'warning',
        message: 'no rule knows the variable "FIRSTLIGHT_S3_ENDPIONT", so it is ignored',
        line: 1,
        column: 1,
        path: 'FIRSTLIGHT_S3_ENDPIONT',
        hint: 'Did you mean "FIRSTLIGHT_S3_ENDPOINT"?',
      },
    ]);
  });

  it('says nothing with an empty variable', async () => {
    const { config, files } = await load([], { FIRSTLIGHT_TRUST_ROOT: '' });
    expect({ config, files }).toEqual({ config: DEFAULTS, files: [] });
  });

  it.each([
    ['FIRSTLIGHT_UNC_MOUNTS', '/mnt/a'],
    ['FIRSTLIGHT_UNC_MOUNTS', 'srv=/mnt/a'],
    ['FIRSTLIGHT_S3_ENDPOINT', 'ftp://srv'],
    ['FIRSTLIGHT_UPDATE_BUDGET_SECONDS', '0'],
    ['FIRSTLIGHT_HTTPS_CA_FILE', '/no/such.pem'],
  ])('cannot say %s=%s', async (variable, value) => {
    expect(await findingsOf([], { [variable]: value })).toEqual([
      `environment ${variable} 1:${variable.length + 2} device/bad-value`,
    ]);
  });
});
