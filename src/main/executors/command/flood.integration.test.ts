import { describe, expect, it } from 'vitest';
import { begin } from './testing/command-rig.test-support.ts';

/** Runs a command in a process with little memory; gives what that process says at the end. */
async function inLittleMemory(script: string): Promise<string | undefined> {
  const module = new URL('run-command.ts', import.meta.url).href;
  const program = `
    const { runCommand } = await import(${JSON.stringify(module)});
    const { signal } = new AbortController();
    let handedOn = 0;
    const onOutput = (_, text) => { handedOn += text.length; };
    const options = { signal, graceMs: 0, sudo: false, env: process.env, cwd: '/', onOutput };
    const cmd = ['sh', '-c', ${JSON.stringify(script)}];
    const done = await runCommand({ cmd, successPatterns: ['END$'] }, options);
    console.log(JSON.stringify({ ok: done.ok, few: handedOn < 16 * 1024 * 1024 }));
  `;
  const { result, lines } = begin({
    cmd: [process.execPath, '--max-old-space-size=24', '--input-type=module', '-e', program],
  });
  await result;
  return lines.at(-1);
}

describe('a command that writes without end', () => {
  it('does not fill the memory with lines, and its end is read', async () => {
    const said = await inLittleMemory(
      'yes "a line of text" | head -c 40000000; echo; echo END; exit 1',
    );
    expect(said).toBe('{"ok":true,"few":true}');
  });

  it('does not fill the memory with one line', async () => {
    const said = await inLittleMemory(
      String.raw`head -c 40000000 /dev/zero | tr '\0' x; echo END; exit 1`,
    );
    expect(said).toBe('{"ok":true,"few":true}');
  });
});
