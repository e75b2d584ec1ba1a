import type { Contact } from '#shared';
import type { ReactNode } from 'react';
import { Icon } from '../components/Icon.tsx';
import { useI18n } from '../setup-context.tsx';

interface FailureDetailsProps {
  readonly code: string;
  readonly message: string;
  readonly contact: Contact;
}

/** Code, message and contact, closed at first: they are for someone on the phone. */
export function FailureDetails({ code, message, contact }: FailureDetailsProps) {
  const { t } = useI18n();
  return (
    <details className="details">
      <summary>
        <Icon name="down" />
        {t('action.details')}
      </summary>
      <dl className="card summary">
        <Row label={t('failure.code')}>{code}</Row>
        <Row label={t('failure.message')}>{message}</Row>
        <ContactRows contact={contact} />
      </dl>
    </details>
  );
}

/** Whom to ask, as far as the plan says. */
export function ContactRows({ contact }: { readonly contact: Contact }) {
  const { t } = useI18n();
  return (
    <>
      {contact.team !== undefined && <Row label={t('failure.team')}>{contact.team}</Row>}
      {contact.email !== undefined && <Row label={t('failure.contact')}>{contact.email}</Row>}
    </>
  );
}

interface RowProps {
  readonly label: string;
  readonly children: ReactNode;
}

function Row({ label, children }: RowProps) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>
        <bdi>{children}</bdi>
      </dd>
    </div>
  );
}
