import { useEffect, useState } from 'react';
import { at, clock } from '../format';
import { Tag } from './parts';

const HOUR_MS = 3_600_000;
const SECOND_MS = 1_000;

/** How long until then, second by second; how long since, once it has passed. */
export function Countdown({ to, soonHours = 24 }: { readonly to: string; readonly soonHours?: number }) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), SECOND_MS);
    return () => clearInterval(timer);
  }, []);
  const left = new Date(to).getTime() - now;
  const tone = left < 0 ? 'bad' : left < soonHours * HOUR_MS ? 'warn' : undefined;
  return (
    <Tag tone={tone}>
      <time className="num" dateTime={to} title={at(to)} data-countdown="">
        {left < 0 ? `late by ${clock(-left)}` : clock(left)}
      </time>
    </Tag>
  );
}
