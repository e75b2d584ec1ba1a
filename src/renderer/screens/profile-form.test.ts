import { parseCoreAnswers } from '#shared';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { translatorFor } from '../i18n/translator.ts';
import { checkProfile, profileAnswers, readProfile, suggestUserName } from './profile-form.ts';

const { t } = translatorFor('en');
const ADA = { fullName: 'Ada Lovelace', password: '' };

describe('the suggested user name', () => {
  it.each([
    ['Ada Lovelace', 'ada'],
    ['  Zoë  Müller ', 'zoe'],
    ['Strauß', 'strauss'],
    ["D'Arcy", 'darcy'],
    ['3PO', 'po'],
    ['山田 太郎', ''],
    ['', ''],
  ])('for %j is %j', (fullName, expected) => {
    expect(suggestUserName(fullName)).toBe(expected);
  });
});

describe('the profile form', () => {
  it('takes a name alone, and makes the user name of it', () => {
    expect(checkProfile(ADA, t)).toEqual({});
    expect(profileAnswers(ADA)).toEqual({ fullName: 'Ada Lovelace', userName: 'ada' });
  });

  it('asks for a user name where none can be made of the name', () => {
    expect(Object.keys(checkProfile({ ...ADA, fullName: '山田 太郎' }, t))).toEqual(['userName']);
  });

  it('says which fields are wrong, all at once', () => {
    const form = { fullName: ' ', userName: 'Ada!', password: 'short' };
    expect(Object.keys(checkProfile(form, t))).toEqual(['fullName', 'userName', 'password']);
  });

  it('refuses the user name as password', () => {
    const form = { ...ADA, userName: 'lovelace', password: 'LoveLace' };
    expect(checkProfile(form, t)).toEqual({
      password: 'The password must differ from the user name.',
    });
  });

  it('brings back what was saved, without a password', () => {
    const saved = { fullName: 'Ada', userName: 'countess', password: 'secret' };
    expect(readProfile(saved)).toEqual({ ...saved, password: '' });
  });

  it('leaves out what is no text', () => {
    expect(readProfile({ fullName: 'Ada', userName: 7 })).toEqual({
      fullName: 'Ada',
      password: '',
    });
  });

  it('lets a person clear the suggestion', () => {
    expect(Object.keys(checkProfile({ ...ADA, userName: '' }, t))).toEqual(['userName']);
  });

  it('lets through nothing that the host would refuse', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 128 });
    fc.assert(
      fc.property(text, text, text, (fullName, userName, password) => {
        const form = { fullName, userName, password };
        if (Object.keys(checkProfile(form, t)).length > 0) return;
        expect(parseCoreAnswers('profile', profileAnswers(form)).ok).toBe(true);
      }),
    );
  });
});
