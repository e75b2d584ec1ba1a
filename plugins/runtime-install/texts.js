/** What a person reads of each step, and while it goes on. */
const TEXTS = {
  en: {
    check: 'Looking at what is there',
    download: 'Downloading the runtime',
    extract: 'Unpacking it',
    install: 'Putting it in its place',
    symlink: 'Making it the current one',
    tidy: 'Tidying up',
    downloaded: (done, total) => `${done} of ${total} MB`,
  },
  de: {
    check: 'Es wird nachgesehen, was da ist',
    download: 'Die Laufzeitumgebung wird geladen',
    extract: 'Sie wird entpackt',
    install: 'Sie kommt an ihren Platz',
    symlink: 'Sie wird zur aktuellen gemacht',
    tidy: 'Es wird aufgeräumt',
    downloaded: (done, total) => `${done} von ${total} MB`,
  },
  ja: {
    check: '現在の状態を確認しています',
    download: 'ランタイムをダウンロードしています',
    extract: '展開しています',
    install: '配置しています',
    symlink: '現在のバージョンにしています',
    tidy: '片付けています',
    downloaded: (done, total) => `${total} MB 中 ${done} MB`,
  },
  ar: {
    check: 'يجري فحص الموجود',
    download: 'يجري تنزيل بيئة التشغيل',
    extract: 'يجري فك ضغطها',
    install: 'يجري وضعها في مكانها',
    symlink: 'يجري جعلها الحالية',
    tidy: 'يجري الترتيب',
    downloaded: (done, total) => `${done} من ${total} ميغابايت`,
  },
};

/** The words for a language tag such as `de-AT`. */
export function textsFor(tag) {
  return TEXTS[tag] ?? TEXTS[tag.split('-')[0]] ?? TEXTS.en;
}
