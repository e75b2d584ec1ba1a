import { describe, expect, it } from 'vitest';
import { recordTopic } from './accepted-topic.ts';

describe('an accepted plan', () => {
  const digest = 'a'.repeat(64);
  const accepted = { digest, revision: 7, product_family: 'kiosk', isSigned: false };
  const record = { baseDigest: digest, accepted, refused: [], highestRevisions: [] };

  it('that passed its trial is named with its revision', () => {
    expect(recordTopic(record, false)).toEqual({
      topic: 'accepted plan',
      status: 'ok',
      message: 'kiosk, revision 7, passed its trial',
    });
  });

  it('may be on trial', () => {
    expect(recordTopic({ ...record, trial: { crashes: 0 } }, false).message).toBe(
      'kiosk, revision 7, on trial',
    );
  });

  it('without a signature is not used where one is needed', () => {
    expect(recordTopic(record, true)).toEqual({
      topic: 'accepted plan',
      status: 'warn',
      message:
        'kiosk, revision 7, passed its trial, but unsigned: it is not used where plans must be signed',
    });
    const signed = { ...record, accepted: { ...accepted, isSigned: true } };
    expect(recordTopic(signed, true).status).toBe('ok');
  });

  it.each([undefined, { ...record, accepted: undefined }])('may not be there yet', (none) => {
    expect(recordTopic(none, true)).toMatchObject({
      status: 'ok',
      message: 'none yet: setup runs the base plan',
    });
  });
});
