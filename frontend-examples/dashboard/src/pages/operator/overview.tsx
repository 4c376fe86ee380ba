import { WatchOperationsDocument, type WatchOperationsSubscription } from '../../api/generated';
import { useFeed } from '../../api/hooks';
import { atSecond, count, day, money, quantity, unitName } from '../../format';
import { Card, Figure, Loaded, Page, Tag, type Tone } from '../../ui/parts';
import { Work } from './due-work';

type Operations = WatchOperationsSubscription['operationsChanged']['operations'];

interface Seen {
  readonly now: Operations;
  readonly workMoved: number;
}

export default function OperatorOverview() {
  const { state, trouble } = useFeed(
    WatchOperationsDocument,
    {},
    (before: Seen | null, { operationsChanged: { operations: now } }): Seen => {
      const isSame = before && JSON.stringify(before.now.dueWork) === JSON.stringify(now.dueWork);
      return { now, workMoved: (before?.workMoved ?? 0) + (isSame ? 0 : 1) };
    },
  );
  return (
    <Page
      title="Overview"
      lead="The day’s money, the open sockets and the due work, pushed as they change, at most once a second."
    >
      <Loaded value={state} trouble={trouble} lines={5}>
        {({ now }) => (
          <>
            <Today of={now} />
            <Now of={now} />
          </>
        )}
      </Loaded>
      {(state || trouble) && <Work moves={state?.workMoved ?? 0} />}
    </Page>
  );
}

function Today({ of: { today } }: { readonly of: Operations }) {
  return (
    <div className="grid wide">
      <Card
        title="Money in today"
        aside={<span className="small muted">since midnight UTC, {day(today.since)}</span>}
      >
        {today.moneyIn.length === 0 ? (
          <p className="muted">Nothing was paid yet.</p>
        ) : (
          <dl className="figures">
            {today.moneyIn.map((one) => (
              <Figure key={one.currency} name={one.currency} huge>
                <span data-money-in={one.currency}>{money(one)}</span>
              </Figure>
            ))}
          </dl>
        )}
        <p className="small muted">Captured payments, less what went back of payments.</p>
      </Card>
      <Card title="Spent today">
        {today.spend.length === 0 ? (
          <p className="muted">Nothing was spent yet.</p>
        ) : (
          <dl className="figures">
            {today.spend.map((one) => (
              <Figure key={one.unit} name={unitName(one.unit)}>
                <span data-spent={one.unit}>{quantity(one.unit, one.quantity)}</span>
              </Figure>
            ))}
          </dl>
        )}
        <p className="small muted">Orders, plans, taxes, fees and usage, before what came back of them.</p>
      </Card>
    </div>
  );
}

function Now({ of: { at, socketsHere, dueWork } }: { readonly of: Operations }) {
  return (
    <Card title="Now" aside={<span className="small muted">{atSecond(at)}</span>}>
      <dl className="figures">
        <Figure name="Sockets of this process">
          <span data-sockets="">{count(socketsHere)}</span>
        </Figure>
        <Figure name="Due work">{count(dueWork.due)}</Figure>
        <Alarm name="Late" of={dueWork.late} tone="warn" />
        <Alarm name="Failing" of={dueWork.failing} tone="bad" />
        <Alarm name="Held up" of={dueWork.paused} tone="warn" />
      </dl>
    </Card>
  );
}

function Alarm({ name, of, tone }: { readonly name: string; readonly of: number; readonly tone: Tone }) {
  return <Figure name={name}>{of > 0 ? <Tag tone={tone}>{count(of)}</Tag> : '0'}</Figure>;
}
