import type { Preferences } from '#shared';
import { useMemo } from 'react';
import { Button } from '../components/Button.tsx';
import { ChoiceList, Segments } from '../components/choices.tsx';
import { SelectField, Switch } from '../components/fields.tsx';
import { languageName, LANGUAGES, pickLanguage } from '../i18n/languages.ts';
import { likelyRegion, regionsIn } from '../i18n/regions.ts';
import { useI18n, usePreferences, useSetup } from '../setup-context.tsx';
import { useCoreScreen, type CoreScreenProps } from './core-screen.ts';
import { Stage } from './Stage.tsx';

/** Language, region, and what makes the device comfortable; all in effect at once. */
export function WelcomeScreen({ stage }: CoreScreenProps) {
  const { t } = useI18n();
  const { language, region } = usePreferences();
  const { complete, back, busy, error } = useCoreScreen<'welcome'>(stage);
  return (
    <Stage
      screen="welcome"
      plugin={stage.plugin}
      icon="globe"
      title={t('welcome.title')}
      help={t('welcome.help')}
      error={error}
      onBack={back}
      onSubmit={() => void complete({ language, region })}
      primary={
        <Button action="primary" kind="primary" busy={busy}>
          {t('action.continue')}
        </Button>
      }
    >
      <div className="welcome">
        <div className="stack">
          <LanguageChoice />
          <RegionChoice />
        </div>
        <Comfort />
      </div>
    </Stage>
  );
}

/** Changes some preferences, here and on the device. */
function useChange(): (preferences: Partial<Preferences>) => void {
  const { send } = useSetup();
  return (preferences) => void send({ type: 'preferences.set', preferences });
}

function LanguageChoice() {
  const { t } = useI18n();
  const { language, region } = usePreferences();
  const change = useChange();
  const spoken = pickLanguage(language).tag;
  // A language that is not on offer is in force only when it was set on purpose: show it too.
  const tags = new Set([...LANGUAGES.map(({ tag }) => tag), spoken]);
  const choose = (tag: string) => {
    const guess = likelyRegion(tag);
    // The region follows the language until a person has chosen one that does not.
    const follows = guess !== undefined && region === likelyRegion(language);
    change({ language: tag, ...(follows ? { region: guess } : {}) });
  };
  return (
    <ChoiceList
      label={t('welcome.language')}
      name="language"
      value={spoken}
      options={[...tags].map((tag) => ({ value: tag, label: languageName(tag), lang: tag }))}
      onChange={choose}
    />
  );
}

function RegionChoice() {
  const { t, language, regionName } = useI18n();
  const { region } = usePreferences();
  const change = useChange();
  const options = useMemo(
    () =>
      regionsIn(language.tag, regionName).map(({ code, name }) => ({ value: code, label: name })),
    [language.tag, regionName],
  );
  return (
    <SelectField
      label={t('welcome.region')}
      name="region"
      value={region}
      options={options}
      onChange={(code) => change({ region: code })}
    />
  );
}

function Comfort() {
  const { t } = useI18n();
  const preferences = usePreferences();
  const change = useChange();
  return (
    <section className="welcome-comfort" aria-label={t('welcome.comfort')}>
      <Segments
        label={t('welcome.textSize')}
        name="textSize"
        value={preferences.textSize}
        options={(['normal', 'large', 'larger'] as const).map((value) => ({
          value,
          label: t(`welcome.textSize.${value}`),
        }))}
        onChange={(textSize) => change({ textSize })}
      />
      <Segments
        label={t('welcome.colorScheme')}
        name="colorScheme"
        value={preferences.colorScheme}
        options={(['system', 'light', 'dark'] as const).map((value) => ({
          value,
          label: t(`welcome.colorScheme.${value}`),
        }))}
        onChange={(colorScheme) => change({ colorScheme })}
      />
      <div>
        {(['highContrast', 'reducedMotion', 'screenReader'] as const).map((name) => (
          <Switch
            key={name}
            label={t(`welcome.${name}`)}
            name={name}
            checked={preferences[name]}
            onChange={(on) => change({ [name]: on })}
          />
        ))}
      </div>
    </section>
  );
}
