import { useState } from 'react';
import {
  PrivacyCentreDocument,
  type PrivacyCentreQuery,
  RaiseConcernDocument,
  RequestRectificationDocument,
  type RequestLineFragment,
  WatchRequestsDocument,
  WithdrawRequestDocument,
} from '../api/generated';
import { useAction, useAsk, useFeed } from '../api/hooks';
import { at, day, policyLanguage, words } from '../format';
import { useSession } from '../session/session';
import { Form, Select, TextField } from '../ui/form';
import { placed } from '../ui/lists';
import { Button, Card, Empty, Loaded, Moment, Note, Page, Refusal, Table, Tag } from '../ui/parts';
import { REQUEST_TONES } from '../ui/requests';
import { Exports } from './privacy-exports';
import { Readers } from './privacy-access';
import { Leaving } from './privacy-leaving';
import { Restrictions, Consents } from './privacy-processing';

type Centre = PrivacyCentreQuery;

type Account = NonNullable<Centre['viewer']>['account'];

export default function PrivacyPage() {
  const { viewer } = useSession();
  const isOwner = viewer.person?.role === 'OWNER';
  return (
    <Page title="Privacy" lead="What is held of you and why, what you can ask, and where each request is.">
      <Exports isOwner={isOwner} />
      {isOwner ? (
        <Owned />
      ) : (
        !viewer.staff && <Note>What the account’s owner can ask for the account is shown to the owner.</Note>
      )}
    </Page>
  );
}

function Owned() {
  const centre = useAsk(PrivacyCentreDocument, { language: policyLanguage });
  return (
    <>
      <Requests />
      <Loaded value={centre.data} trouble={centre.trouble} again={centre.again} lines={8}>
        {(found) =>
          found.viewer && (
            <>
              <div className="grid wide">
                <Restrictions account={found.viewer.account} again={centre.again} />
                <Consents
                  purposes={found.purposesWithConsent}
                  account={found.viewer.account}
                  again={centre.again}
                />
              </div>
              <Readers />
              <Disclosed account={found.viewer.account} />
              <Clauses policy={found.policy} />
            </>
          )
        }
      </Loaded>
      <Leaving />
    </>
  );
}

const OPEN = new Set<RequestLineFragment['state']>(['UNVERIFIED', 'RECEIVED', 'IN_PROGRESS', 'HELD']);

function Requests() {
  const { state, trouble } = useFeed(
    WatchRequestsDocument,
    {},
    (before: readonly RequestLineFragment[] | null, { privacyRequestChanged: update }) =>
      update.request ? placed(before ?? [], update.request) : update.newest,
  );
  const rectify = useAction(RequestRectificationDocument);
  const concern = useAction(RaiseConcernDocument);
  const withdraw = useAction(WithdrawRequestDocument);
  const send = async ({ kind, text = '' }: Record<string, string>, form: HTMLFormElement) => {
    const done =
      kind === 'CONCERN' ? await concern.run({ input: { text } }) : await rectify.run({ input: { text } });
    if (done) form.reset();
  };
  return (
    <Card title="Your requests">
      <Refusal of={withdraw.refusal} />
      <Loaded value={state} trouble={trouble}>
        {(found) => (
          <Table
            caption="Requests about your data"
            rows={found}
            id={({ id }) => id}
            empty={<Empty title="You asked for nothing yet.">Each request is answered within a month.</Empty>}
            columns={[
              {
                name: 'What',
                cell: ({ kind, text }) => (
                  <>
                    {words(kind)} {text && <span className="small muted">{text}</span>}
                  </>
                ),
              },
              { name: 'Received', cell: ({ receivedAt }) => at(receivedAt) },
              {
                name: 'Due',
                cell: ({ dueAt, state: now }) =>
                  OPEN.has(now) ? <Moment of={dueAt} /> : <span className="muted">{day(dueAt)}</span>,
              },
              {
                name: 'State',
                cell: ({ state: now, answer, ground }) => (
                  <>
                    <Tag tone={REQUEST_TONES[now]}>{words(now)}</Tag> {ground && words(ground)}{' '}
                    {answer && <span className="small">“{answer}”</span>}
                  </>
                ),
              },
              {
                name: 'Withdraw',
                right: true,
                cell: ({ id, state: now, kind }) =>
                  OPEN.has(now) && (
                    <Button
                      kind="plain"
                      aria-label={`Withdraw the request: ${words(kind)}`}
                      onClick={() => void withdraw.run({ input: { requestId: id } })}
                    >
                      Withdraw
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      <Form onSend={(values, form) => void send(values, form)}>
        <h3>Ask for something</h3>
        <Refusal of={rectify.refusal ?? concern.refusal} />
        <Select
          name="kind"
          label="What"
          options={[
            ['RECTIFICATION', 'Correct what I cannot correct myself'],
            ['CONCERN', 'Look at a concern of mine'],
          ]}
        />
        <TextField
          name="text"
          label="In your words"
          maxLength={2000}
          required
          hint="Kept encrypted; read only by those who answer."
        />
        <div>
          <Button type="submit" disabled={rectify.busy || concern.busy}>
            Send it
          </Button>
        </div>
      </Form>
    </Card>
  );
}

function Disclosed({ account }: { readonly account: Account }) {
  return (
    <Card title="Who got data of yours">
      <Table
        caption="Disclosures"
        rows={account.disclosures.edges.map(({ node }) => node)}
        id={({ id }) => id}
        empty={<Empty title="Nobody." />}
        columns={[
          { name: 'Who', cell: ({ recipient, recipientClass }) => recipient ?? words(recipientClass) },
          { name: 'Why', cell: ({ ground }) => words(ground) },
          { name: 'What', cell: ({ categories }) => categories.map(words).join(', ') },
          { name: 'When', cell: ({ disclosedAt }) => at(disclosedAt) },
        ]}
      />
    </Card>
  );
}

const SHOWN = 12;

function Clauses({ policy }: { readonly policy: Centre['policy'] }) {
  const [all, setAll] = useState(false);
  if (!policy) return null;
  return (
    <Card
      title="What is done, and by which clause"
      aside={
        <span className="small muted">
          Version {policy.version}, since {day(policy.effectiveAt)}. <a href="/policy">The whole text</a>
        </span>
      }
    >
      <Table
        caption="Clauses of the policy"
        rows={all ? policy.clauses : policy.clauses.slice(0, SHOWN)}
        id={({ id }) => id}
        empty={<Empty title="The policy has no clauses." />}
        columns={[
          { name: 'Clause', cell: ({ title }) => title },
          { name: 'Value', cell: ({ value }) => value },
          {
            name: 'Kept',
            cell: ({ state }) => <Tag tone={state === 'NOT_YET' ? 'warn' : 'good'}>{words(state)}</Tag>,
          },
        ]}
      />
      {!all && policy.clauses.length > SHOWN && (
        <div>
          <Button onClick={() => setAll(true)}>Show all {policy.clauses.length}</Button>
        </div>
      )}
    </Card>
  );
}
