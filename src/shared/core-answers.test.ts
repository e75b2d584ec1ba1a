import { describe, expect, it } from 'vitest';
import { parseCoreAnswers, withoutSecrets } from './core-answers.ts';
import { BUILTINS } from './stage.ts';

const PROFILE = { fullName: 'Ada Lovelace', userName: 'ada', password: 'correct horse' };

describe('answers of built-in screens', () => {
  it('takes a profile with a password, without one, and put off until later', () => {
    const { password: _secret, ...open } = PROFILE;
    for (const answers of [PROFILE, open, { later: true }]) {
      expect(parseCoreAnswers('profile', answers)).toEqual({ ok: true, value: answers });
    }
  });

  it('refuses both a profile and none', () => {
    expect(parseCoreAnswers('profile', { ...PROFILE, later: true }).ok).toBe(false);
  });

  it.each(['Ada', '1ada', 'ada lovelace', '-ada', '', 'a'.repeat(33), 'ada\n'])(
    'refuses the user name %j',
    (userName) => expect(parseCoreAnswers('profile', { ...PROFILE, userName }).ok).toBe(false),
  );

  it.each(['Ada:0:0', 'Ada\nroot', ''])('refuses the full name %j', (fullName) =>
    expect(parseCoreAnswers('profile', { ...PROFILE, fullName }).ok).toBe(false),
  );

  it('names the wrong field, and never its value', () => {
    expect(parseCoreAnswers('profile', { ...PROFILE, password: 'hunter2' })).toEqual({
      ok: false,
      failure: {
        code: 'command/bad',
        message: 'The answers of the profile screen are wrong at: password.',
      },
    });
  });

  it('takes terms only when they were accepted', () => {
    expect(parseCoreAnswers('terms', { accepted: true, version: '1' }).ok).toBe(true);
    expect(parseCoreAnswers('terms', { accepted: false, version: '1' }).ok).toBe(false);
  });

  it('takes a network, a wired link, and none', () => {
    for (const answers of [{ ssid: 'Attic' }, {}, { offline: true }]) {
      expect(parseCoreAnswers('network', answers).ok).toBe(true);
    }
  });

  it('refuses a language that is no tag', () => {
    expect(parseCoreAnswers('welcome', { language: '../de', region: 'DE' }).ok).toBe(false);
    expect(parseCoreAnswers('welcome', { language: 'en-XA', region: 'DE' }).ok).toBe(true);
  });

  it.each(BUILTINS)('refuses what is no object, and fields nobody asked for, on %s', (builtin) => {
    expect(parseCoreAnswers(builtin, 'yes').ok).toBe(false);
    expect(parseCoreAnswers(builtin, { surprise: 1 }).ok).toBe(false);
  });

  it('leaves the password out of what is saved', () => {
    expect(withoutSecrets('profile', PROFILE)).toEqual({
      fullName: 'Ada Lovelace',
      userName: 'ada',
    });
  });
});
