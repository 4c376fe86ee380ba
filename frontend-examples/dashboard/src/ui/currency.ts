import { useState } from 'react';
import { type Currency, WalletsDocument } from '../api/generated';
import { useAsk } from '../api/hooks';
import { isMoney } from '../format';
import { useSession } from '../session/session';

const CODES: readonly Currency[] = ['AUD', 'CAD', 'CHF', 'EUR', 'GBP', 'JPY', 'TND', 'USD'];
export const currencyOptions = CODES.map((code) => [code, code] as const);

/** The chosen currency: at first that in which there is money, else the account's own. */
export function useCurrency(): readonly [Currency, (chosen: Currency) => void] {
  const { viewer } = useSession();
  const wallets = useAsk(WalletsDocument, {});
  const [chosen, choose] = useState<Currency | null>(null);
  const funded = wallets.data?.viewer?.account.wallets.find(
    ({ unit, balance }) => isMoney(unit) && Number(balance.available) > 0,
  );
  return [chosen ?? (funded?.unit as Currency | undefined) ?? viewer.account.currency, choose];
}
