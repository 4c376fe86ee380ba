// The page: signs in, keeps one socket and one feed, and shows what they report.

import { completeSignIn, signIn, signOut, socketUrl, unitsOf } from './api.js';
import { BalanceFeed, HISTORY } from './feed.js';
import { Meter } from './meter.js';
import { fromNow, paceOf } from './pace.js';
import { Pulse, counters } from './pulse.js';
import { Socket } from './socket.js';
import { draw } from './sparkline.js';

const CREDENTIAL = 'postmeter:credential';
const UNIT = 'postmeter:unit';
const POSTINGS_SHOWN = 12;
const CUT_SECONDS = 5;
const UNITS_OFFERED = ['EUR', 'USD', 'EMAIL', 'SMS'];
const UNIT_NAMES = { EMAIL: 'e-mail credits', SMS: 'SMS credits' };
const REFUSALS = {
  4400: 'The server did not understand this page. Reload it to get the present version.',
  4401: 'You are not signed in.',
  4403: 'This sign-in or API key is not valid, or not any more.',
};

const $ = (id) => document.getElementById(id);
const meter = new Meter($('available'));
const clock = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const day = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const dayAndClock = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const counting = new Intl.NumberFormat();

let socket = null;
let feed = null;
let countdown = null;
let resumedFrom = null;
let challenge = null;
const pulse = new Pulse(() => feed && render());

// --- signing in and out

function credentialOfLink() {
  const { key, token, unit } = Object.fromEntries(new URLSearchParams(location.hash.slice(1)));
  if (!key && !token) return;
  // At once: what stays in the address bar ends up in histories and screenshots.
  history.replaceState(null, '', location.pathname + location.search);
  sessionStorage.setItem(CREDENTIAL, key ?? token);
  if (unit) sessionStorage.setItem(UNIT, unit);
}

async function enter(credential) {
  sessionStorage.setItem(CREDENTIAL, credential);
  $('sign-in').hidden = true;
  $('watch').hidden = $('sign-out').hidden = false;
  say('');
  phase('loading');
  const units = await unitsOf(credential).catch(() => []);
  if (sessionStorage.getItem(CREDENTIAL) !== credential) return;
  offerUnits(units.length ? units : [...UNITS_OFFERED]);
  socket = new Socket(socketUrl(), () => ({ authorization: `Bearer ${credential}` }), showState);
  watch(chosenUnit());
  socket.connect();
}

function leave(message = '') {
  const credential = sessionStorage.getItem(CREDENTIAL);
  sessionStorage.removeItem(CREDENTIAL);
  const old = socket;
  socket = feed = null;
  old?.close();
  $('watch').hidden = $('sign-out').hidden = true;
  $('sign-in').hidden = false;
  wantCode(null);
  document.title = 'Postmeter · balance watcher';
  say(message);
  showState({ name: 'closed' });
  $('login').focus();
  return credential;
}

/** `enterWith()` gives a `token`, or the `challenge` of a second factor. */
async function submit(form, enterWith) {
  const button = form.querySelector('button');
  button.disabled = true;
  say('');
  try {
    const { token, challenge: asked = null } = await enterWith();
    wantCode(asked);
    if (asked) return;
    form.reset();
    await enter(token);
    document.querySelector('input[name=unit]:checked').focus();
  } catch (error) {
    if (error.startAgain) wantCode(null);
    say(error.message);
  } finally {
    button.disabled = false;
  }
}

/** The second step of the form, where there is one. */
function wantCode(asked) {
  challenge = asked;
  $('code-row').hidden = !asked;
  $('code').required = Boolean(asked);
  $('code').value = '';
  if (asked) $('code').focus();
}

// --- units

function offerUnits(units) {
  const remembered = sessionStorage.getItem(UNIT);
  // A link may name a unit in which nothing has moved yet.
  if (UNITS_OFFERED.includes(remembered) && !units.includes(remembered)) units.push(remembered);
  const chosen = units.includes(remembered) ? remembered : units[0];
  const choices = units.map((unit) => {
    const label = document.createElement('label');
    const input = Object.assign(document.createElement('input'), { type: 'radio', name: 'unit', value: unit, checked: unit === chosen });
    const text = document.createElement('span');
    text.textContent = UNIT_NAMES[unit] ?? unit;
    label.append(input, text);
    return label;
  });
  $('units').replaceChildren($('units').querySelector('legend'), ...choices);
}

function chosenUnit() {
  return document.querySelector('input[name=unit]:checked').value;
}

