import { useEffect, useMemo, useState } from 'react';
import { type PostingLineFragment, type Unit, WalletHistoryDocument } from '../api/generated';
import { ask } from '../api/client';
import { at, atSecond, count, quantity, signed, span, unitTitle, words } from '../format';
import { Link } from '../router';
import type { PageProps } from '../routes';
import Chart from '../ui/chart';
import { Button, Card, Empty, Figure, Loaded, Note, Page, Table } from '../ui/parts';
import { availableAfter, forecast, useLine, useWallet } from '../wallet';

const SHOWN = 25;

/** The postings before those that the feed brings, a hundred at a time. */
function useEarlier(unit: string) {
  const [earlier, setEarlier] = useState<readonly PostingLineFragment[]>([]);
  const [cursor, setCursor] = useState<string | null | undefined>(undefined);
  const more = async (after: string | null) => {
    const { data } = await ask(WalletHistoryDocument, { after });
    const found = data?.viewer?.account.wallets.find((wallet) => wallet.unit === unit)?.postings;
    if (!found) return setCursor(null);
    setEarlier((before) => [...(after ? before : []), ...found.edges.map(({ node }) => node)]);
    setCursor(found.pageInfo.hasNextPage ? found.pageInfo.endCursor : null);
  };
  useEffect(() => void more(null), [unit]);
  return { earlier, more: cursor ? () => void more(cursor) : null };
}

export default function BalancePage({ parts }: PageProps) {
  const unit = (parts.unit ?? 'EMAIL') as Unit;
  const { state, trouble } = useWallet(unit);
  const { earlier, more } = useEarlier(unit);
  const line = useLine(state, earlier);
  return (
    <Page title={unitTitle(unit)} lead={<Link to="/">All balances</Link>}>
      <Loaded value={state} trouble={trouble} lines={6}>
        {({ available, held, sequence }) => (
          <>
            <Card title="Now">
              <dl className="figures">
                <Figure name="Available" huge>
                  <span data-balance={unit}>{quantity(unit, available)}</span>
                </Figure>
                <Figure name="Set aside">{quantity(unit, held)}</Figure>
                <Figure name="Change number">
                  <span data-sequence>{sequence}</span>
                </Figure>
              </dl>
            </Card>
            <BurnDown unit={unit} available={available} line={line} />
            <Card title="Postings" aside={more && <Button onClick={more}>Show a longer time</Button>}>
              <Postings unit={unit} line={line} />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface LineProps {
  readonly unit: Unit;
  readonly line: readonly PostingLineFragment[];
}

function BurnDown({ unit, available, line }: LineProps & { readonly available: string }) {
  const now = Date.now();
  const future = forecast(line, available, now);
  const { x, lines } = useMemo(() => {
    const past = line.toReversed();
    const times = past.map((posting) => new Date(posting.at).getTime() / 1000);
    const values: (number | null)[] = past.map(availableAfter);
    const expected: (number | null)[] = values.map(() => null);
    const last = times.at(-1);
    if (future && last !== undefined) {
      // As far ahead as the chart looks back, or to the end.
      const ahead = Math.min(future.endsAt / 1000, last + Math.max(60, last - (times[0] ?? last)));
      const left = Number(available);
      expected[expected.length - 1] = left;
      times.push(ahead);
      values.push(null);
      expected.push(Math.max(0, left - ((ahead - last) * future.perDay) / 86_400));
    }
    return {
      x: times,
      lines: [
        { name: 'Available', colour: 'accent', values, stepped: true, filled: true },
        { name: 'Expected', colour: 'warn', values: expected, dashed: true },
      ] as const,
    };
  }, [line, available]);
  if (line.length < 2) {
    return (
      <Card title="Burn-down">
        <Empty title="There is nothing to draw yet." />
      </Card>
    );
  }
  const said = future
    ? `At the pace since ${at(future.since)}, about ${count(Math.round(future.perDay))} a day, it lasts for ${span(future.endsAt - now)}, until ${at(new Date(future.endsAt).toISOString())}.`
    : 'Too little was spent in the time shown for a forecast.';
  const soon = future !== null && future.endsAt - now < 3 * 86_400_000;
  return (
    <Card title="Burn-down">
      {soon && (
        <Note tone="warn">
          It runs out within three days. <Link to="/orders">Order credits</Link> or{' '}
          <Link to="/top-up">set up an automatic top-up</Link>.
        </Note>
      )}
      <Chart
        time
        x={x}
        lines={lines}
        summary={said}
        format={(value) => quantity(unit, String(Math.round(value)))}
      />
    </Card>
  );
}

function Postings({ unit, line }: LineProps) {
  return (
    <Table
      caption="The newest postings"
      rows={line.slice(0, SHOWN)}
      id={({ sequence }) => sequence}
      empty={<Empty title="Nothing was posted yet." />}
      columns={[
        { name: 'What', cell: ({ kind }) => words(kind) },
        { name: 'When', cell: (posting) => <time dateTime={posting.at}>{atSecond(posting.at)}</time> },
        {
          name: 'Change',
          right: true,
          cell: ({ amount, heldChange }) =>
            Number(amount) === 0 ? (
              <span className="muted">{signed(unit, heldChange)} set aside</span>
            ) : (
              signed(unit, amount)
            ),
        },
        {
          name: 'Available',
          right: true,
          cell: (posting) => quantity(unit, String(availableAfter(posting))),
        },
        { name: 'Number', right: true, cell: ({ sequence }) => <span className="muted">{sequence}</span> },
      ]}
    />
  );
}
