import { describe, expect, it, vi } from 'vitest';
import { createWorkRegistry } from './registry.ts';
import { callOf } from './testing/step-call.test-support.ts';
import { createWorkPerformer } from './work-performer.ts';

describe('an executor that does not end when it is called off', () => {
  it('is waited for beyond the grace period, then no more, and is not heard any more', async () => {
    vi.useFakeTimers();
    try {
      const registry = createWorkRegistry();
      let say: () => void = () => undefined;
      // A fake that never ends.
      registry.register({
        getMetadata: () => ({ name: 'fake', version: '1.0.0', description: 'A fake.' }),
        getSupportedTypes: () => ['fake'],
        canExecute: () => true,
        getSchema: () => ({}),
        validate: () => [],
        execute: (_work, { onEvent }) => {
          say = () => onEvent({ type: 'output', stream: 'stdout', text: 'here' });
          return new Promise(() => undefined);
        },
      });
      const performer = createWorkPerformer({ registry, cwd: '/', env: {}, graceMs: 1000 });
      const item = { type: 'fake', config: {} };
      const { call, events, abort } = callOf('work', { kind: 'work', item });
      const performed = performer.perform(call);
      say();
      abort();
      await vi.advanceTimersByTimeAsync(6000);
      expect(await performed).toMatchObject({
        failure: {
          code: 'step/cancelled',
          message: 'The executor of "fake" did not end when it was called off: it may still work.',
        },
      });
      say();
      expect(events).toEqual([{ type: 'output', stream: 'stdout', text: 'here' }]);
    } finally {
      vi.useRealTimers();
    }
  });
});
