import { useState } from 'react';
import {
  DecideSenderDocument,
  SenderReviewsDocument,
  type SenderReviewsQuery,
  type SenderRefusalReason,
  ViewDocumentDocument,
} from '../../api/generated';
import { useAction, useAsk } from '../../api/hooks';
import { at, bytes, count, words } from '../../format';
import { countryName } from '../../ui/countries';
import { Field, Form, Select, Tick } from '../../ui/form';
import { Button, Card, Dialog, Empty, Loaded, Moment, Page, Refusal, Table, Tag } from '../../ui/parts';
import { useQueue } from '../../ui/queues';

type Review = SenderReviewsQuery['senderReviews']['edges'][number]['node'];

export default function SendersPage() {
  const moves = useQueue('SENDER_REVIEWS');
  const reviews = useAsk(SenderReviewsDocument, {}, moves);
  const [open, setOpen] = useState<Review | null>(null);
  const close = () => {
    setOpen(null);
    reviews.again();
  };
  return (
    <Page title="Sender IDs" lead="What waits for a decision, the longest waiting first.">
      <Card title="Waiting">
        <Loaded value={reviews.data?.senderReviews.edges} trouble={reviews.trouble} again={reviews.again}>
          {(edges) => (
            <Table
              caption="Applications"
              rows={edges.map(({ node }) => node)}
              id={({ submissionId }) => submissionId}
              empty={<Empty title="Nothing waits." />}
              columns={[
                { name: 'Name', cell: ({ sender }) => <strong>{sender.name}</strong> },
                { name: 'Account', cell: ({ accountId }) => <code>{accountId}</code> },
                {
                  name: 'For',
                  cell: ({ sender }) => sender.countries.map(({ country }) => country).join(', '),
                },
                {
                  name: 'Waits since',
                  cell: ({ sender }) => sender.submittedAt && <Moment of={sender.submittedAt} />,
                },
                {
                  name: 'Others with it',
                  right: true,
                  cell: ({ otherAccounts }) =>
                    otherAccounts ? <Tag tone="warn">{count(otherAccounts)}</Tag> : '0',
                },
                {
                  name: 'Review',
                  right: true,
                  cell: (one) => (
                    <Button onClick={() => setOpen(one)} aria-label={`Review ${one.sender.name ?? ''}`}>
                      Review
                    </Button>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      {open && <ReviewDialog of={open} close={close} />}
    </Page>
  );
}

const REASONS: readonly SenderRefusalReason[] = [
  'DOCUMENTS_UNREADABLE',
  'DOCUMENTS_DO_NOT_MATCH',
  'NAME_NOT_YOURS',
  'NAME_MISLEADING',
  'COUNTRY_NOT_SERVED',
  'OTHER',
];

function ReviewDialog({
  of: { sender, submissionId, accountId },
  close,
}: {
  readonly of: Review;
  readonly close: () => void;
}) {
  const view = useAction(ViewDocumentDocument);
  const decide = useAction(DecideSenderDocument);
  const [accepts, setAccepts] = useState(true);
  const look = async (documentId: string) => {
    const shown = await view.run({ input: { documentId } });
    if (shown?.__typename === 'SenderDocumentView') open(shown.url, '_blank', 'noopener');
  };
  const send = async (values: Record<string, string>) => {
    const countries = accepts
      ? sender.countries.map(({ country }) => country).filter((country) => values[country] === 'on')
      : [];
    const input = {
      senderId: sender.id,
      submissionId,
      decision: accepts ? 'ACCEPT' : 'REFUSE',
      countries,
      reasonCode: accepts ? null : (values.reason as SenderRefusalReason),
      note: values.note || null,
    } as const;
    if (await decide.run({ input })) close();
  };
  return (
    <Dialog title={`${sender.name ?? 'Sender'}, ${words(sender.kind).toLowerCase()}`} close={close}>
      <p className="small muted">
        Of <code>{accountId}</code>
        {sender.submittedAt && `, submitted ${at(sender.submittedAt)}`}
      </p>
      <Refusal of={view.refusal ?? decide.refusal} />
      <ul>
        {sender.documents.map(({ id, kind, contentType, sizeBytes }) => (
          <li key={id}>
            <Button kind="plain" onClick={() => void look(id)}>
              {words(kind)}
            </Button>{' '}
            <span className="small muted">
              {contentType}, {bytes(sizeBytes)}
            </span>
          </li>
        ))}
      </ul>
      <Form onSend={(values) => void send(values)}>
        <Select
          label="Decision"
          value={accepts ? 'yes' : 'no'}
          onChange={({ target }) => setAccepts(target.value === 'yes')}
          options={[
            ['yes', 'Accept it'],
            ['no', 'Refuse it'],
          ]}
        />
        {accepts ? (
          <fieldset>
            <legend>In</legend>
            {sender.countries.map(({ country }) => (
              <Tick key={country} name={country} defaultChecked label={countryName(country)} />
            ))}
          </fieldset>
        ) : (
          <Select name="reason" label="Because" options={REASONS.map((one) => [one, words(one)])} />
        )}
        <Field name="note" label="What the customer is told beside" maxLength={500} />
        <div className="row">
          <Button kind="main" type="submit" disabled={decide.busy}>
            Decide
          </Button>
          <Button onClick={close}>Not now</Button>
        </div>
      </Form>
    </Dialog>
  );
}
