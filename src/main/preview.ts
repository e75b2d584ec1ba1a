import type { SerializedError } from '#shared';
import { failureLine, parseShellOptions, SHELL_HELP } from './shell-options.ts';
import { stopAsked } from './stop-asked.ts';
import { runBrowserShell } from './web/browser-shell.ts';

// The browser shell: the app in Node, its screens in a browser on this machine.

const say = (line: string) => process.stdout.write(`${line}\n`);
const complain = (line: string) => process.stderr.write(`${line}\n`);

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
