import {
  FULL_NAME_PATTERN,
  MIN_PASSWORD_LENGTH,
  USER_NAME_PATTERN,
  type JsonObject,
  type ProfileAnswers,
} from '#shared';
import type { Translator } from '../i18n/translator.ts';
import { textOf } from './draft.ts';

/** What stands in the fields. */
export type ProfileForm = {
  readonly fullName: string;
  /** Absent until a person has changed the suggestion, which follows the full name till then. */
  readonly userName?: string;
  readonly password: string;
};

export type ProfileField = keyof ProfileForm;

/** What is wrong, by field, in the order of the fields. */
export type ProfileErrors = { readonly [field in ProfileField]?: string };

/** The fields as they were saved; the password never is. */
export function readProfile(saved: JsonObject): ProfileForm {
  const { userName } = saved;
  return {
    fullName: textOf(saved, 'fullName'),
    ...(typeof userName === 'string' ? { userName } : {}),
    password: '',
  };
}

/** A user name made of a full name: `Zoë Müller` gives `zoe`. Empty where no letter can be kept. */
export function suggestUserName(fullName: string): string {
  const first = fullName.trim().split(/\s+/, 1)[0] ?? '';
  const letters = first
    .replaceAll('ß', 'ss')
    // Splits letters from their accents, which are then dropped with all that is not ASCII.
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '');
  return letters.replace(/^[^a-z_]+/, '').slice(0, 32);
}

/** The user name in force: what was typed, else the suggestion. */
export function userNameOf(form: ProfileForm): string {
  return form.userName ?? suggestUserName(form.fullName);
}

/** Holds the fields against the rules of the answers, in words. */
export function checkProfile(form: ProfileForm, t: Translator['t']): ProfileErrors {
  const userName = userNameOf(form);
  const { password } = form;
  const count = MIN_PASSWORD_LENGTH;
  return {
    ...(FULL_NAME_PATTERN.test(form.fullName.trim())
      ? {}
      : { fullName: t('profile.error.fullName') }),
    ...(USER_NAME_PATTERN.test(userName) ? {} : { userName: t('profile.error.userName') }),
    ...(password !== '' && password.length < count
      ? { password: t('profile.error.password', { count }) }
      : {}),
    ...(password !== '' && password.toLowerCase() === userName
      ? { password: t('profile.error.samePassword') }
      : {}),
  };
}

/** The answers of a form without errors. */
export function profileAnswers(form: ProfileForm): ProfileAnswers {
  const { password } = form;
  return {
    fullName: form.fullName.trim(),
    userName: userNameOf(form),
    ...(password === '' ? {} : { password }),
  };
}
