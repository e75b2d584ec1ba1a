import { spawn } from 'node:child_process';
import { fail, ok, type Result } from '#shared';

/** How to run an external signer. Never through a shell: a key's name could be a command. */
export interface SignerCommand {
  readonly program: string;
  readonly args: readonly string[];
  /** Where it runs, so that `./sign.sh` is one beside the keys. */
  readonly folder: string;
  readonly timeoutMs: number;
}

/** Longer than any signature, in bytes. */
const MAX_OUTPUT = 64 * 1024;
/** Of what it complains, this much is shown, in characters. */
const MAX_COMPLAINT = 500;

/**
 * Gives `bytes` to the command's standard input, and what it wrote to standard output back. The
 * failure says in words why there is nothing.
 */
export function runSignerCommand(
  command: SignerCommand,
  bytes: Uint8Array,
): Promise<Result<string, string>> {
  const { program, args, folder, timeoutMs } = command;
  return new Promise((resolve) => {
    const child = spawn(program, args, { cwd: folder, stdio: 'pipe', windowsHide: true });
    let out = '';
    let complaint = '';
    const end = (result: Result<string, string>): void => {
      clearTimeout(timer);
      // A grandchild may hold the pipes open after the command is gone; nobody waits for that.
      child.stdout.destroy();
      child.stderr.destroy();
      resolve(result);
    };
    const giveUp = (why: string): void => {
      child.kill('SIGKILL');
      end(fail(why));
    };
    const timer = setTimeout(() => {
      giveUp(`it took longer than ${timeoutMs / 1000} seconds`);
    }, timeoutMs);
    child.on('error', (error: NodeJS.ErrnoException) => {
      const { code = error.message } = error;
      end(fail(code === 'ENOENT' ? 'there is no such program' : `it cannot be started (${code})`));
    });
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      out += text;
      if (out.length > MAX_OUTPUT) giveUp('it wrote more than any signature has');
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      complaint = (complaint + text).slice(-MAX_COMPLAINT);
    });
    child.on('close', (code, signal) => {
      if (code === 0) {
        end(ok(out));
        return;
      }
      const how = code === null ? `it was ended by ${signal ?? 'a signal'}` : `exit code ${code}`;
      const said = complaint.trim();
      end(fail(said === '' ? how : `${how}, saying "${said}"`));
    });
    // A command that needs no input, or dies before it reads it, closes the pipe: its exit code tells.
    child.stdin.on('error', () => undefined);
    child.stdin.end(bytes);
  });
}
