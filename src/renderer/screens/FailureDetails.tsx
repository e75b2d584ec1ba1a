import type { Contact, ExecutionOnScreen } from '#shared';
import { Details, Row } from '../components/Details.tsx';
import { useI18n } from '../setup-context.tsx';
import { ExecutionRows } from '../steps/ExecutionRows.tsx';
import { StepFacts } from '../steps/StepFacts.tsx';
import { failedStep } from '../steps/step-tree.ts';

interface FailureDetailsProps {
  readonly code: string;
  readonly message: string;
  readonly contact: Contact;
  /** Where what failed was made of steps. */
  readonly execution?: ExecutionOnScreen | undefined;
}

/** Code, message and contact, closed at first: they are for someone on the phone. */
export function FailureDetails({ code, message, contact, execution }: FailureDetailsProps) {
  const { t } = useI18n();
  const step = execution && failedStep(execution);
  return (
    <Details>
      <dl className="card summary">
        <Row label={t('failure.code')}>{code}</Row>
        <Row label={t('failure.message')}>{message}</Row>
        {step && <Row label={t('failure.step')}>{step.name}</Row>}
        {execution && <ExecutionRows execution={execution} />}
        <ContactRows contact={contact} />
      </dl>
      {execution && <StepFacts steps={execution.steps} />}
    </Details>
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
