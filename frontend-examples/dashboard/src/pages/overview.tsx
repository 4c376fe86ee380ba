import { useMemo } from 'react';
import {
  type PostingLineFragment,
  type Unit,
  WalletHistoryDocument,
  WalletsDocument,
  WatchActivityDocument,
  type WatchActivitySubscription,
} from '../api/generated';
import { useAsk, useFeed } from '../api/hooks';
import { count, isMoney, quantity, span, unitTitle } from '../format';
import { Link } from '../router';
import { useSession } from '../session/session';
import { Card, Empty, Figure, Loaded, Page } from '../ui/parts';
import { Spark } from '../ui/spark';
import { availableAfter, forecast, useLine, useWallet } from '../wallet';

const NOTHING: readonly PostingLineFragment[] = [];

export default function Overview() {
  const { viewer } = useSession();
  const wallets = useAsk(WalletsDocument, {});
  return (
    <Page
      title="Overview"
      lead="What there is to spend, and what is being sent. Every number is pushed as it changes."
    >
      <Loaded value={wallets.data?.viewer?.account.wallets} trouble={wallets.trouble} again={wallets.again}>
        {(found) => {
          const money = found.map(({ unit }) => unit).filter(isMoney);
          const units: Unit[] = [...(money.length > 0 ? money : [viewer.account.currency]), 'EMAIL', 'SMS'];
          return (
            <>
              {money.length === 0 && (
                <Empty title="There is no money here yet.">
                  <p>The first top-up brings some; credits come with the first order.</p>
                  <Link to="/top-up" className="button" data-kind="main">
                    Top up
                  </Link>
                </Empty>
              )}
              <Balances units={units} />
            </>
          );
        }}
      </Loaded>
      {viewer.person?.role !== 'BILLING' && <Activity />}
    </Page>
  );
}

function Balances({ units }: { readonly units: readonly Unit[] }) {
  const history = useAsk(WalletHistoryDocument, {});
  const known = history.data?.viewer?.account.wallets;
  const earlier = useMemo(
    () => new Map(known?.map(({ unit, postings }) => [unit, postings.edges.map(({ node }) => node)])),
    [known],
  );
  return (
    <div className="grid">
      {units.map((unit) => (
        <BalanceCard key={unit} unit={unit} earlier={earlier.get(unit) ?? NOTHING} />
      ))}
    </div>
  );
}

function BalanceCard({
  unit,
  earlier,
}: {
  readonly unit: Unit;
  readonly earlier: readonly PostingLineFragment[];
}) {
  const { state, trouble } = useWallet(unit);
  const line = useLine(state, earlier);
  return (
    <Card title={unitTitle(unit)} aside={<Link to={`/balances/${unit}`}>Details</Link>}>
      <Loaded value={state} trouble={trouble}>
        {({ available, held }) => {
          const future = forecast(line, available, Date.now());
          return (
            <>
              <dl>
                <Figure name="Available" huge>
                  <span data-balance={unit}>{quantity(unit, available)}</span>
                </Figure>
              </dl>
              <Spark values={line.map(availableAfter).reverse()} />
              <p className="small muted">
                {future
                  ? `Lasts for ${span(future.endsAt - Date.now())} at the pace so far.`
                  : 'Too little was spent for a forecast.'}
                {Number(held) > 0 && ` ${quantity(unit, held)} are set aside.`}
              </p>
            </>
          );
        }}
      </Loaded>
    </Card>
  );
}

type ActivityState = WatchActivitySubscription['accountActivity'];

function Activity() {
  const { state, trouble } = useFeed(
    WatchActivityDocument,
    {},
    (_: ActivityState | null, data) => data.accountActivity,
  );
  return (
    <Card title="All campaigns" aside={<Link to="/campaigns">Campaigns</Link>}>
      <Loaded value={state} trouble={trouble}>
        {({ counts }) => (
          <dl className="figures">
            <Figure name="Sent">{count(counts.sent.total)}</Figure>
            <Figure name="Delivered">{count(counts.delivered.total)}</Figure>
            <Figure name="Opened by people">{count(counts.opens.human)}</Figure>
            <Figure name="Clicked">{count(counts.clicks.human)}</Figure>
            <Figure name="Bounced">{count(counts.bounces.total)}</Figure>
            <Figure name="Complaints">{count(counts.complaints.total)}</Figure>
          </dl>
        )}
      </Loaded>
    </Card>
  );
}
