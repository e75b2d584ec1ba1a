import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { begin, isRunning, testFolder } from './testing/command-rig.test-support.ts';

const HINT =
  'Allow it in sudoers with NOPASSWD for the user that runs Firstlight, or run the step without "sudo".';
const PERSON = 1000;

/** Options with a fake `sudo` first on the PATH: a shell script that does `script` with its arguments. */
async function withFakeSudo(script: string) {
  const folder = await testFolder();
  await writeFile(path.join(folder, 'sudo'), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return { sudo: true, uid: PERSON, env: { PATH: `${folder}:${process.env['PATH'] ?? ''}` } };
}

describe('SINT-002 a command with privileges', () => {
  it('SINT-002 is run by sudo, which may ask for nothing', async () => {
    const options = await withFakeSudo(String.raw`printf '%s\n' "$*"; shift 2; exec "$@"`);
    const { result, lines } = begin({ cmd: ['echo', 'it runs'] }, options);
    expect((await result).ok).toBe(true);
    expect(lines).toEqual(['-n -- echo it runs', 'it runs']);
  });

  it('is run directly by root', async () => {
    const options = await withFakeSudo('echo "not needed"; exit 1');
    const { result, lines } = begin({ cmd: ['echo', 'it runs'] }, { ...options, uid: 0 });
    expect((await result).ok).toBe(true);
    expect(lines).toEqual(['it runs']);
  });

  it('is what a command asks for, whatever its step does', async () => {
    const options = await withFakeSudo('echo sudo');
    const plain = begin({ cmd: ['echo', 'plain'], sudo: false }, options);
    const privileged = begin({ cmd: ['echo', 'plain'], sudo: true }, { ...options, sudo: false });
    await Promise.all([plain.result, privileged.result]);
    expect([plain.lines, privileged.lines]).toEqual([['plain'], ['sudo']]);
  });

  it('keeps the variables that the command itself is given', async () => {
    const options = await withFakeSudo('echo "$2 $ONE $TWO"');
    const { result, lines } = begin({ cmd: ['true'], env: { ONE: '1', TWO: '2' } }, options);
    await result;
    expect(lines).toEqual(['--preserve-env=ONE,TWO 1 2']);
  });

  it('fails as the command does', async () => {
    const options = await withFakeSudo('shift 2; exec "$@"');
    const { result } = begin(
      { cmd: ['sh', '-c', 'echo "a password is required" >&2; exit 1'] },
      options,
    );
    expect(await result).toMatchObject({
      failure: {
        code: 'step/command-failed',
        message: '"sh" ended with exit code 1: a password is required',
      },
    });
  });
});

describe('a privileged command that is called off', () => {
  it('is ended by sudo, for what root runs is not ours to kill', async () => {
    const calls = path.join(await testFolder(), 'calls');
    const options = await withFakeSudo(`echo "$*" >> ${calls}; shift 2; exec "$@"`);
    const script = `trap '' TERM; echo $$; while :; do sleep 0.05; done`;
    const cmd = ['sh', '-c', script];
    const command = begin({ cmd }, { ...options, graceMs: 50 });
    const pid = Number(await command.firstLine);
    command.abort();
    expect(await command.result).toMatchObject({ failure: { code: 'step/cancelled' } });
    expect(isRunning(pid)).toBe(false);
    expect(await readFile(calls, 'utf8')).toBe(
      `-n -- sh -c ${script}\n-n -- kill -s KILL -- -${pid}\n`,
    );
  });
});

describe('sudo that does not let a command run', () => {
  it.each([
    'sudo: a password is required',
    'sudo: a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper',
    'sudo: sorry, you must have a tty to run sudo',
    'sudo: sorry, you are not allowed to preserve the environment',
    'sudo: The "no new privileges" flag is set, which prevents sudo from running as root.',
    `sudo: effective uid is not 0, is /usr/bin/sudo on a file system with the 'nosuid' option set or an NFS file system without root privileges?`,
    `Sorry, user kiosk is not allowed to execute '/usr/bin/true' as root on device.`,
    'Sorry, user kiosk may not run sudo on device.',
    'kiosk is not in the sudoers file.',
  ])('%s', async (line) => {
    const options = await withFakeSudo(`cat <<'END' >&2\n${line}\nEND\nexit 1`);
    const failed = await begin({ cmd: ['true'] }, options).result;
    expect(failed).toMatchObject({ ok: false, failure: { code: 'step/sudo-denied', hint: HINT } });
  });

  it('says whose command it was and what sudo said', async () => {
    const options = await withFakeSudo('echo "sudo: a password is required" >&2; exit 1');
    expect(await begin({ cmd: ['apt-get', 'update'] }, options).result).toEqual({
      ok: false,
      failure: {
        code: 'step/sudo-denied',
        message: '"apt-get" was not run with privileges: sudo: a password is required.',
        hint: HINT,
        exitCode: 1,
        output: 'sudo: a password is required',
      },
    });
  });

  it('says that there is none on the device', async () => {
    const options = { sudo: true, uid: PERSON, env: { PATH: await testFolder() } };
    expect(await begin({ cmd: ['true'] }, options).result).toMatchObject({
      failure: {
        code: 'step/sudo-denied',
        message: '"true" was not run with privileges: there is no "sudo" on this device.',
        hint: HINT,
      },
    });
  });

  it('says that the system has none', async () => {
    expect(await begin({ cmd: ['true'], sudo: true }, { uid: undefined }).result).toMatchObject({
      failure: {
        code: 'step/sudo-denied',
        message: '"true" was not run with privileges: this system has no sudo.',
      },
    });
  });

  it('tells a program that is missing from one that is refused', async () => {
    const options = await withFakeSudo('echo "sudo: $3: command not found" >&2; exit 1');
    expect(await begin({ cmd: ['no-such-program'] }, options).result).toMatchObject({
      failure: {
        code: 'step/no-program',
        message: '"no-such-program" was not found on the PATH of sudo.',
      },
    });
  });

  it('is not mistaken for a warning of sudo before a command that works', async () => {
    const options = await withFakeSudo(
      'echo "sudo: unable to resolve host device: Name or service not known" >&2; shift 2; exec "$@"',
    );
    expect((await begin({ cmd: ['true'] }, options).result).ok).toBe(true);
  });
});
