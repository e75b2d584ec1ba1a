import type { Finding } from './finding.ts';
import { textOf } from './tree.ts';
import type { PluginView } from './view.ts';
import { quote } from './words.ts';

const FIELDS = ['engineering_contact_email', 'operation_contact_email'] as const;

// Not what RFC 5322 allows, but what a person would take for an address.
const EMAIL = /^[^\s@<>()[\]",;:\\]+@[^\s@<>()[\]",;:\\.]+(\.[^\s@<>()[\]",;:\\.]+)+$/;

/** Contacts that nobody could write to. Only a warning: setup works without. */
export function checkContacts(plugins: readonly PluginView[]): readonly Finding[] {
  return plugins.flatMap(({ table, path }) =>
    FIELDS.flatMap((field): readonly Finding[] => {
      const email = textOf(table, field);
      if (email === undefined || EMAIL.test(email)) return [];
      const message = `${quote(field)} is ${quote(email)}, which is not an e-mail address`;
      return [{ rule: 'plan/bad-email', path: [...path, field], message }];
    }),
  );
}
