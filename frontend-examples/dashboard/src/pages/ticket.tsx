import {
  CloseTicketDocument,
  ReplyToTicketDocument,
  type TicketThreadFragment,
  WatchTicketDocument,
} from '../api/generated';
import { useAction, useFeed } from '../api/hooks';
import { at, words } from '../format';
import { Link } from '../router';
import type { PageProps } from '../routes';
import { Form, TextField } from '../ui/form';
import { Button, Card, Loaded, Page, Refusal, Tag } from '../ui/parts';
import { Thread, TICKET_TONES } from '../ui/thread';
import { TICKET_WORDS } from './support';

export default function TicketPage({ parts: { id = '' } }: PageProps) {
  const { state, trouble } = useFeed(
    WatchTicketDocument,
    { id },
    (before: TicketThreadFragment | null, { ticketChanged: update }) => update.ticket ?? before,
  );
  return (
    <Page
      title={state?.subject ?? 'Ticket'}
      lead={
        state && (
          <>
            {words(state.kind)} <code>{state.id}</code>, received {at(state.receivedAt)}.
            {state.dueAt && ` To be resolved by ${at(state.dueAt)}.`}
          </>
        )
      }
      actions={<Link to="/support">All tickets</Link>}
    >
      <Loaded value={state} trouble={trouble} lines={6}>
        {(ticket) => (
          <Card
            title="Messages"
            aside={<Tag tone={TICKET_TONES[ticket.state]}>{TICKET_WORDS[ticket.state]}</Tag>}
          >
            <Thread messages={ticket.messages} />
            <Answer of={ticket} />
          </Card>
        )}
      </Loaded>
    </Page>
  );
}

function Answer({ of: { id, state } }: { readonly of: TicketThreadFragment }) {
  const reply = useAction(ReplyToTicketDocument);
  const close = useAction(CloseTicketDocument);
  const send = async ({ text = '' }: Record<string, string>, form: HTMLFormElement) => {
    if (await reply.run({ input: { ticketId: id, text } })) form.reset();
  };
  return (
    <Form onSend={(values, form) => void send(values, form)}>
      <Refusal of={reply.refusal ?? close.refusal} />
      <TextField
        name="text"
        label={state === 'CLOSED' ? 'Something to add, which opens it again' : 'Your answer'}
        maxLength={2000}
        required
      />
      <div className="row">
        <Button kind="main" type="submit" disabled={reply.busy}>
          Send it
        </Button>
        {state !== 'CLOSED' && (
          <Button disabled={close.busy} onClick={() => void close.run({ input: { ticketId: id } })}>
            It is settled: close it
          </Button>
        )}
      </div>
    </Form>
  );
}
