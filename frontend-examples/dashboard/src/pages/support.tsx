import { useState } from 'react';
import {
  OpenTicketDocument,
  ReportDefectDocument,
  type TicketLineFragment,
  type TicketState,
  WatchTicketsDocument,
} from '../api/generated';
import { useAction, useFeed } from '../api/hooks';
import { at, atSecond, words } from '../format';
import { Link } from '../router';
import { Field, Form, Select, TextField } from '../ui/form';
import { placed } from '../ui/lists';
import { Button, Card, Empty, Loaded, Moment, Note, Page, Refusal, Table, Tag } from '../ui/parts';
import { TICKET_TONES } from '../ui/thread';

/** The states as the customer sees them. */
export const TICKET_WORDS: Record<TicketState, string> = {
  UNCONFIRMED: 'Unconfirmed',
  OPEN: 'With support',
  ANSWERED: 'Answered',
  WAITING: 'Waits for you',
  CLOSED: 'Closed',
};

export default function SupportPage() {
  const { state, trouble } = useFeed(
    WatchTicketsDocument,
    {},
    (before: readonly TicketLineFragment[] | null, { ticketChanged: update }) =>
      update.ticket ? placed(before ?? [], update.ticket) : update.newest,
  );
  return (
    <Page title="Support" lead="What you asked and reported, with the answers as they come.">
      <Card title="Your tickets">
        <Loaded value={state} trouble={trouble} lines={4}>
          {(found) => (
            <Table
              caption="Tickets, the newest first"
              rows={found}
              id={({ id }) => id}
              empty={
                <Empty title="You asked for nothing yet.">
                  What you write below is read by our staff only, and kept encrypted.
                </Empty>
              }
              columns={[
                {
                  name: 'About',
                  cell: ({ id, subject }) => <Link to={`/support/${id}`}>{subject ?? 'Erased'}</Link>,
                },
                { name: 'Kind', cell: ({ kind }) => words(kind) },
                { name: 'Received', cell: ({ receivedAt }) => at(receivedAt) },
                { name: 'Last change', cell: ({ updatedAt }) => <Moment of={updatedAt} /> },
                {
                  name: 'State',
                  cell: ({ state: now }) => <Tag tone={TICKET_TONES[now]}>{TICKET_WORDS[now]}</Tag>,
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      <Write />
    </Page>
  );
}

function Write() {
  const open = useAction(OpenTicketDocument);
  const report = useAction(ReportDefectDocument);
  const [isDefect, setIsDefect] = useState(false);
  const [receipt, setReceipt] = useState<{ number: string; receivedAt: string } | null>(null);
  const send = async ({ subject = '', text = '' }: Record<string, string>, form: HTMLFormElement) => {
    setReceipt(null);
    open.clear();
    report.clear();
    const input = { subject, text };
    const done = isDefect ? await report.run({ input }) : await open.run({ input });
    if (!done) return;
    form.reset();
    if (done.__typename === 'DefectReported') {
      setReceipt({ number: done.receipt, receivedAt: done.receivedAt });
    }
  };
  return (
    <Card title="Write to support">
      <Form onSend={(values, form) => void send(values, form)}>
        <Refusal of={open.refusal ?? report.refusal} />
        {receipt && (
          <Note>
            Your report was received {atSecond(receipt.receivedAt)}. Its receipt is{' '}
            <code data-receipt="">{receipt.number}</code>
          </Note>
        )}
        <Select
          label="What it is"
          value={isDefect ? 'DEFECT' : 'QUESTION'}
          onChange={({ target }) => setIsDefect(target.value === 'DEFECT')}
          options={[
            ['QUESTION', 'A question, or anything else'],
            ['DEFECT', 'A defect of the service: you get a receipt'],
          ]}
        />
        <Field name="subject" label="Subject" maxLength={120} autoComplete="off" required />
        <TextField
          name="text"
          label="What you write"
          maxLength={2000}
          required
          hint="Up to 2,000 characters. No card numbers and no passwords: nobody of us asks for them."
        />
        <div>
          <Button kind="main" type="submit" disabled={open.busy || report.busy}>
            Send it
          </Button>
        </div>
      </Form>
    </Card>
  );
}
