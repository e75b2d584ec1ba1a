/** What a person reads of each step. */
const TEXTS = {
  en: {
    refresh: 'Looking for newer packages',
    upgrade: 'Bringing packages up to date',
  },
  de: {
    refresh: 'Es wird nach neueren Paketen gesucht',
    upgrade: 'Pakete werden aktualisiert',
  },
  ja: {
    refresh: '新しいパッケージを探しています',
    upgrade: 'パッケージを更新しています',
  },
  ar: {
    refresh: 'يجري البحث عن حزم أحدث',
    upgrade: 'يجري تحديث الحزم',
  },
};

/** The words for a language tag such as `de-AT`. */
export function textsFor(tag) {
  return TEXTS[tag] ?? TEXTS[tag.split('-')[0]] ?? TEXTS.en;
}
