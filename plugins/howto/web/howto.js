import { firstlight } from '/firstlight-client.js';
import { textsFor } from './texts.js';

const PAGES = ['touch', 'swipe', 'help'];
const picture = document.querySelector('.picture');
const where = document.querySelector('#where');
const title = document.querySelector('#title');
const text = document.querySelector('#text');
const back = document.querySelector('#back');
const next = document.querySelector('#next');

const { draft, canGoBack } = await firstlight.ready;
// After a power cut we are on the page where we were.
let page = PAGES.indexOf(draft.page) === -1 ? 0 : PAGES.indexOf(draft.page);
show();
firstlight.on('locale', show);

back.addEventListener('click', () => {
  if (page === 0) void firstlight.back();
  else turnTo(page - 1);
});
next.addEventListener('click', () => {
  if (page < PAGES.length - 1) turnTo(page + 1);
  else void finish();
});

function turnTo(number) {
  page = number;
  show();
  // A page is a new screen for those who hear it: it is read out from its title on.
  title.focus();
  void firstlight.saveDraft({ page: PAGES[page] }).catch(() => undefined);
}

function show() {
  const { language } = firstlight.locale;
  const texts = textsFor(language);
  const number = new Intl.NumberFormat(language);
  [title.textContent, text.textContent] = texts[PAGES[page]];
  document.title = title.textContent;
  where.textContent = texts.where
    .replace('{page}', number.format(page + 1))
    .replace('{pages}', number.format(PAGES.length));
  picture.dataset.shown = PAGES[page];
  back.textContent = texts.back;
  back.hidden = page === 0 && !canGoBack;
  next.textContent = page === PAGES.length - 1 ? texts.done : texts.next;
}

async function finish() {
  next.disabled = true;
  try {
    await firstlight.complete({ pagesSeen: PAGES.length });
  } catch {
    next.disabled = false;
  }
}
