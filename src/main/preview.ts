import { constants } from 'node:os';
import type { SerializedError } from '#shared';
import { failureLine, parseShellOptions, SHELL_HELP } from './shell-options.ts';
import { runBrowserShell } from './web/browser-shell.ts';

// The browser shell: the app in Node, its screens in a browser on this machine.

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
/** How long the end may take before it is forced. */
const END_MS = 10_000;

const say = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

/** Resolves with the exit code of the first signal; a second one ends the process at once. */
function stopAsked(): Promise<number> {
  return new Promise((resolve) => {
    let isAsked = false;
    const ask = (code: number) => {
      if (isAsked) process.exit(code);
      isAsked = true;
      setTimeout(() => process.exit(code), END_MS).unref();
      resolve(code);
    };
    for (const signal of SIGNALS) process.on(signal, () => ask(128 + constants.signals[signal]));
    // The process that started this one is gone without having told us.
    process.once('disconnect', () => ask(128 + constants.signals.SIGHUP));
  });
}

async function main(): Promise<number> {
  const parsed = parseShellOptions(process.argv.slice(2));
  if (!parsed.ok) {
    complain(failureLine(parsed.failure));
    return 2;
  }
  if (parsed.value.help) {
    process.stdout.write(SHELL_HELP);
    return 0;
  }
  const result = await runBrowserShell({
    options: parsed.value,
    say,
    onBug: (error: SerializedError) => complain(error.stack ?? error.message),
    stopAsked: stopAsked(),
    onKiosk: (kiosk) => process.once('exit', () => kiosk.kill()),
  });
  if (result.ok) return result.value;
  complain(failureLine(result.failure));
  return 1;
}

// Whoever reads our output may leave before us.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);
// Said aloud: a spare plugin process or a hung share must not keep an app that has ended.
process.exit(await main());
