// A balance as it moves: the feed of its changes behind the postings that were there before.

import { useMemo } from 'react';
import {
  type PostingLineFragment,
  type WatchBalanceSubscription,
  type Unit,
  WatchBalanceDocument,
  WatchLatestDocument,
} from './api/generated';
import { useFeed } from './api/hooks';
import { useSession } from './session/session';

const KEPT = 1_000;
/** Fewer say nothing of a pace. */
const SPENDINGS_MIN = 3;
const SPENDING = new Set(['USAGE', 'HOLD_CAPTURED']);

type Update = WatchBalanceSubscription['balance'];

export interface Wallet {
  readonly unit: Unit;
  readonly available: string;
  readonly held: string;
  readonly sequence: string;
  readonly at: string | null;
  /** The newest first; without gaps from the first one shown. */
  readonly postings: readonly PostingLineFragment[];
}

function fold(
  before: Wallet | null,
  update: Omit<Update, 'posting' | 'posted'> & { posting?: Update['posting'] },
): Wallet {
  const { unit, available, held, sequence, at, posting } = update;
  const known = update.kind === 'CHANGE' ? (before?.postings ?? []) : [];
  return {
    unit,
    available,
    held,
    sequence,
    at,
    postings: posting ? [posting, ...known].slice(0, KEPT) : known,
  };
}

/** Watches a balance. Who may not read the ledger sees what is available, and no postings. */
export function useWallet(unit: Unit) {
  const { viewer } = useSession();
  const readsLedger = viewer.person?.role !== 'VIEWER';
  const every = useFeed(
    WatchBalanceDocument,
    { unit },
    (before: Wallet | null, data) => fold(before, data.balance),
    !readsLedger,
  );
  const latest = useFeed(
    WatchLatestDocument,
    { unit },
    (before: Wallet | null, data) => fold(before, data.balance),
    readsLedger,
  );
  return readsLedger ? every : latest;
}

/** The postings of the feed, and behind them those that were asked for; each once. */
export function useLine(
  wallet: Wallet | null,
  earlier: readonly PostingLineFragment[],
): readonly PostingLineFragment[] {
  const live = wallet?.postings;
  return useMemo(() => {
    if (!live) return earlier;
    const oldest = live.at(-1)?.sequence;
    const behind =
      oldest === undefined ? earlier : earlier.filter(({ sequence }) => BigInt(sequence) < BigInt(oldest));
    return [...live, ...behind];
  }, [live, earlier]);
}

export const availableAfter = ({ postedAfter, heldAfter }: PostingLineFragment) =>
  Number(postedAfter) - Number(heldAfter);

export interface Forecast {
  /** What is spent in a day, at the pace of the time since `since`. */
  readonly perDay: number;
  readonly since: string;
  /** When nothing is left, in milliseconds since 1970. */
  readonly endsAt: number;
}

/**
 * When a balance runs out at its pace so far; null when hardly anything was spent in what is shown. Only spending counts: a
 * cancelled order or a forfeit says nothing about tomorrow.
 */
export function forecast(
  postings: readonly PostingLineFragment[],
  available: string,
  now: number,
): Forecast | null {
  const oldest = postings.at(-1);
  if (!oldest) return null;
  const milliseconds = Math.max(now - new Date(oldest.at).getTime(), 60_000);
  const spendings = postings.filter(({ kind, amount }) => SPENDING.has(kind) && amount.startsWith('-'));
  if (spendings.length < SPENDINGS_MIN) return null;
  const spent = spendings.reduce((sum, { amount }) => sum - Number(amount), 0);
  const perMillisecond = spent / milliseconds;
  return {
    perDay: perMillisecond * 86_400_000,
    since: oldest.at,
    endsAt: now + Number(available) / perMillisecond,
  };
}
