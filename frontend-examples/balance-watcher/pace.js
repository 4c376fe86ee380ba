// How fast a balance is spent, and how long it will last at that pace.

const SPENT_AT_LEAST = 3;
const HOUR_MS = 3_600_000;
const UNITS = [['day', 24 * HOUR_MS], ['hour', HOUR_MS], ['minute', 60_000]];

/** Of `changes`, oldest first: what is spent an hour, and in how many milliseconds it is gone. Null where few tell. */
export function paceOf(changes) {
  const spent = changes.filter((change) => fallOf(change) > 0);
  if (spent.length < SPENT_AT_LEAST) return null;
  const [first, last] = [Date.parse(spent[0].at), Date.parse(spent.at(-1).at)];
  // The first change is where the time begins: what it took was spent before.
  const total = spent.slice(1).reduce((sum, change) => sum + fallOf(change), 0);
  if (last <= first) return null;
  const perHour = (total / (last - first)) * HOUR_MS;
  return { perHour, leftMs: (Number(changes.at(-1).available) / perHour) * HOUR_MS };
}

/** By how much fewer are available: what is held is taken when the hold is placed, and not again when it is captured. */
function fallOf({ posting }) {
  return posting ? Number(posting.heldChange) - Number(posting.amount) : 0;
}

/** As people say it: "in 3 hours", in the language of the page. */
export function fromNow(milliseconds) {
  const [unit, length] = UNITS.find(([, length]) => milliseconds >= 2 * length) ?? UNITS.at(-1);
  return new Intl.RelativeTimeFormat('en').format(Math.max(1, Math.round(milliseconds / length)), unit);
}
