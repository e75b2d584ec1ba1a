/** All the words of this screen. `left` has a form for each plural of its language. */
export const TEXTS = {
  en: {
    title: 'Try it out',
    left: { one: 'One thing left to try.', other: '{count} things to try.' },
    allDone: 'Well done. You know all that you need.',
    tap: 'Tap the button',
    tapButton: 'Tap me',
    slide: 'Slide it all the way',
    switch: 'Turn the switch on',
    back: 'Back',
    skip: 'Skip the tour',
    done: 'Finish',
  },
  de: {
    title: 'Probieren Sie es aus',
    left: { one: 'Noch eine Sache zum Ausprobieren.', other: '{count} Dinge zum Ausprobieren.' },
    allDone: 'Gut gemacht. Mehr müssen Sie nicht wissen.',
    tap: 'Tippen Sie auf die Taste',
    tapButton: 'Hier tippen',
    slide: 'Schieben Sie den Regler ganz durch',
    switch: 'Schalten Sie den Schalter ein',
    back: 'Zurück',
    skip: 'Tour überspringen',
    done: 'Fertig',
  },
  ja: {
    title: '試してみましょう',
    left: { other: '残り{count}つです。' },
    allDone: 'よくできました。これで準備は万全です。',
    tap: 'ボタンをタップする',
    tapButton: 'ここをタップ',
    slide: '端までスライドする',
    switch: 'スイッチをオンにする',
    back: '戻る',
    skip: 'ツアーをスキップ',
    done: '完了',
  },
  ar: {
    title: 'جرّبه بنفسك',
    left: {
      one: 'بقي شيء واحد لتجربه.',
      two: 'بقي شيئان لتجربهما.',
      few: 'بقيت {count} أشياء لتجربها.',
      other: 'بقي {count} شيء لتجربه.',
    },
    allDone: 'أحسنت. هذا كل ما تحتاج إلى معرفته.',
    tap: 'انقر الزر',
    tapButton: 'انقر هنا',
    slide: 'حرّك المؤشر إلى النهاية',
    switch: 'شغّل المفتاح',
    back: 'رجوع',
    skip: 'تخطَّ الجولة',
    done: 'إنهاء',
  },
};

/** The words for a language tag such as `de-AT`. */
export function textsFor(tag) {
  return TEXTS[tag] ?? TEXTS[tag.split('-')[0]] ?? TEXTS.en;
}
