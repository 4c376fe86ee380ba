// The page: signs in, keeps one socket and one feed, and shows what they report.

import { signIn, signOut, socketUrl, unitsOf } from './api.js';
import { BalanceFeed, HISTORY } from './feed.js';
import { Meter } from './meter.js';
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
let frame = null;

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
  const units = await unitsOf(credential).catch(() => []);
  if (sessionStorage.getItem(CREDENTIAL) !== credential) return;
  offerUnits(units.length ? units : UNITS_OFFERED);
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
  say(message);
  showState({ name: 'closed' });
  $('login').focus();
  return credential;
}

async function submit(form, credentialOf) {
  const button = form.querySelector('button');
  button.disabled = true;
  say('');
  try {
    const credential = await credentialOf();
    form.reset();
    await enter(credential);
    document.querySelector('input[name=unit]:checked').focus();
  } catch (error) {
    say(error.message);
  } finally {
    button.disabled = false;
  }
}

// --- units

function offerUnits(units) {
  const remembered = sessionStorage.getItem(UNIT);
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
  feed = new BalanceFeed(socket, unit, { onChange: schedule, onError: refuse });
  resumedFrom = null;
  $('unit-name').textContent = `· ${UNIT_NAMES[unit] ?? unit}`;
  meter.clear();
  $('postings').replaceChildren();
  feed.start();
  render();
}

function refuse(errors) {
  const [{ message, extensions }] = errors;
  if (extensions?.code === 'UNAUTHENTICATED') leave(REFUSALS[4403]);
  else say(extensions?.code === 'FORBIDDEN' ? 'This key may not read balances: it needs the scope BALANCE_READ.' : message);
}

// --- showing the feed: many changes may arrive within one frame, and are painted once

function schedule() {
  frame ??= requestAnimationFrame(() => {
    frame = null;
    if (feed) render();
  });
}

function render() {
  const { present, changes } = feed;
  const format = formatterOf(chosenUnit());
  if (present) {
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
  renderPostings(changes, format);
  renderProof();
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
    : `the last ${HISTORY} changes appear here`;
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
  submit(event.target, () => signIn($('login').value, $('password').value));
});
$('key-form').addEventListener('submit', (event) => {
  event.preventDefault();
  const key = $('key').value.trim();
  submit(event.target, async () => key);
});
$('sign-out').addEventListener('click', () => signOut(leave()));
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

credentialOfLink();
if (sessionStorage.getItem(CREDENTIAL)) enter(sessionStorage.getItem(CREDENTIAL));
else leave();
