import { useState } from 'react';
import {
  ClassifyComplaintDocument,
  type ComplaintRejectionReason,
  type ComplaintStatus,
  ComplaintsDocument,
  type ComplaintsQuery,
  DecideComplaintDocument,
} from '../../api/generated';
import { useAction, useAsk, useIntention } from '../../api/hooks';
import { at, count, words } from '../../format';
import { Countdown } from '../../ui/countdown';
import { Form, Select, Tick } from '../../ui/form';
import { Button, Card, Dialog, Empty, Loaded, Moment, Note, Page, Refusal, Table } from '../../ui/parts';
import { useQueue } from '../../ui/queues';

type Case = ComplaintsQuery['complaints']['edges'][number]['node'];
const WAITING: readonly ComplaintStatus[] = ['RECEIVED', 'AWAITING_PROOF', 'PROOF_SUBMITTED', 'APPEALED'];

export default function ComplaintsPage() {
  const [state, setState] = useState<ComplaintStatus>('RECEIVED');
  const moves = useQueue('COMPLAINTS');
  const cases = useAsk(ComplaintsDocument, { state }, moves);
  const [open, setOpen] = useState<Case | null>(null);
  const close = () => {
    setOpen(null);
    cases.again();
  };
  return (
    <Page
      title="Complaints"
      lead="The customer has 48 hours to prove consent; a proof stops the clock until somebody of the company decides."
    >
      <Card
        title={words(state)}
        aside={
          <div className="tabs" role="group" aria-label="Complaints that are">
            {WAITING.map((one) => (
              <Button key={one} aria-pressed={one === state} onClick={() => setState(one)}>
                {words(one)}
              </Button>
            ))}
          </div>
        }
      >
        <Loaded value={cases.data?.complaints.edges} trouble={cases.trouble} again={cases.again}>
          {(edges) => (
            <Table
              caption="Complaints, what is late first"
              rows={edges.map(({ node }) => node)}
              id={({ complaint }) => complaint.id}
              empty={<Empty title="None is in this state." />}
              columns={[
                {
                  name: 'Clock',
                  cell: ({ lateAt }) => <Countdown to={lateAt} soonHours={12} />,
                },
                { name: 'About', cell: ({ complaint }) => words(complaint.category) },
                { name: 'Account', cell: ({ accountId }) => <code>{accountId}</code> },
                { name: 'By', cell: ({ complaint }) => words(complaint.source) },
                { name: 'Reports', right: true, cell: ({ complaint }) => count(complaint.reportCount) },
                { name: 'Received', cell: ({ complaint }) => at(complaint.receivedAt) },
                {
                  name: 'Work',
                  right: true,
                  cell: (one) => (
                    <Button
                      onClick={() => setOpen(one)}
                      aria-label={`Open the complaint about ${one.accountId}`}
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

function CaseDialog({
  of: { complaint, masked, lateAt },
  close,
}: {
  readonly of: Case;
  readonly close: () => void;
}) {
  return (
    <Dialog title={`${words(complaint.category)}: ${words(complaint.status).toLowerCase()}`} close={close}>
      <p className="muted">
        Received {at(complaint.receivedAt)}. Late <Moment of={lateAt} />.
      </p>
      {masked && <Note>What people wrote is shown only to {masked.readableBy.map(words).join(', ')}.</Note>}
      {complaint.reports.map(({ text, complainant, reportedAt }, index) => (
        <p key={index}>
          {text ?? 'No text.'}{' '}
          <span className="small muted">
            {complainant}, {at(reportedAt)}
          </span>
        </p>
      ))}
      {complaint.evidence.map(({ kind, text, consentedAt }, index) => (
        <Note key={index}>
          <strong>{words(kind)}</strong> {text} {consentedAt && at(consentedAt)}
        </Note>
      ))}
      {complaint.appeal && <Note tone="warn">{complaint.appeal}</Note>}
      {complaint.status === 'RECEIVED' && <Classify of={complaint} close={close} />}
      {(complaint.status === 'PROOF_SUBMITTED' || complaint.status === 'APPEALED') && (
        <Decide of={complaint} close={close} />
      )}
      <div>
        <Button onClick={close}>Not now</Button>
      </div>
    </Dialog>
  );
}

interface WorkProps {
  readonly of: Case['complaint'];
  readonly close: () => void;
}

function Classify({ of, close }: WorkProps) {
  const classify = useAction(ClassifyComplaintDocument);
  const send = async ({ unsolicited, bulk, founded }: Record<string, string>) => {
    const finding =
      of.category === 'SPAM'
        ? { unsolicited: unsolicited === 'on', bulk: bulk === 'on' }
        : { founded: founded === 'on' };
    if (await classify.run({ input: { caseId: of.id, finding } })) close();
  };
  return (
    <Form onSend={(values) => void send(values)}>
      <Refusal of={classify.refusal} />
      {of.category === 'SPAM' ? (
        <>
          <Tick name="unsolicited" label="The recipients gave no explicit permission" />
          <Tick name="bulk" label="The same content went to several addresses" />
        </>
      ) : (
        <Tick name="founded" label="The message is what the complaint says" />
      )}
      <div>
        <Button kind="main" type="submit" disabled={classify.busy}>
          That is what I found
        </Button>
      </div>
    </Form>
  );
}

const REASONS: readonly ComplaintRejectionReason[] = [
  'CONSENT_NOT_SHOWN',
  'CONSENT_OF_ANOTHER',
  'LIST_NOT_OWN',
  'CONTENT_UNLAWFUL',
  'RIGHTS_INFRINGED',
  'NOTHING_NEW',
  'OTHER',
];

function Decide({ of, close }: WorkProps) {
  const intention = useIntention();
  const decide = useAction(DecideComplaintDocument, intention.done);
  const [accepts, setAccepts] = useState(true);
  const send = async ({ reason }: Record<string, string>) => {
    const input = {
      caseId: of.id,
      verdict: accepts ? 'ACCEPT' : 'REJECT',
      reason: accepts ? null : (reason as ComplaintRejectionReason),
      idempotencyKey: intention.key,
    } as const;
    if (await decide.run({ input })) close();
  };
  return (
    <Form onSend={(values) => void send(values)}>
      <Refusal of={decide.refusal} />
      <Select
        label="The proof"
        value={accepts ? 'yes' : 'no'}
        onChange={({ target }) => setAccepts(target.value === 'yes')}
        options={[
          ['yes', 'convinces: sending goes on'],
          ['no', 'does not convince: the account is closed for ever'],
        ]}
      />
      {!accepts && <Select name="reason" label="Because" options={REASONS.map((one) => [one, words(one)])} />}
      <div>
        <Button kind={accepts ? 'main' : 'grave'} type="submit" disabled={decide.busy}>
          Decide
        </Button>
      </div>
    </Form>
  );
}
