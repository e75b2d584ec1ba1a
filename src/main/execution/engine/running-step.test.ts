import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../clock.ts';
import type { StepSpec } from '../step-spec.ts';
import { RunningStep, StepWatch } from './running-step.ts';

describe('RunningStep', () => {
  it('keeps the end of what was written, and not more than 16 KiB', () => {
    const running = new RunningStep(0);
    for (let line = 0; line < 5000; line += 1) running.write(`line ${line}\n`);
    expect(running.output.length).toBeLessThanOrEqual(16 * 1024);
    expect(running.output.endsWith('line 4999\n')).toBe(true);
  });
});

describe('StepWatch', () => {
  function watch(step: Pick<StepSpec, 'timeoutSeconds' | 'heartbeatSeconds'>) {
    const clock = new SimulatedClock(0);
    const heard: string[] = [];
    const watched = new StepWatch({
      clock,
      step: step as StepSpec,
      onTimeout: () => heard.push(`timeout at ${clock.now()}`),
      onSilence: (seconds) => heard.push(`silent for ${seconds} at ${clock.now()}`),
    });
    const run = (): readonly string[] => {
      while (clock.advance()) continue;
      return heard;
    };
    return { clock, watched, run };
  }

  it('says when the time of an attempt is over', () => {
    expect(watch({ timeoutSeconds: 3 }).run()).toEqual(['timeout at 3000']);
  });

  it('says when nothing was heard for the heartbeat, long before the time is over', () => {
    expect(watch({ timeoutSeconds: 60, heartbeatSeconds: 5 }).run()).toEqual([
      'silent for 5 at 5000',
      'timeout at 60000',
    ]);
  });

  it('waits for the next silence after something was heard', () => {
    const { clock, watched, run } = watch({ heartbeatSeconds: 5 });
    clock.after(4000, () => watched.heard());
    expect(run()).toEqual(['silent for 5 at 9000']);
  });

  it('stands still while a person is asked', async () => {
    const { clock, watched, run } = watch({ timeoutSeconds: 3, heartbeatSeconds: 1 });
    let answer: (text: string) => void = () => undefined;
    const asked = watched.asking(new Promise<string>((resolve) => (answer = resolve)));
    clock.after(10_000, () => undefined);
    expect(run()).toEqual([]);
    answer('yes');
    await asked;
    expect(run()).toEqual(['silent for 1 at 11000', 'timeout at 13000']);
  });

  it('says nothing once the attempt has ended', () => {
    const { watched, run } = watch({ timeoutSeconds: 3, heartbeatSeconds: 1 });
    watched.end();
    expect(run()).toEqual([]);
  });
});
