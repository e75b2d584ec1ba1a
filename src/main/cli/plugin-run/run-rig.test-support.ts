import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { SAMPLES } from '../../plugins/testing/plugin-life.test-support.ts';
import type { Ended } from '../testing/run-cli.test-support.ts';

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url));
/** Of util-linux: runs a program in a pseudo-terminal. */
const SCRIPT = '/usr/bin/script';

export const hasTerminals = existsSync(SCRIPT);

/** A `firstlight plugin run` under way. */
export interface Running {
  readonly child: ChildProcess;
  /** Resolves when it has written this, on either stream. */
  until(text: string): Promise<void>;
  readonly ended: Promise<Ended>;
}

/** A home and a folder of plugins of the test's own. */
export interface RunRig {
  readonly folder: string;
  readonly home: string;
  /** Writes a plugin. Its steps may call `note(text)`, which is kept in a file, and `isOpen(gate)`. */
  addSteps(name: string, steps: string, more?: string): Promise<void>;
  /** What the plugin has noted in all its runs. */
  notes(name: string): Promise<readonly string[]>;
  /** Opens a gate that steps look at. */
  open(name: string, gate: string): Promise<void>;
  begin(args: readonly string[]): Running;
  run(...args: readonly string[]): Promise<Ended>;
  /** In a terminal of this size; keys are written to `child.stdin`. */
  inTerminal(args: readonly string[], size?: TerminalSize): Running;
}

interface TerminalSize {
  readonly columns: number;
  readonly rows: number;
  readonly env?: Readonly<Record<string, string>>;
}

export async function runRig(): Promise<RunRig> {
  const folder = await mkdtemp(path.join(tmpdir(), 'firstlight-plugin-run-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const home = path.join(folder, 'home');
  const plugins = path.join(folder, 'plugins');
  const fileOf = (name: string, file: string) => path.join(home, 'plugin-data', name, file);
  const common = ['--home', home, '--plugins', plugins];
  const env = { PATH: process.env.PATH ?? '', TERM: 'xterm', LANG: 'C.UTF-8' };

  function begin(args: readonly string[]): Running {
    // The last one counts: a test may name a folder of its own.
    const all = [MAIN, 'plugin', 'run', ...common, ...args];
    return follow(spawn(process.execPath, all, { cwd: folder, env }));
  }

  return {
    folder,
    home,
    async addSteps(name, steps, more = '') {
      const root = path.join(plugins, name);
      await mkdir(root, { recursive: true });
      const permissions = { dataFolder: true };
      const firstlight = { apiVersion: 1, main: 'index.js', permissions };
      const manifest = { name, version: '2.1.0', type: 'module', firstlight };
      await writeFile(path.join(root, 'package.json'), JSON.stringify(manifest));
      await writeFile(path.join(root, 'index.js'), moduleOf(steps, more));
    },
    async notes(name) {
      const text = await readFile(fileOf(name, 'notes'), 'utf8');
      return text.split('\n').slice(0, -1);
    },
    open: (name, gate) => writeFile(fileOf(name, gate), ''),
    begin,
    run: (...args) => begin(args).ended,
    inTerminal(args, { columns, rows, env: more } = { columns: 60, rows: 20 }) {
      const program = [process.execPath, MAIN, 'plugin', 'run', ...common, ...args];
      const line = `stty cols ${columns} rows ${rows} && exec ${program.map((part) => `'${part}'`).join(' ')}`;
      const options = { cwd: folder, env: { ...env, SHELL: '/bin/sh', ...more } };
      return follow(spawn(SCRIPT, ['-qec', line, '/dev/null'], options));
    },
  };
}

/** The folder of the plugins that come with the app. */
export const SAMPLE_PLUGINS: readonly string[] = ['--plugins', SAMPLES];

function moduleOf(steps: string, more: string): string {
  return `
import { appendFileSync, existsSync } from 'node:fs';
let folder;
const note = (text) => appendFileSync(folder + '/notes', text + '\\n');
const isOpen = (gate) => existsSync(folder + '/' + gate);
const calledOff = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('off'))));
const step = (name, run, more = {}) => ({ name, description: 'Doing ' + name, run, ...more });
export default {
  ${more}
  steps: (ctx) => {
    folder = ctx.dataFolder;
    return [${steps}];
  },
};
`;
}

function follow(child: ReturnType<typeof spawn>): Running {
  let out = '';
  let err = '';
  const waiting = new Set<() => void>();
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    out += text;
    for (const look of waiting) look();
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    err += text;
    for (const look of waiting) look();
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, out, err }));
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return {
    child,
    ended,
    async until(text) {
      const written = new Promise<void>((resolve) => {
        const look = (): void => {
          if (out.includes(text) || err.includes(text)) resolve();
        };
        waiting.add(look);
        look();
      });
      const over = ended.then(() => 'over' as const);
      if ((await Promise.race([written, over])) === 'over' && !(out + err).includes(text)) {
        throw new Error(`It ended without writing ${JSON.stringify(text)}:\n${out}${err}`);
      }
    },
  };
}
