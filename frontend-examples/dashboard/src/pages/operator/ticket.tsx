import {
  AnswerTicketDocument,
  EndTicketDocument,
  SupportTicketDocument,
  type TicketAfterAnswer,
  type TicketThreadFragment,
  WatchSupportQueueDocument,
} from '../../api/generated';
import { useAction, useAsk, useMoves } from '../../api/hooks';
import { at, words } from '../../format';
import { Link } from '../../router';
import type { PageProps } from '../../routes';
import { Form, Select, TextField } from '../../ui/form';
import { Button, Card, Empty, Loaded, Page, Refusal, Tag } from '../../ui/parts';
import { TICKET_TONES, Thread } from '../../ui/thread';

export default function OperatorTicketPage({ parts: { id = '' } }: PageProps) {
  const moves = useMoves(
    WatchSupportQueueDocument,
    {},
    ({ supportQueueChanged: { ticket } }) => ticket?.id === id,
  );
  const { data, trouble, again } = useAsk(SupportTicketDocument, { id }, moves);
  return (
    <Page
      title={data?.supportTicket?.ticket.subject ?? 'Ticket'}
      lead={<code>{id}</code>}
      actions={<Link to="/operator/support">All that wait</Link>}
    >
      <Loaded value={data} trouble={trouble} again={again} lines={6}>
        {({ supportTicket: found }) =>
          found ? (
            <Card
              title={words(found.ticket.kind)}
              aside={<Tag tone={TICKET_TONES[found.ticket.state]}>{words(found.ticket.state)}</Tag>}
            >
              <p className="small muted">
                {found.accountId ? (
                  <>
                    Of <code>{found.accountId}</code>
                  </>
                ) : (
                  `From ${found.email ?? 'an address that was erased'}`
                )}
                , received {at(found.ticket.receivedAt)}.
                {found.ticket.dueAt && ` To be resolved by ${at(found.ticket.dueAt)}.`}
              </p>
              <Thread messages={found.ticket.messages} isStaff />
              {found.ticket.state !== 'CLOSED' && <Answer of={found.ticket} />}
            </Card>
          ) : (
            <Empty title="There is no such ticket." />
          )
        }
      </Loaded>
    </Page>
  );
}

const NEXT: readonly (readonly [TicketAfterAnswer, string])[] = [
  ['ANSWERED', 'Nothing, unless the customer has more to ask'],
  ['WAITING', 'The customer is to answer'],
  ['CLOSED', 'It is closed'],
];

function Answer({ of: { id, state } }: { readonly of: TicketThreadFragment }) {
  const answer = useAction(AnswerTicketDocument);
  const end = useAction(EndTicketDocument);
  const send = async ({ text = '', then }: Record<string, string>, form: HTMLFormElement) => {
    const input = { ticketId: id, text, then: then as TicketAfterAnswer };
    if (await answer.run({ input })) form.reset();
  };
  return (
    <Form onSend={(values, form) => void send(values, form)}>
      <Refusal of={answer.refusal ?? end.refusal} />
      <TextField
        name="text"
        label="Answer"
        maxLength={2000}
        required
        hint="The customer is told by a notice."
      />
      <Select name="then" label="What is next" options={NEXT} />
      <div className="row">
        <Button kind="main" type="submit" disabled={answer.busy}>
          Send the answer
        </Button>
        {state === 'OPEN' && (
          <Button disabled={end.busy} onClick={() => void end.run({ input: { ticketId: id } })}>
            It needs no answer: close it
          </Button>
        )}
      </div>
    </Form>
  );
}
