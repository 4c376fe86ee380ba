import { useState } from 'react';
import {
  BeginRequestDocument,
  ExtendRequestDocument,
  FulfilRequestDocument,
  type PrivacyExtensionReason,
  PrivacyQueueDocument,
  type PrivacyQueueQuery,
  type RefusalGround,
  RefuseRequestDocument,
  type ShownIdentityProof,
  VerifyRequestDocument,
} from '../../api/generated';
import { useAction, useAsk } from '../../api/hooks';
import { at, words } from '../../format';
import { Form, Select, TextField } from '../../ui/form';
import { Button, Card, Dialog, Empty, Loaded, Moment, Page, Refusal, Table, Tag } from '../../ui/parts';
import { useQueue } from '../../ui/queues';
import { REQUEST_TONES } from '../../ui/requests';

type Case = PrivacyQueueQuery['privacyRequests']['edges'][number]['node'];

export default function RequestsPage() {
  const moves = useQueue('PRIVACY_REQUESTS');
  const queue = useAsk(PrivacyQueueDocument, {}, moves);
  const [open, setOpen] = useState<Case | null>(null);
  const close = () => {
    setOpen(null);
    queue.again();
  };
  return (
    <Page title="Privacy requests" lead="What is open, by its due date; what nobody proved yet comes last.">
      <Card title="Open">
        <Loaded
          value={queue.data?.privacyRequests.edges}
          trouble={queue.trouble}
          again={queue.again}
          lines={5}
        >
          {(edges) => (
            <Table
              caption="Open requests by due date"
              rows={edges.map(({ node }) => node)}
              id={({ request }) => request.id}
              empty={<Empty title="Nothing is open." />}
              columns={[
                {
                  name: 'Due',
                  cell: ({ request, overdue }) => (
                    <>
                      <Moment of={request.dueAt} /> {overdue && <Tag tone="bad">Overdue</Tag>}
                    </>
                  ),
                },
                { name: 'What', cell: ({ request }) => words(request.kind) },
                { name: 'Account', cell: ({ accountId }) => <code>{accountId}</code> },
                {
                  name: 'State',
                  cell: ({ request }) => (
                    <Tag tone={REQUEST_TONES[request.state]}>{words(request.state)}</Tag>
                  ),
                },
                { name: 'Received', cell: ({ request }) => at(request.receivedAt) },
                {
                  name: 'Work',
                  right: true,
                  cell: (one) => (
                    <Button
                      onClick={() => setOpen(one)}
                      aria-label={`Open: ${words(one.request.kind)} of ${one.accountId}`}
                    >
                      Open
                    </Button>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      {open && <CaseDialog of={open} close={close} />}
    </Page>
  );
}

const PROOFS: readonly ShownIdentityProof[] = ['CODE_TO_ADDRESS', 'CALL_BACK', 'DOCUMENT'];
const GROUNDS: readonly RefusalGround[] = [
  'NOT_IDENTIFIED',
  'MANIFESTLY_UNFOUNDED',
  'EXCESSIVE',
  'RIGHTS_OF_OTHERS',
  'DATA_ACCURATE',
  'FREE_EXPRESSION',
  'LEGAL_OBLIGATION',
  'LEGAL_CLAIMS',
  'COMPELLING_GROUNDS',
  'NO_CASE_OF_RESTRICTION',
];
const named = <T extends string>(codes: readonly T[]) => codes.map((code) => [code, words(code)] as const);
const EXTENSIONS: readonly PrivacyExtensionReason[] = ['COMPLEXITY', 'NUMBER_OF_REQUESTS'];

function CaseDialog({
  of: { request, accountId },
  close,
}: {
  readonly of: Case;
  readonly close: () => void;
}) {
  const verify = useAction(VerifyRequestDocument);
  const begin = useAction(BeginRequestDocument);
  const extend = useAction(ExtendRequestDocument);
  const fulfil = useAction(FulfilRequestDocument);
  const refuse = useAction(RefuseRequestDocument);
  const refusal = verify.refusal ?? begin.refusal ?? extend.refusal ?? fulfil.refusal ?? refuse.refusal;
  const requestId = request.id;
  const done = (value: unknown) => {
    if (value) close();
  };
  const decide = async ({ outcome, ground, answer }: Record<string, string>) =>
    outcome === 'REFUSE'
      ? done(
          await refuse.run({ input: { requestId, ground: ground as RefusalGround, answer: answer ?? '' } }),
        )
      : done(
          await fulfil.run({
            input: {
              requestId,
              ground: outcome === 'PART' ? (ground as RefusalGround) : null,
              answer: answer || null,
            },
          }),
        );
  const [outcome, setOutcome] = useState('FULFIL');
  return (
    <Dialog title={`${words(request.kind)}, due ${at(request.dueAt)}`} close={close}>
      <p className="small muted">
        Of <code>{accountId}</code>, received {at(request.receivedAt)} by{' '}
        {words(request.source).toLowerCase()}.
        {request.purposes.length > 0 && ` For ${request.purposes.map(words).join(', ')}.`}
      </p>
      {request.text && <p>{request.text}</p>}
      <Refusal of={refusal} />
      {request.state === 'UNVERIFIED' ? (
        <Form
          onSend={({ proof }) =>
            void verify.run({ input: { requestId, proof: proof as ShownIdentityProof } }).then(done)
          }
        >
          <Select name="proof" label="They showed who they are by" options={named(PROOFS)} />
          <div className="row">
            <Button kind="main" type="submit" disabled={verify.busy}>
              It is them
            </Button>
            <Button onClick={close}>Close</Button>
          </div>
        </Form>
      ) : (
        <>
          <div className="row">
            {(request.state === 'RECEIVED' || request.state === 'HELD') && (
              <Button onClick={() => void begin.run({ input: { requestId } }).then(done)}>Begin</Button>
            )}
            {!request.extendedAt &&
              EXTENSIONS.map((reason) => (
                <Button
                  key={reason}
                  kind="plain"
                  onClick={() => void extend.run({ input: { requestId, reason } }).then(done)}
                >
                  Extend: {words(reason).toLowerCase()}
                </Button>
              ))}
          </div>
          <Form onSend={(values) => void decide(values)}>
            <Select
              name="outcome"
              label="Outcome"
              value={outcome}
              onChange={({ target }) => setOutcome(target.value)}
              options={[
                ['FULFIL', 'It is done'],
                ['PART', 'It is done in part'],
                ['REFUSE', 'It is refused'],
              ]}
            />
            {outcome !== 'FULFIL' && (
              <Select name="ground" label="On the ground of" options={named(GROUNDS)} />
            )}
            <TextField
              name="answer"
              label="What the customer is told"
              maxLength={500}
              required={outcome === 'REFUSE'}
            />
            <div className="row">
              <Button kind="main" type="submit" disabled={fulfil.busy || refuse.busy}>
                Close the case
              </Button>
              <Button onClick={close}>Not now</Button>
            </div>
          </Form>
        </>
      )}
    </Dialog>
  );
}
