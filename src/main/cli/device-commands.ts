import type { Command } from 'commander';
import { terminalOutput } from './output.ts';

/** Adds `device check`. */
export function addDeviceCommands(device: Command): void {
  device
    .command('check')
    .argument('[file...]', 'device configurations (default: what is in force on this device)')
    .description('say everything that is wrong with a device configuration')
    .option('--json', 'write one JSON document for tools')
    .addHelpText('after', CHECK_HELP)
    .action(async (files: readonly string[], { json = false }: { readonly json?: boolean }) => {
      const { deviceCheck } = await import('./device-check.ts');
      process.exitCode = await deviceCheck(files, { json, output: terminalOutput() });
    });
}

/** Adds `doctor`. */
export function addDoctorCommand(program: Command): void {
  program
    .command('doctor')
    .description('say how this device stands: configuration, plans, trust, isolation')
    .option('--json', 'write one JSON document for tools')
    .option('--home <dir>', 'state folder (default: FIRSTLIGHT_HOME, else that of the system)')
    .option('--device-config <file>', 'device configuration (default: /etc/firstlight/device.toml)')
    .option('--trust <dir>', 'folder with the root of trust, root.json')
    .addHelpText('after', DOCTOR_HELP)
    .action(async (flags: DoctorFlags) => {
      const { doctor } = await import('./doctor.ts');
      process.exitCode = await doctor({ json: false, ...flags, output: terminalOutput() });
    });
}

interface DoctorFlags {
  readonly json?: boolean;
  readonly home?: string;
  readonly deviceConfig?: string;
  readonly trust?: string;
}

const CHECK_HELP = `
Without files: resources/device.toml of the app, /etc/firstlight/device.toml (or the file that
FIRSTLIGHT_DEVICE_CONFIG names) over it, and variables such as FIRSTLIGHT_S3_REGION over both.

Examples:
  firstlight device check
  firstlight device check device.toml --json

Exit codes: 0 no errors (warnings don't count), 1 errors, 2 wrong usage.`;

const DOCTOR_HELP = `
It only looks: nothing is changed, and no network is asked.

Examples:
  firstlight doctor
  firstlight doctor --home .firstlight --json

Exit codes: 0 no problems (warnings don't count), 1 problems, 2 wrong usage.`;
