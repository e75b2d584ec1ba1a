import { useRef, useState } from 'react';
import { Button } from '../components/Button.tsx';
import { Checkbox } from '../components/fields.tsx';
import { useI18n } from '../setup-context.tsx';
import { useCoreScreen, type CoreScreenProps } from './core-screen.ts';
import { useDraft } from './draft.ts';
import { Stage } from './Stage.tsx';

/**
 * Which text stands in the catalogues: the day on which it last changed in what it means. Kept with
 * the answer, so that the device knows whom to ask again.
 */
const TERMS_VERSION = '2026-01-15';
const SECTIONS = ['use', 'updates', 'data', 'care', 'change'] as const;

type TermsDraft = { readonly accepted: boolean };

/** Legal text, and agreement to it. */
export function TermsScreen({ stage }: CoreScreenProps) {
  const { t } = useI18n();
  const draft = useDraft<TermsDraft>({
    stage,
    read: (saved) => ({ accepted: saved['accepted'] === true }),
  });
  const { complete, back, busy, error } = useCoreScreen<'terms'>(stage, draft.save);
  const [asked, setAsked] = useState(false);
  const box = useRef<HTMLInputElement>(null);
  const { accepted } = draft.value;

  const finish = () => {
    setAsked(true);
    if (accepted) {
      draft.drop();
      void complete({ accepted, version: TERMS_VERSION });
    } else {
      box.current?.focus();
    }
  };
  return (
    <Stage
      screen="terms"
      plugin={stage.plugin}
      icon="document"
      title={t('terms.title')}
      help={t('terms.help')}
      error={error}
      onBack={back}
      onSubmit={finish}
      primary={
        <Button action="primary" kind="primary" busy={busy}>
          {t('action.continue')}
        </Button>
      }
    >
      <div className="card terms" tabIndex={0} role="region" aria-label={t('terms.region')}>
        <TermsText />
      </div>
      <Checkbox
        ref={box}
        label={t('terms.accept')}
        name="accepted"
        checked={accepted}
        onChange={(checked) => draft.change({ accepted: checked })}
        error={asked && !accepted ? t('terms.mustAccept') : undefined}
      />
    </Stage>
  );
}

function TermsText() {
  const { t } = useI18n();
  const [year, month, day] = TERMS_VERSION.split('-').map(Number);
  // The day as the calendar has it: a time zone must not make another one of it.
  const date = new Date(year ?? 0, (month ?? 1) - 1, day);
  return (
    <>
      {SECTIONS.map((section) => (
        <div key={section}>
          <h2>{t(`terms.${section}.title`)}</h2>
          <p>{t(`terms.${section}.text`)}</p>
        </div>
      ))}
      <p className="terms-date">{t('terms.date', { date })}</p>
    </>
  );
}
