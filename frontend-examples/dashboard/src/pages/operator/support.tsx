import { useState } from 'react';
import { type QueuedLineFragment, WatchSupportQueueDocument } from '../../api/generated';
import { useFeed } from '../../api/hooks';
import { count, words } from '../../format';
import { Link } from '../../router';
import { Button, Card, Empty, Loaded, Moment, Page, Table, Tag } from '../../ui/parts';

/** As many as a snapshot shows at most; behind them others may wait. */
const SHOWN_MAX = 20;

interface Queue {
  readonly waiting: readonly QueuedLineFragment[];
  readonly hasOthers: boolean;
}

export default function SupportQueuePage() {
  const [turn, setTurn] = useState(0);
  return (
    <Page
      title="Support"
      lead="What waits for an answer, the longest waiting first. What a ticket says is shown when it is opened, and its customer sees that it was."
    >
      <Waiting key={turn} again={() => setTurn(turn + 1)} />
    </Page>
  );
}

function Waiting({ again }: { readonly again: () => void }) {
  const { state, trouble } = useFeed(
    WatchSupportQueueDocument,
    {},
    (before: Queue | null, { supportQueueChanged: { kind, ticket, waiting } }): Queue => {
      if (kind !== 'CHANGE' || !before) return { waiting, hasOthers: waiting.length >= SHOWN_MAX };
      return ticket ? { ...before, waiting: moved(before.waiting, ticket) } : before;
    },
  );
  return (
    <Card title="Waiting" aside={state && <Tag tone="accent">{count(state.waiting.length)}</Tag>}>
      <Loaded value={state} trouble={trouble} again={again} lines={5}>
        {({ waiting, hasOthers }) => (
          <>
            <Table
              caption="Tickets that wait for an answer"
              rows={waiting}
              id={({ id }) => id}
              empty={<Empty title="Nobody waits." />}
              columns={[
                {
                  name: 'Ticket',
                  cell: ({ id }) => <Link to={`/operator/support/${id}`}>{id}</Link>,
                },
                {
                  name: 'Kind',
                  cell: ({ kind }) => <Tag tone={kind === 'DEFECT' ? 'warn' : undefined}>{words(kind)}</Tag>,
                },
                {
                  name: 'Account',
                  cell: ({ accountId }) =>
                    accountId ? <code>{accountId}</code> : <span className="muted">none: by the form</span>,
                },
                { name: 'Messages', right: true, cell: ({ messages }) => count(messages) },
                { name: 'Waits', cell: ({ receivedAt }) => <Moment of={receivedAt} /> },
              ]}
            />
            {hasOthers && (
              <div>
                <Button onClick={again}>Look for those who wait behind them</Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

/** What waits stays where it is, or comes last; what waits no more goes. */
function moved(waiting: readonly QueuedLineFragment[], one: QueuedLineFragment) {
  if (one.state !== 'OPEN') return waiting.filter(({ id }) => id !== one.id);
  return waiting.some(({ id }) => id === one.id)
    ? waiting.map((old) => (old.id === one.id ? one : old))
    : [...waiting, one];
}