function watch(unit) {
  sessionStorage.setItem(UNIT, unit);
  feed?.stop();
  feed = new BalanceFeed(socket, unit, { onChange: changed, onError: refuse });
  resumedFrom = null;
  $('unit-name').textContent = `· ${UNIT_NAMES[unit] ?? unit}`;
  meter.clear();
  $('postings').replaceChildren();
  phase('loading');
  feed.start();
  render();
}

function refuse(errors) {
  const [{ message, extensions }] = errors;
  if (extensions?.code === 'UNAUTHENTICATED') leave(REFUSALS[4403]);
  else if (extensions?.code === 'FORBIDDEN') phase('failed', 'This key may not read it: it needs the scopes BALANCE_READ and LEDGER_READ.');
  else phase('failed', message);
}

// --- showing the feed

function changed() {
  counters.updates += 1;
  pulse.want();
}

/** `loading` until the balance is known, `shown`, or `failed` with what a person should know. */
function phase(name, trouble = '') {
  $('watch').dataset.phase = name;
  $('watch').setAttribute('aria-busy', name === 'loading');
  $('trouble-text').textContent = trouble;
  $('trouble').hidden = name !== 'failed';
  hint('');
}

function hint(text) {
  $('hint').textContent = text;
  $('hint').hidden = !text;
}

function render() {
  const { present, changes } = feed;
  const format = formatterOf(chosenUnit());
  if (present) {
    if ($('watch').dataset.phase === 'loading') phase('shown');
    meter.show(format(present.available));
    $('posted').textContent = format(present.posted);
    $('held').textContent = format(present.held);
    $('at').textContent = present.at ? dayAndClock.format(new Date(present.at)) : 'now';
    $('at').dateTime = present.at ?? '';
    document.title = `${format(present.available)} · Postmeter`;
  } else {
    for (const id of ['posted', 'held', 'at']) $(id).textContent = '–';
  }
  renderDelta(changes.at(-1), format);
  renderSparkline(changes, format);
  renderPace(changes, format);
  renderPostings(changes, format);
  renderProof();
}

function renderPace(changes, format) {
  const pace = paceOf(changes);
  $('pace').hidden = !pace;
  if (!pace) return;
  const gone = pace.leftMs > 0 ? `gone ${fromNow(pace.leftMs)}` : 'gone now';
  $('pace').textContent = `${format(pace.perHour)} an hour at the pace of these changes: ${gone}`;
}

function renderDelta(change, format) {
  $('delta').textContent = change?.posting ? `${moved(format, change.posting)} ${kindName(change.posting.kind)}` : '\u00a0';
  $('delta').dataset.sign = change?.posting ? signOf(change.posting) : 'none';
}

function renderSparkline(changes, format) {
  const available = changes.map((change) => Number(change.available));
  draw($('spark'), available);
  const lowest = changes.length ? format(String(Math.min(...available))) : '';
  const highest = changes.length ? format(String(Math.max(...available))) : '';
  $('spark-caption').textContent = changes.length
    ? `last ${counting.format(changes.length)} ${changes.length === 1 ? 'change' : 'changes'}`
    : feed.present ? 'nothing has moved yet' : `the last ${HISTORY} changes appear here`;
  $('spark-range').textContent = changes.length ? `${lowest} to ${highest}` : '';
  $('spark').setAttribute('aria-label', changes.length ? `Available over the last ${changes.length} changes, between ${lowest} and ${highest}` : 'No changes yet');
}

/** Only new rows are put in, so that only they light up, and a screen reader's place is kept. */
function renderPostings(changes, format) {
  const list = $('postings');
  const shown = changes.filter((change) => change.posting).slice(-POSTINGS_SHOWN);
  const wanted = new Set(shown.map(({ sequence }) => sequence));
  for (const row of [...list.children]) if (!wanted.has(row.dataset.sequence)) row.remove();
  const present = new Set([...list.children].map((row) => row.dataset.sequence));
  for (const change of shown) if (!present.has(change.sequence)) list.prepend(postingRow(change, format));
  $('postings-empty').hidden = shown.length > 0;
}

function postingRow({ sequence, at, posting }, format) {
  const row = document.createElement('li');
  row.dataset.sequence = sequence;
  const amount = cell('amount', moved(format, posting));
  amount.dataset.sign = signOf(posting);
  const when = new Date(at);
  const isToday = when.toDateString() === new Date().toDateString();
  const time = Object.assign(document.createElement('time'), {
    dateTime: at,
    textContent: (isToday ? clock : day).format(when),
    title: dayAndClock.format(when),
  });
  row.append(cell('kind', kindName(posting.kind)), amount, time, cell('sequence', `#${sequence}`));
  return row;
}

