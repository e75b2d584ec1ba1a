import type { ExecutionOnScreen } from '#shared';
import { Row } from '../components/Details.tsx';
import { useI18n } from '../setup-context.tsx';
import { secondsOf } from './step-tree.ts';

/** What a technician reads out of an execution as a whole. */
export function ExecutionRows({ execution }: { readonly execution: ExecutionOnScreen }) {
  const { t, duration } = useI18n();
  const { executionId, name, status, reason } = execution;
  return (
    <>
      <Row label={t('execution.id')}>{executionId}</Row>
      <Row label={t('execution.plugin')}>{name}</Row>
      <Row label={t('execution.status')}>{t(`execution.status.${status}`)}</Row>
      {reason !== undefined && <Row label={t('execution.reason')}>{reason}</Row>}
      <Row label={t('execution.duration')}>{duration(secondsOf(execution))}</Row>
    </>
  );
}
