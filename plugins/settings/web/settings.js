import { firstlight } from '/firstlight-client.js';
import { textsFor } from './texts.js';

const form = document.querySelector('form');
const fields = form.elements;
const nameError = document.querySelector('#name-error');
const formError = document.querySelector('#form-error');
const primary = form.querySelector('[type=submit]');
const suggest = document.querySelector('#suggest');

let texts = textsFor('en');

const { answers, draft, locale, canGoBack } = await firstlight.ready;
const DEFAULTS = { deviceName: '', screenOffMinutes: 5, updates: true, statistics: false };
// What was typed last wins over what was answered once, and that over the defaults.
fill({ ...DEFAULTS, ...answers, ...draft });
speak(locale);
document.querySelector('#back').hidden = !canGoBack;
firstlight.on('locale', speak);

form.addEventListener('input', () => {
  if (fields.deviceName.hasAttribute('aria-invalid')) checkName();
  void firstlight.saveDraft(read()).catch(() => undefined);
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void finish();
});
suggest.addEventListener('click', () => void suggestName());
document.querySelector('#back').addEventListener('click', () => void firstlight.back());

/** Puts the words of the language in force everywhere. */
function speak({ language }) {
  texts = textsFor(language);
  document.title = texts.title;
  for (const element of document.querySelectorAll('[data-text]')) {
    element.textContent = texts[element.dataset.text];
  }
  // Numbers, units and plurals are the browser's to know.
  const minutes = new Intl.NumberFormat(language, {
    style: 'unit',
    unit: 'minute',
    unitDisplay: 'long',
  });
  for (const element of document.querySelectorAll('[data-minutes]')) {
    element.textContent = minutes.format(Number(element.dataset.minutes));
  }
}

function fill(values) {
  fields.deviceName.value = values.deviceName;
  fields.screenOffMinutes.value = String(values.screenOffMinutes);
  fields.updates.checked = values.updates;
  fields.statistics.checked = values.statistics;
}

function read() {
  return {
    deviceName: fields.deviceName.value,
    screenOffMinutes: Number(fields.screenOffMinutes.value),
    updates: fields.updates.checked,
    statistics: fields.statistics.checked,
  };
}

/** Marks the name as wrong or right. */
function checkName() {
  const length = [...fields.deviceName.value.trim()].length;
  const problem = length === 0 ? texts.nameMissing : length > 32 ? texts.nameLong : '';
  nameError.textContent = problem;
  fields.deviceName.toggleAttribute('aria-invalid', false);
  if (problem !== '') fields.deviceName.setAttribute('aria-invalid', 'true');
  return problem === '';
}

async function suggestName() {
  try {
    const { name } = await firstlight.call('suggest-name', {
      language: document.documentElement.lang.split('-')[0],
    });
    fields.deviceName.value = name;
    checkName();
    await firstlight.saveDraft(read());
  } catch {
    formError.textContent = texts.failed;
  }
}

async function finish() {
  if (!checkName()) {
    fields.deviceName.focus();
    return;
  }
  // Once is enough: the next screen comes when the app has the answers.
  primary.disabled = true;
  formError.textContent = '';
  try {
    const values = read();
    await firstlight.complete({ ...values, deviceName: values.deviceName.trim() });
  } catch {
    formError.textContent = texts.failed;
    primary.disabled = false;
    primary.focus();
  }
}
