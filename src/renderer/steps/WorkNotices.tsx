import type { ExecutionOnScreen } from '#shared';
import { Icon, type IconName } from '../components/Icon.tsx';
import { isolate } from '../i18n/isolate.ts';
import type { Translator } from '../i18n/translator.ts';
import { useI18n } from '../setup-context.tsx';
import { newestStep } from './step-tree.ts';

/** Why nothing seems to happen: it was paused, or a step has gone quiet. */
export function WorkNotices({ execution }: { readonly execution: ExecutionOnScreen }) {
  const translator = useI18n();
  const { icon, text } = noticeOf(execution, translator) ?? {};
  if (icon === undefined) return null;
  return (
    <p className="work-notice" data-part="work-notice">
      <Icon name={icon} />
      <span>{text}</span>
    </p>
  );
}

/** What is read out while work goes on: what is wrong, else the step that began last. */
export function spokenOf(execution: ExecutionOnScreen, translator: Translator): string | undefined {
  const notice = noticeOf(execution, translator);
  if (notice !== undefined) return notice.text;
  const step = newestStep(execution.steps);
  if (step === undefined) return undefined;
  const name = isolate(step.description);
  return step.attempts > 1
    ? translator.t('steps.again', { name, attempt: step.attempts })
    : translator.t('working.now', { name });
}

function noticeOf(
  { status, reason, steps }: ExecutionOnScreen,
  { t }: Translator,
): { readonly icon: IconName; readonly text: string } | undefined {
  if (status === 'paused') {
    const text = t(reason === 'disk-full' ? 'steps.diskFull' : 'steps.paused');
    return { icon: 'pause', text };
  }
  const quiet = steps.find(({ stalled }) => stalled === true);
  if (quiet === undefined) return undefined;
  return { icon: 'clock', text: t('steps.stalled', { name: isolate(quiet.description) }) };
}
