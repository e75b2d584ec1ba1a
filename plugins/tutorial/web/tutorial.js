import { firstlight } from '/firstlight-client.js';
import { textsFor } from './texts.js';

const TASKS = ['tap', 'slide', 'switch'];
const left = document.querySelector('#left');
const next = document.querySelector('#next');
const back = document.querySelector('#back');

const { draft, canGoBack } = await firstlight.ready;
const done = new Set(Array.isArray(draft.done) ? draft.done : []);
back.hidden = !canGoBack;
document.querySelector('#switch').checked = done.has('switch');
document.querySelector('#slide').value = done.has('slide') ? '100' : '20';
show();
firstlight.on('locale', show);

// Each works by touch, mouse and keyboard alike, because each is what the browser knows it to be.
document.querySelector('#tap').addEventListener('click', () => finishTask('tap'));
document.querySelector('#slide').addEventListener('input', ({ target }) => {
  if (Number(target.value) === 100) finishTask('slide');
});
document.querySelector('#switch').addEventListener('change', ({ target }) => {
  if (target.checked) finishTask('switch');
});
back.addEventListener('click', () => void firstlight.back());
next.addEventListener('click', () => void finish());

function finishTask(task) {
  if (done.has(task)) return;
  done.add(task);
  show();
  void firstlight.saveDraft({ done: [...done] }).catch(() => undefined);
}

function show() {
  const { language } = firstlight.locale;
  const texts = textsFor(language);
  for (const element of document.querySelectorAll('[data-text]')) {
    element.textContent = texts[element.dataset.text];
  }
  document.title = texts.title;
  for (const task of TASKS) {
    document.querySelector(`[data-task=${task}]`).dataset.done = String(done.has(task));
  }
  const count = TASKS.length - done.size;
  const form = texts.left[new Intl.PluralRules(language).select(count)] ?? texts.left.other;
  const number = new Intl.NumberFormat(language).format(count);
  left.textContent = count === 0 ? texts.allDone : form.replace('{count}', number);
  next.textContent = count === 0 ? texts.done : texts.skip;
}

async function finish() {
  next.disabled = true;
  try {
    await firstlight.complete({ tasksDone: done.size });
  } catch {
    next.disabled = false;
  }
}
