import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { begin, sh, testFolder } from './testing/command-rig.test-support.ts';

describe('SINT-001 a real command', () => {
  it('SINT-001 runs a program with its arguments as they are, without a shell', async () => {
    const { result, lines } = begin({ cmd: ['printf', '%s\\n', '$HOME', 'two words', '*'] });
    expect(await result).toEqual({
      ok: true,
      value: { exitCode: 0, output: '$HOME\ntwo words\n*' },
    });
    expect(lines).toEqual(['$HOME', 'two words', '*']);
  });

  it('hands on both streams, line by line', async () => {
    const { result, lines } = sh('echo out; echo err >&2');
    await result;
    expect([...lines].sort()).toEqual(['! err', 'out']);
  });

  it('has nothing to read on its stdin', async () => {
    expect(await begin({ cmd: ['cat'] }).result).toEqual({
      ok: true,
      value: { exitCode: 0, output: '' },
    });
  });

  it('adds its own environment to the one of all commands', async () => {
    const { result, lines } = sh(
      'echo "$ONE $TWO"',
      { env: { TWO: 'its' } },
      { env: { PATH: process.env['PATH'], ONE: 'all', TWO: 'all' } },
    );
    await result;
    expect(lines).toEqual(['all its']);
  });

  it('runs in its `cwd`, which is relative to the given one', async () => {
    const folder = await testFolder();
    await mkdir(path.join(folder, 'inner'));
    const { result, lines } = begin({ cmd: ['pwd'], cwd: 'inner' }, { cwd: folder });
    await result;
    expect(lines).toEqual([path.join(folder, 'inner')]);
  });

  it('keeps the end of a long output', async () => {
    const { result } = begin({ cmd: ['seq', '100000'] });
    const done = await result;
    const output = done.ok ? done.value.output : '';
    expect(output.endsWith('99999\n100000')).toBe(true);
    expect(Buffer.byteLength(output)).toBe(16 * 1024);
  });

  it('takes bytes that are no text for what they are, and goes on', async () => {
    const { result, lines } = sh(String.raw`printf '\377\376\000a\nb\n'`);
    expect((await result).ok).toBe(true);
    expect(lines).toEqual(['\ufffd\ufffda', 'b']);
  });
});

describe('the verdict on a command', () => {
  it('fails an exit code other than 0, with the program, the code and the last line', async () => {
    expect(await sh('echo first; echo last; echo; exit 3').result).toEqual({
      ok: false,
      failure: {
        code: 'step/command-failed',
        message: '"sh" ended with exit code 3: last',
        exitCode: 3,
        output: 'first\nlast\n',
      },
    });
  });

  it('says so where there is no output', async () => {
    expect(await begin({ cmd: ['false'] }).result).toMatchObject({
      failure: { message: '"false" ended with exit code 1.' },
    });
  });

  it('fails a program that a signal ended', async () => {
    expect(await sh('kill -SEGV $$').result).toMatchObject({
      failure: {
        code: 'step/command-failed',
        message: '"sh" was ended by SIGSEGV.',
        exitCode: 139,
      },
    });
  });

  it('passes an ignored exit code', async () => {
    expect(await sh('exit 3', { ignoreExitCodes: [2, 3] }).result).toMatchObject({
      ok: true,
      value: { exitCode: 3 },
    });
  });

  it('fails an error pattern in the output although it exits 0, and shows the line', async () => {
    const { result } = sh('echo "E: no room"; echo done', { errorPatterns: ['^W:', '^E: '] });
    expect(await result).toMatchObject({
      ok: false,
      failure: {
        code: 'step/command-failed',
        message: '"sh" wrote what its error pattern "^E: " looks for: E: no room',
        exitCode: 0,
      },
    });
  });

  it('passes a success pattern in the output although it does not exit 0', async () => {
    const { result } = sh('echo "already there" >&2; exit 1', { successPatterns: ['already'] });
    expect(await result).toMatchObject({ ok: true, value: { exitCode: 1 } });
  });

  it('takes an error pattern for more than a success pattern and an ignored exit code', async () => {
    const { result } = sh('echo good; echo bad; exit 1', {
      errorPatterns: ['bad'],
      successPatterns: ['good'],
      ignoreExitCodes: [1],
    });
    expect(await result).toMatchObject({ ok: false, failure: { code: 'step/command-failed' } });
  });

  it('finds a pattern that only the start of a long output has', async () => {
    const { result } = sh('echo "E: early"; seq 50000', { errorPatterns: ['^E:'] });
    expect(await result).toMatchObject({ ok: false });
  });

  it('refuses a pattern that is no regular expression, before it runs', async () => {
    const { result, lines } = sh('echo ran', { errorPatterns: ['('] });
    expect(await result).toMatchObject({
      failure: {
        code: 'step/bad-value',
        message:
          'A pattern of a command is not a regular expression: Invalid regular expression: /(/: Unterminated group.',
      },
    });
    expect(lines).toEqual([]);
  });
});

describe('a program that cannot be started', () => {
  it('says that there is none', async () => {
    expect(await begin({ cmd: ['no-such-program', 'secret'] }).result).toEqual({
      ok: false,
      failure: { code: 'step/no-program', message: '"no-such-program" was not found.', output: '' },
    });
  });

  it('says that it may not be executed', async () => {
    const file = path.join(await testFolder(), 'text');
    await writeFile(file, '', { mode: 0o644 });
    expect(await begin({ cmd: [file] }).result).toMatchObject({
      failure: { code: 'step/no-program', message: `"${file}" may not be executed.` },
    });
  });

  it('says that its folder is missing, not the program', async () => {
    const folder = await testFolder();
    expect(await begin({ cmd: ['pwd'], cwd: 'gone' }, { cwd: folder }).result).toMatchObject({
      failure: {
        code: 'step/no-program',
        message: `"pwd" cannot run in "${folder}/gone": there is no such folder.`,
      },
    });
  });

  it('says why, whatever the system has against it', async () => {
    const { result } = begin({ cmd: ['echo', 'x'.repeat(3 * 1024 * 1024)] });
    expect(await result).toMatchObject({
      failure: {
        code: 'step/no-program',
        message: '"echo" could not be started (E2BIG: spawn E2BIG).',
      },
    });
  });

  it('sends the author of a plugin to its permissions', async () => {
    const module = new URL('run-command.ts', import.meta.url).href;
    const script = `
      const { runCommand } = await import(${JSON.stringify(module)});
      const { signal } = new AbortController();
      const options = { signal, graceMs: 0, sudo: false, env: {}, cwd: '/', onOutput() {} };
      const { failure } = await runCommand({ cmd: ['true'] }, options);
      console.log(JSON.stringify(failure));
    `;
    const { result, lines } = begin({
      cmd: [
        process.execPath,
        '--permission',
        '--allow-fs-read=*',
        '--input-type=module',
        '-e',
        script,
      ],
    });
    await result;
    expect(JSON.parse(lines.at(-1) ?? '')).toEqual({
      code: 'step/no-program',
      message: '"true" may not be started by this plugin.',
      hint: 'Name it in "permissions.commands" of the plugin.',
      output: '',
    });
  });
});
