import { parseCoreAnswers, type Snapshot } from '#shared';
import { languageName } from '../i18n/languages.ts';
import type { Translator } from '../i18n/translator.ts';
import { useI18n, usePreferences, useSnapshot } from '../setup-context.tsx';

/** What a person has chosen so far, as the device has it now. */
export function Summary() {
  const translator = useI18n();
  const { t, regionName } = translator;
  const { language, region } = usePreferences();
  const network = useSnapshot((snapshot) => snapshot.network);
  const answers = useSnapshot((snapshot) => snapshot.answers);
  const link = network.wired ? t('summary.network.wired') : t('summary.network.none');
  const rows = {
    language: languageName(language),
    region: regionName(region),
    network: network.connected ?? link,
    account: accountOf(answers, translator),
  } as const;
  return (
    <dl className="card summary">
      {(['language', 'region', 'network', 'account'] as const).map((row) => (
        <div key={row} data-summary={row}>
          <dt>{t(`summary.${row}`)}</dt>
          <dd>
            <bdi>{rows[row]}</bdi>
          </dd>
        </div>
      ))}
    </dl>
  );
}

/**
 * The account, told by the shape of its answers: which core plugin asks for it is the maker's choice
 * in `core.toml`, and the snapshot does not say.
 */
function accountOf(answers: Snapshot['answers'], { t }: Translator): string {
  for (const saved of Object.values(answers)) {
    const profile = parseCoreAnswers('profile', saved);
    if (profile.ok && !('later' in profile.value)) {
      const { fullName, userName } = profile.value;
      return t('summary.account.value', { fullName, userName });
    }
  }
  return t('summary.account.none');
}