function renderProof() {
  const { first, last, received, gaps, duplicates, resets } = feed;
  const intact = gaps === 0 && duplicates === 0;
  $('received').textContent = counting.format(received);
  $('gaps').textContent = counting.format(gaps);
  $('duplicates').textContent = counting.format(duplicates);
  $('verdict').dataset.intact = received > 0 && intact;
  if (!intact) $('verdict').textContent = 'Yes, and that is a fault of the server: please report it.';
  else if (received > 0) $('verdict').textContent = `No: #${first} to #${last}, each once and in order.`;
  else $('verdict').textContent = feed.present ? 'Nothing has changed yet.' : 'Waiting for the first sequence.';
  if (resets) $('verdict').textContent += ' The history before is gone from the server.';
  if (resumedFrom !== null && socket.isLive && last > resumedFrom) {
    $('resumed').textContent = `Resumed behind #${resumedFrom}: all ${counting.format(Number(last - resumedFrom))} changes since are here.`;
  }
  $('resumed').hidden = resumedFrom === null;
}

// --- showing the connection

function showState({ name, seconds, code, reason }) {
  clearInterval(countdown);
  const shown = { connecting: 'connecting', live: 'live', waiting: 'reconnecting', closed: 'signed out' }[name];
  $('state').dataset.state = name;
  $('cut').disabled = name !== 'live';
  announce(shown);
  if (name === 'waiting' && $('watch').dataset.phase === 'loading') hint('The server does not answer. This page tries again by itself.');
  if (name === 'waiting') countDown(seconds);
  else $('state-text').textContent = shown;
  if (name === 'closed' && feed) leave(REFUSALS[code] ?? `The server ended the connection: ${reason || code}.`);
}

function countDown(seconds) {
  const until = performance.now() + seconds * 1000;
  const tick = () => {
    const left = Math.max(1, Math.ceil((until - performance.now()) / 1000));
    $('state-text').textContent = `reconnecting in ${left} s`;
  };
  tick();
  countdown = setInterval(tick, 250);
}

/** Only changes of state are spoken, not each second of a countdown. */
function announce(text) {
  if ($('announcer').textContent !== text) $('announcer').textContent = text;
}

function say(message) {
  $('notice').textContent = message;
  $('notice').hidden = !message;
}

// --- formats: the server's decimal strings go into Intl as strings, so no digit is rounded on the way

function formatterOf(unit) {
  const options = unit in UNIT_NAMES ? { maximumFractionDigits: 0 } : { style: 'currency', currency: unit };
  const format = new Intl.NumberFormat(undefined, options);
  return (amount) => format.format(amount);
}

/** What was added or taken; where only a hold changed, what it sets aside or frees. */
function moved(format, { amount, heldChange }) {
  if (Number(amount) !== 0) return amount.startsWith('-') ? `−${format(amount.slice(1))}` : `+${format(amount)}`;
  return heldChange.startsWith('-') ? `frees ${format(heldChange.slice(1))}` : `holds ${format(heldChange)}`;
}

function signOf({ amount }) {
  if (Number(amount) === 0) return 'none';
  return amount.startsWith('-') ? 'minus' : 'plus';
}

function kindName(kind) {
  return kind.toLowerCase().replaceAll('_', ' ');
}

function cell(className, text) {
  return Object.assign(document.createElement('span'), { className, textContent: text });
}

// --- wiring

$('password-form').addEventListener('submit', (event) => {
  event.preventDefault();
  submit(event.target, () => (challenge ? completeSignIn(challenge, $('code').value.trim()) : signIn($('login').value, $('password').value)));
});
$('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const key = $('key').value.trim();
  submit(event.target, async () => ({ token: key }));
});
$('sign-out').addEventListener('click', () => signOut(leave()));
$('again').addEventListener('click', () => watch(chosenUnit()));
$('other').addEventListener('click', () => leave());
$('units').addEventListener('change', () => watch(chosenUnit()));
$('cut').addEventListener('click', () => {
  resumedFrom = feed.last;
  $('resumed').textContent = `Cut at #${resumedFrom}. Whatever happens now is asked for when the connection is back.`;
  $('resumed').hidden = false;
  socket.cut(CUT_SECONDS);
});
window.addEventListener('hashchange', () => {
  const before = sessionStorage.getItem(CREDENTIAL);
  credentialOfLink();
  if (sessionStorage.getItem(CREDENTIAL) !== before) location.reload();
});
window.addEventListener('online', () => socket?.hurry());
window.addEventListener('offline', () => socket?.lose());

credentialOfLink();
if (sessionStorage.getItem(CREDENTIAL)) enter(sessionStorage.getItem(CREDENTIAL));
else leave();
