import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
const MAIN = fileURLToPath(new URL('./main.ts', import.meta.url));
const BASE_PLAN = join(ROOT, 'resources/execution_plan.toml');

interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs `firstlight` from the sources, as a shell would. */
async function firstlight(...args: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { PATH: '' } });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject).on('close', resolve);
  });
  return { code, out, err };
}

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'firstlight-cli-'));
  writeFileSync(join(folder, 'bad.toml'), '[general]\nproduct_family = 3\n');
  const base = readFileSync(BASE_PLAN, 'utf8');
  writeFileSync(join(folder, 'warned.toml'), base.replace('"TermsCompleted"', '"TermsComplete"'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

describe('plan check', () => {
  it('has nothing to say about the base plan', async () => {
    expect(await firstlight('plan', 'check', BASE_PLAN)).toEqual({
      code: 0,
      out: `${BASE_PLAN}: no problems\n`,
      err: '',
    });
  });

  it('shows each finding with its line, sums up, and exits with 1', async () => {
    const { code, out, err } = await firstlight('plan', 'check', 'bad.toml');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toBe(`bad.toml:1:2 error plan/missing-field
  "execution_plan_version" is missing in general
  1 | [general]
    |  ~~~~~~~
  2 | product_family = 3

bad.toml:1:2 error plan/missing-field
  "update_from" is missing in general
  1 | [general]
    |  ~~~~~~~
  2 | product_family = 3

bad.toml:1:2 error plan/missing-field
  "update_path_root" is missing in general
  1 | [general]
    |  ~~~~~~~
  2 | product_family = 3

bad.toml:2:18 error plan/wrong-type
  "product_family" must be a text in quotes, but is the number 3
  1 | [general]
  2 | product_family = 3
    |                  ~
  Hint: Put it in quotes: product_family = "3"

bad.toml: 4 errors
`);
  });

  it('exits with 0 when there are only warnings', async () => {
    const { code, out } = await firstlight('plan', 'check', 'warned.toml');
    expect(code).toBe(0);
    expect(out).toContain('Hint: Did you mean "TermsCompleted"?');
  });

  it('gives tools one document for all files, the missing one too', async () => {
    const { code, out, err } = await firstlight('plan', 'check', '--json', BASE_PLAN, 'no.toml');
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(JSON.parse(out)).toEqual({
      files: [
        { file: BASE_PLAN, ok: true, diagnostics: [] },
        {
          file: 'no.toml',
          ok: false,
          diagnostics: [
            {
              rule: 'plan/unreadable',
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

describe('plan graph', () => {
  it.each([
    ['mermaid', 'flowchart LR\n'],
    ['svg', '<svg xmlns="http://www.w3.org/2000/svg"'],
    ['json', '{\n  "nodes": ['],
  ])('writes %s', async (format, beginning) => {
    const { code, out, err } = await firstlight('plan', 'graph', BASE_PLAN, '--format', format);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.slice(0, beginning.length)).toBe(beginning);
    expect(out).toContain('TutorialCompleted');
  });

  it('draws nothing of a plan with errors, and says why beside the result', async () => {
    const { code, out, err } = await firstlight('plan', 'graph', 'bad.toml');
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toContain('bad.toml: 4 errors');
  });
});

describe('plan why', () => {
  it('explains, in words and for tools', async () => {
    const words = await firstlight('plan', 'why', BASE_PLAN, 'tutorial');
    expect(words).toEqual({
      code: 0,
      err: '',
      out: `core_login (number 5 of the core sequence) raises LoginCompleted.
LoginCompleted starts tutorial, at once, and asks for the screen as soon as it is free.
When it is done it raises TutorialCompleted, a handoff: control goes back to the core sequence.
`,
    });
    const { out } = await firstlight('plan', 'why', BASE_PLAN, 'tutorial', '--json');
    expect(JSON.parse(out)).toMatchObject({ plugin: 'tutorial', starts: true, handoff: true });
  });

  it('has a suggestion for a name that nobody has', async () => {
    expect(await firstlight('plan', 'why', BASE_PLAN, 'tutorail')).toEqual({
      code: 1,
      out: '',
      err: `There is no plugin "tutorail" in ${BASE_PLAN}. Did you mean "tutorial"?\n`,
    });
  });
});

describe('a command line that is not understood', () => {
  it.each([
    [['plan', 'check'], "error: missing required argument 'file'"],
    [['plan', 'chekc', 'x'], "error: unknown command 'chekc'\n(Did you mean check?)"],
    [['plna'], "error: unknown command 'plna'\n(Did you mean plan?)"],
    [['plan', 'check', '--jsn', 'x'], "error: unknown option '--jsn'\n(Did you mean --json?)"],
    [
      ['plan', 'graph', 'x', '--format', 'png'],
      "error: option '--format <format>' argument 'png' is invalid. Allowed choices are mermaid, svg, json.",
    ],
    [
      ['plan', 'run', 'x', '--fail', 'a:0'],
      "error: option '--fail <plugin[:times]>' argument 'a:0' is invalid. TIMES is how many attempts fail: a whole number from 1.",
    ],
    [['plan', 'run', 'x', '--seed', 'y'], "error: option '--seed <n>' argument 'y' is invalid."],
    [[], 'Usage: firstlight [options] [command]'],
    [['plan'], 'Usage: firstlight plan [options] [command]'],
  ])('%j exits with 2', async (args, message) => {
    const { code, out, err } = await firstlight(...args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(message);
  });
});

describe('help and version', () => {
  it('are no mistake', async () => {
    const { code, out, err } = await firstlight('--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Exit codes: 0 fine, 1 problems found');
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
      readonly version: string;
    };
    expect(await firstlight('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });
});

describe('a reader that closes its end', () => {
  it('ends the command without a complaint', async () => {
    const many = Array.from({ length: 3000 }, () => '[[plugins]]').join('\n');
    writeFileSync(join(folder, 'many.toml'), many);
    const child = spawn(process.execPath, [MAIN, 'plan', 'check', 'many.toml'], { cwd: folder });
    child.stdout.once('data', () => child.stdout.destroy());
    let err = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    await new Promise((resolve) => child.on('close', resolve));
    expect(err).toBe('');
  });
});
