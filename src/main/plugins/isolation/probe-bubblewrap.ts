import { execFile } from 'node:child_process';
import { bubblewrapArguments } from './bubblewrap-arguments.ts';
import { systemPaths } from './system-paths.ts';

/** Does bubblewrap work for this user on this machine? If not, why, in words. */
export type BubblewrapProbe =
  { readonly works: true } | { readonly works: false; readonly why: string };

/** A sandbox that is not up by then would hold up every plugin. */
const PATIENCE_MS = 5000;

let probed: Promise<BubblewrapProbe> | undefined;

/**
 * Tries the sandbox once, with Node in it: that it is installed says little, since containers,
 * AppArmor and kernel settings may forbid what it is made of.
 */
export function probeBubblewrap(): Promise<BubblewrapProbe> {
  probed ??= probe('bwrap');
  return probed;
}

/** Tries the sandbox that this program makes. */
export function probe(command: string): Promise<BubblewrapProbe> {
  if (process.platform !== 'linux') {
    return Promise.resolve({ works: false, why: 'it exists on Linux only' });
  }
  const node = process.execPath;
  const args = bubblewrapArguments({
    profile: { packages: [], files: [], network: false, commands: false, hidden: [] },
    system: systemPaths(),
    program: [node],
  });
  return new Promise((resolve) => {
    const options = { timeout: PATIENCE_MS, killSignal: 'SIGKILL', env: pathOnly() } as const;
    // Node says its version before it starts anything: this takes a few milliseconds.
    execFile(command, [...args, node, '--version'], options, (error, stdout, stderr) => {
      if (error === null && stdout.trim() === process.version) resolve({ works: true });
      else resolve({ works: false, why: whyNot(error, stderr) });
    });
  });
}

function pathOnly(): Record<string, string> {
  const { PATH } = process.env;
  return PATH === undefined ? {} : { PATH };
}

function whyNot(error: (Error & { readonly code?: unknown }) | null, stderr: string): string {
  if (error?.code === 'ENOENT') return 'bwrap is not installed';
  if (typeof error?.code === 'string') return `bwrap cannot be started (${error.code})`;
  const said = stderr.trim().split('\n').at(-1) ?? '';
  if (/unknown option/i.test(said)) return `bwrap is older than 0.8 (${said})`;
  return said === '' ? 'bwrap ended without a word' : said.slice(0, 300);
}
