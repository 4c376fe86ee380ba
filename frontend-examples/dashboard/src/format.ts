// Numbers, money and times in the reader's language and zone. Amounts stay decimal strings: Intl formats them exactly.

const language = navigator.language;

/** The language of the policy's clauses, which are there in English and French. */
export const policyLanguage = language.startsWith('fr') ? 'fr' : 'en';

export const timeZone = Intl.DateTimeFormat().resolvedOptions().timeZone;

export interface Money {
  readonly amount: string;
  readonly currency: string;
}

const exact = (format: Intl.NumberFormat, amount: string) => format.format(amount as unknown as number);
const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const rate = new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 1 });
const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' });
const second = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' });
const dayOnly = new Intl.DateTimeFormat(language, { dateStyle: 'medium' });
const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
const moneys = new Map<string, Intl.NumberFormat>();

function moneyFormat(currency: string): Intl.NumberFormat {
  let format = moneys.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(language, {
      style: 'currency',
      currency,
      currencyDisplay: 'narrowSymbol',
    });
    moneys.set(currency, format);
  }
  return format;
}

export const isMoney = (unit: string) => unit !== 'EMAIL' && unit !== 'SMS';
export const money = ({ amount, currency }: Money) => exact(moneyFormat(currency), amount);
export const count = (number: string | number) => exact(whole, String(number));
export const percent = (value: string | null) => (value === null ? '–' : rate.format(Number(value)));

/** An amount of a balance: money or credits. */
export const quantity = (unit: string, amount: string) =>
  isMoney(unit) ? money({ amount, currency: unit }) : count(amount);

/** The same with its sign, for changes. */
export function signed(unit: string, amount: string): string {
  const text = quantity(unit, amount.replace('-', ''));
  return amount.startsWith('-') ? `−${text}` : `+${text}`;
}

export const unitName = (unit: string) =>
  unit === 'EMAIL' ? 'e-mail credits' : unit === 'SMS' ? 'SMS credits' : `${unit} balance`;

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
export const unitTitle = (unit: string) => capitalised(unitName(unit));

export const at = (instant: string) => moment.format(new Date(instant));
export const atSecond = (instant: string) => second.format(new Date(instant));
export const day = (instant: string) => dayOnly.format(new Date(instant));

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_557_600],
  ['month', 2_629_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "in 3 days", "2 hours ago". */
export function fromNow(instant: string | number, now = Date.now()): string {
  const seconds = (new Date(instant).getTime() - now) / 1000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(Math.trunc(seconds), 'second');
}

/** "3 days", without a direction. */
export function span(milliseconds: number): string {
  const seconds = milliseconds / 1000;
  const [unit, size] = STEPS.find(([, each]) => seconds >= each) ?? (['second', 1] as const);
  return new Intl.NumberFormat(language, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    maximumFractionDigits: 0,
  }).format(seconds / size);
}

/** `PARTLY_FULFILLED` as people write it: "Partly fulfilled". */
export const words = (code: string): string =>
  capitalised(code.toLowerCase().replace(/[_.]/g, ' ')).replace(/\b(ai|api|id|ip|sms|vat)\b/gi, (short) =>
    short.toUpperCase(),
  );

const SIZES = ['byte', 'kilobyte', 'megabyte', 'gigabyte'];

export function bytes(size: string | number): string {
  let value = Number(size);
  let step = 0;
  while (value >= 1000 && step < SIZES.length - 1) {
    value /= 1000;
    step += 1;
  }
  const unit = SIZES[step] ?? 'byte';
  return new Intl.NumberFormat(language, { style: 'unit', unit, maximumFractionDigits: 1 }).format(value);
}

const twoDigits = (value: number) => String(value).padStart(2, '0');

/** "71:04:09": hours, minutes and seconds. */
export function clock(milliseconds: number): string {
  const seconds = Math.floor(milliseconds / 1000);
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  return parts.map(twoDigits).join(':');
}

/** What an input of the type `datetime-local` gives, in the viewer's zone, as an instant; null when it is empty. */
export const instant = (local: string | undefined): string | null =>
  local ? new Date(local).toISOString() : null;
