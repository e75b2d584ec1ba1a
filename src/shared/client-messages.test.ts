import { describe, expect, it } from 'vitest';
import { isClientHello, isClientToHost } from './client-messages.ts';

describe('isClientHello', () => {
  it('takes the hello of a frame', () => {
    expect(isClientHello({ firstlight: 'hello', version: 1 })).toBe(true);
  });

  it.each([null, 'hello', [], {}, { firstlight: 'hello' }, { firstlight: 'bye', version: 1 }])(
    'refuses %j',
    (data) => {
      expect(isClientHello(data)).toBe(false);
    },
  );
});

describe('isClientToHost', () => {
  it.each([
    { id: 1, type: 'call', route: 'facts', body: null },
    { id: 2, type: 'complete', answers: {} },
    { id: 3, type: 'back' },
    { id: 4, type: 'saveDraft', draft: { a: 1 } },
  ])('takes %j', (data) => {
    expect(isClientToHost(data)).toBe(true);
  });

  it.each([
    undefined,
    7,
    { type: 'back' },
    { id: '1', type: 'back' },
    { id: 1, type: 'call', route: 7, body: null },
    { id: 1, type: 'call', route: 'facts' },
    { id: 1, type: 'complete', answers: [] },
    { id: 1, type: 'saveDraft', draft: null },
    { id: 1, type: 'setup.restart' },
  ])('refuses %j', (data) => {
    expect(isClientToHost(data)).toBe(false);
  });
});
