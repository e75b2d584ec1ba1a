/** All the words of this screen. `{page}` and `{pages}` are numbers. */
export const TEXTS = {
  en: {
    where: 'Page {page} of {pages}',
    touch: ['Touch to wake it up', 'A tap anywhere turns the screen on. It turns off by itself.'],
    swipe: ['Swipe from place to place', 'Left and right bring you to the next room or back.'],
    help: ['Help is one tap away', 'The question mark at the bottom explains what you see.'],
    back: 'Back',
    next: 'Next',
    done: 'Got it',
  },
  de: {
    where: 'Seite {page} von {pages}',
    touch: [
      'Mit einer Berührung wecken',
      'Tippen Sie irgendwo, dann geht der Bildschirm an. Aus geht er von selbst.',
    ],
    swipe: ['Wischen, um weiterzugehen', 'Nach links und rechts kommen Sie in den nächsten Raum.'],
    help: ['Hilfe ist immer nah', 'Das Fragezeichen unten erklärt, was Sie sehen.'],
    back: 'Zurück',
    next: 'Weiter',
    done: 'Verstanden',
  },
  ja: {
    where: '{page} / {pages} ページ',
    touch: ['触れると起動します', 'どこでもタップすると画面がつきます。消えるのは自動です。'],
    swipe: ['スワイプで移動', '左右にスワイプすると、次の部屋や前の部屋に移ります。'],
    help: ['困ったときはワンタップ', '下にある「?」が、見ているものを説明します。'],
    back: '戻る',
    next: '次へ',
    done: 'わかりました',
  },
  ar: {
    where: 'صفحة {page} من {pages}',
    touch: ['المسه لتوقظه', 'نقرة في أي مكان تشغّل الشاشة، وهي تنطفئ وحدها.'],
    swipe: ['اسحب للتنقل', 'السحب يمينًا أو يسارًا ينقلك إلى الغرفة التالية أو السابقة.'],
    help: ['المساعدة على بُعد نقرة', 'علامة الاستفهام في الأسفل تشرح ما تراه.'],
    back: 'رجوع',
    next: 'التالي',
    done: 'فهمت',
  },
};

/** The words for a language tag such as `de-AT`. */
export function textsFor(tag) {
  return TEXTS[tag] ?? TEXTS[tag.split('-')[0]] ?? TEXTS.en;
}
