import { describe, expect, it } from 'vitest';
import { isolationTopic } from './isolation-topic.ts';

const on = { inForce: true } as const;
const off = (why: string) => ({ inForce: false, why }) as const;
const electron = { bubblewrap: off('e'), permission: off('e'), notEnforced: [] };

describe('isolation', () => {
  it('is fine in a sandbox, and tells what stays open all the same', () => {
    const node = { bubblewrap: on, permission: on, notEnforced: ['Something is open.'] };
    expect(isolationTopic(node, electron)).toEqual({
      topic: 'isolation',
      status: 'ok',
      message: "plugins are kept apart by bubblewrap and Node's permission model",
      details: ['Something is open.', 'In the Electron shell no plugin is in a sandbox: e.'],
    });
  });

  it.each([
    [
      on,
      "plugins are kept apart by Node's permission model alone, a seat belt (no bubblewrap: not installed)",
    ],
    [off('too old'), 'nothing keeps plugins apart (no bubblewrap: not installed; too old)'],
  ])('without a sandbox is a warning', (permission, message) => {
    const node = { bubblewrap: off('not installed'), permission, notEnforced: [] };
    expect(isolationTopic(node, electron)).toMatchObject({ status: 'warn', message });
  });
});
