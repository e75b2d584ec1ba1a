import { fail, ok, type Failure, type JsonObject, type Result } from '#shared';
import { readJsonFile, writeFileAtomic } from '../state/atomic-file.ts';
import type { FilesPort } from '../state/files-port.ts';
import type { Timer } from '../clock.ts';
import type { DeviceSettings, ProvisioningPort } from './device-port.ts';

interface Step {
  /** What a person reads while it runs. */
  readonly message: string;
  readonly change: (before: JsonObject, settings: DeviceSettings) => JsonObject;
}

/** In the order in which a real device takes them: a user's folder is named in the language. */
const STEPS: readonly Step[] = [
  {
    message: 'Setting the language',
    change: (before, { language }) => ({ ...before, language }),
  },
  { message: 'Setting the region', change: (before, { region }) => ({ ...before, region }) },
  {
    message: 'Setting the time zone',
    change: (before, { timeZone }) => ({ ...before, timeZone }),
  },
  {
    message: 'Naming the device',
    change: (before, { deviceName }) => ({ ...before, deviceName }),
  },
  { message: 'Creating the profile', change: changeUser },
];

/**
 * A device that consists of one file: each setting is put into `device-settings.json` in a step of
 * its own, atomically, so that being cut off leaves a file with the steps done so far. Doing it
 * again, with the same settings or others, gives what doing it once with the last ones gives.
 * Progress counts the steps that are done. Fails with `shell/read-only` or `plugin/cancelled`.
 */
export function createSimulatedProvisioning(options: {
  readonly files: FilesPort;
  /** Where `device-settings.json` lies. */
  readonly path: string;
  readonly clock: Timer;
  /** How long the device takes for a step. Default 0. */
  readonly stepMs?: number;
}): ProvisioningPort {
  const { files, path, clock, stepMs = 0 } = options;

  async function write(step: Step, settings: DeviceSettings): Promise<Result<void>> {
    // What is damaged was set aside, and the steps write all of it anew.
    const file = await readJsonFile({ files, path, decode: asObject });
    if (!file.ok) return file;
    const before = file.value.kind === 'read' ? file.value.value : {};
    const content = `${JSON.stringify(step.change(before, settings), undefined, 2)}\n`;
    return writeFileAtomic({ files, path, content });
  }

  return {
    apply: async ({ settings, signal, onProgress }) => {
      for (const [index, step] of STEPS.entries()) {
        onProgress((100 * index) / STEPS.length, step.message);
        await pause({ clock, ms: stepMs, signal });
        if (signal.aborted) return fail(cancelledAt(step));
        const written = await write(step, settings);
        if (!written.ok) return written;
      }
      onProgress(100, 'The device is set up');
      return ok(summaryOf(settings));
    },
  };
}

/** A device set up without a profile has none, even if an earlier round made one. */
function changeUser(before: JsonObject, { user }: DeviceSettings): JsonObject {
  const { user: _earlier, ...rest } = before;
  return user === undefined ? rest : { ...rest, user: { ...user } };
}

/** For the trace and the last screen, which must not see the hash. */
function summaryOf({ user, ...settings }: DeviceSettings): JsonObject {
  return user === undefined ? settings : { ...settings, userName: user.userName };
}

function cancelledAt(step: Step): Failure {
  return { code: 'plugin/cancelled', message: `Cancelled before: ${step.message}.` };
}

/** Waits, but no longer than until the signal. */
async function pause(request: {
  readonly clock: Timer;
  readonly ms: number;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { clock, ms, signal } = request;
  if (ms === 0 || signal.aborted) return;
  await new Promise<void>((resolve) => {
    const callOff = clock.after(ms, done);
    function done(): void {
      callOff();
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done);
  });
}

function asObject(json: unknown): JsonObject | undefined {
  const isObject = typeof json === 'object' && json !== null && !Array.isArray(json);
  return isObject ? (json as JsonObject) : undefined;
}
