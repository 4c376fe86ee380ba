import { useState } from 'react';
import {
  ChangePasswordDocument,
  ResendEmailCodeDocument,
  RevokeSessionDocument,
  SessionsDocument,
  SetEmailDocument,
  VerifyEmailDocument,
} from '../api/generated';
import { useAction, useAsk } from '../api/hooks';
import { at } from '../format';
import { useSession } from '../session/session';
import { Field, Form } from '../ui/form';
import { Button, Card, Empty, Loaded, Moment, Note, Page, Refusal, Table, Tag } from '../ui/parts';
import { Authenticator, Passkeys } from './second-factors';

export default function SecurityPage() {
  return (
    <Page title="Sign-in and sessions" lead="How you prove who you are, and where you are signed in.">
      <div className="grid wide">
        <Authenticator />
        <Passkeys />
        <Email />
        <Password />
      </div>
      <Sessions />
    </Page>
  );
}

function Email() {
  const { viewer, again } = useSession();
  const set = useAction(SetEmailDocument);
  const resend = useAction(ResendEmailCodeDocument);
  const verify = useAction(VerifyEmailDocument);
  const { pendingEmail, person } = viewer;
  return (
    <Card title="E-mail address" aside={person?.emailVerifiedAt && <Tag tone="good">Verified</Tag>}>
      <p className="muted">{person?.email ?? 'None yet.'}</p>
      {pendingEmail && (
        <Form
          onSend={({ code = '' }) => void verify.run({ input: { code } }).then((done) => done && again())}
        >
          <Refusal of={verify.refusal ?? resend.refusal} />
          <Field
            name="code"
            label={`Code that was sent to ${pendingEmail}`}
            autoComplete="one-time-code"
            required
          />
          <div className="row">
            <Button kind="main" type="submit" disabled={verify.busy}>
              Verify
            </Button>
            <Button onClick={() => void resend.run({})} disabled={resend.busy}>
              Send it again
            </Button>
          </div>
        </Form>
      )}
      <Form onSend={({ email = '' }) => void set.run({ input: { email } }).then((done) => done && again())}>
        <Refusal of={set.refusal} />
        <Field name="email" type="email" label="New address" autoComplete="email" required />
        <div>
          <Button type="submit" disabled={set.busy}>
            Send a code there
          </Button>
        </div>
      </Form>
    </Card>
  );
}

function Password() {
  const { again } = useSession();
  const change = useAction(ChangePasswordDocument);
  const [changed, setChanged] = useState(false);
  const send = async (
    { currentPassword = '', password = '' }: Record<string, string>,
    form: HTMLFormElement,
  ) => {
    const done = await change.run({ input: { currentPassword, password } });
    setChanged(done !== null);
    if (!done) return;
    form.reset();
    again();
  };
  return (
    <Card title="Password">
      <Form onSend={(values, form) => void send(values, form)}>
        <Refusal of={change.refusal} />
        {changed && <Note>It is changed. All other sessions have ended.</Note>}
        <Field
          name="currentPassword"
          type="password"
          label="Present password"
          autoComplete="current-password"
          required
        />
        <Field
          name="password"
          type="password"
          label="New password"
          minLength={12}
          autoComplete="new-password"
          required
        />
        <div>
          <Button type="submit" disabled={change.busy}>
            Change it
          </Button>
        </div>
      </Form>
    </Card>
  );
}

function Sessions() {
  const sessions = useAsk(SessionsDocument, {});
  const revoke = useAction(RevokeSessionDocument);
  return (
    <Card title="Sessions">
      <Refusal of={revoke.refusal} />
      <Loaded
        value={sessions.data?.viewer?.account.sessions.edges}
        trouble={sessions.trouble}
        again={sessions.again}
      >
        {(edges) => (
          <Table
            caption="Sessions that are open"
            rows={edges.map(({ node }) => node).filter(({ revokedAt }) => !revokedAt)}
            id={({ id }) => id}
            empty={<Empty title="None is open." />}
            columns={[
              {
                name: 'Browser',
                cell: ({ userAgent, isCurrent }) => (
                  <>
                    {userAgent?.split(' ').slice(0, 4).join(' ')}{' '}
                    {isCurrent && <Tag tone="good">this one</Tag>}
                  </>
                ),
              },
              { name: 'From', cell: ({ address }) => address },
              { name: 'Since', cell: ({ createdAt }) => at(createdAt) },
              { name: 'Last used', cell: ({ lastUsedAt }) => <Moment of={lastUsedAt} /> },
              {
                name: 'End',
                right: true,
                cell: ({ id, isCurrent }) =>
                  !isCurrent && (
                    <Button
                      kind="plain"
                      onClick={() => void revoke.run({ input: { id } }).then(sessions.again)}
                    >
                      End it
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
