import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { hashPassword, verifyPassword } from './password.ts';

/** A hash with little work, so that the tests are fast. The format says how much it was. */
function cheapHash(password: string): string {
  const salt = Buffer.from('salt of a test');
  const hash = scryptSync(password, salt, 32, { N: 16, r: 1, p: 1 });
  return `scrypt$16$1$1$${salt.toString('base64')}$${hash.toString('base64')}`;
}

describe('hashPassword', () => {
  it('says how it was made, and holds no trace of the password', async () => {
    const hash = await hashPassword('correct horse');
    expect(hash).toMatch(/^scrypt\$32768\$8\$3\$[\w+/]{22}==\$[\w+/]{43}=$/);
    expect(await verifyPassword('correct horse', hash)).toBe(true);
  });

  it('gives another hash for the same password', async () => {
    expect(await hashPassword('same')).not.toBe(await hashPassword('same'));
  });
});

describe('verifyPassword', () => {
  it('refuses another password', async () => {
    expect(await verifyPassword('wrong', cheapHash('right'))).toBe(false);
  });

  it('takes the two spellings of an accented letter for one', async () => {
    expect(await verifyPassword('cafe\u0301', cheapHash('caf\u00e9'))).toBe(true);
  });

  it.each([
    ['nothing', ''],
    ['another scheme', 'bcrypt$16$1$1$c2FsdA==$aGFzaGhhc2hoYXNoaGFzaA=='],
    ['too much memory', cheapHash('right').replace('$16$1$', '$1048576$8$')],
    ['work that is no power of two', cheapHash('right').replace('$16$', '$15$')],
    ['no work at all', cheapHash('right').replace('$16$1$1$', '$16$0$0$')],
    ['a hash cut short', cheapHash('right').slice(0, 40)],
  ])('refuses %s', async (_what, stored) => {
    expect(await verifyPassword('right', stored)).toBe(false);
  });
});
