import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { livingProcess, processName } from './process-name.ts';

describe('livingProcess', () => {
  it('knows a process that lives by its name', () => {
    expect(livingProcess(processName(process.pid))).toBe(process.pid);
  });

  it('takes the number of another process for what it is', () => {
    expect(livingProcess(`pid-${process.pid}-1-00000000`)).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')(
    'takes one that has ended for ended, also before its starter has looked at it',
    async () => {
      // The program in the place of the shell never looks at the shell's child.
      const starter = spawn('sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 60']);
      try {
        const [line] = (await once(starter.stdout, 'data')) as [Buffer];
        const pid = Number(line.toString());
        await vi.waitFor(() => {
          expect(readFileSync(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ');
        });
        expect(livingProcess(processName(pid))).toBeUndefined();
      } finally {
        starter.kill('SIGKILL');
      }
    },
  );
});
