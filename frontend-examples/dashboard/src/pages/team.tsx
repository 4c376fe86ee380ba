import { useState } from 'react';
import {
  ChangeRoleDocument,
  InviteMemberDocument,
  type MemberRole,
  RemoveMemberDocument,
  RevokeInvitationDocument,
  TeamDocument,
  type TeamQuery,
} from '../api/generated';
import { useAction, useAsk } from '../api/hooks';
import { at, count, words } from '../format';
import { useSession } from '../session/session';
import { Field, Form, Select } from '../ui/form';
import { Button, Card, Dialog, Empty, Loaded, Moment, Note, Page, Refusal, Table, Tag } from '../ui/parts';

const ROLES: readonly (readonly [MemberRole, string])[] = [
  ['VIEWER', 'Viewer: sees balances, orders and campaigns'],
  ['ANALYST', 'Analyst: sees the ledger and statistics too'],
  ['DEVELOPER', 'Developer: orders, sends, makes keys'],
  ['BILLING', 'Billing: pays and orders'],
  ['ADMIN', 'Administrator: all but the account itself'],
  ['OWNER', 'Owner'],
];

type Account = NonNullable<TeamQuery['viewer']>['account'];
type Person = Account['people']['edges'][number]['node'];

export default function TeamPage() {
  const { viewer } = useSession();
  const team = useAsk(TeamDocument, {});
  const [removing, setRemoving] = useState<Person | null>(null);
  const mayManage = viewer.person?.role === 'OWNER' || viewer.person?.role === 'ADMIN';
  const change = useAction(ChangeRoleDocument);
  const setRole = async (personId: string, role: MemberRole) => {
    await change.run({ input: { personId, role } });
    team.again();
  };
  return (
    <Page title="Team" lead="Everybody with a sign-in of their own, and what each may do.">
      <Loaded value={team.data?.viewer?.account} trouble={team.trouble} again={team.again} lines={5}>
        {(account) => (
          <>
            <Card
              title="People"
              aside={
                <span className="small muted">
                  {count(account.plan.seats.used)} of {count(account.plan.seats.limit)} seats
                </span>
              }
            >
              <Refusal of={change.refusal} />
              <Table
                caption="People of the account"
                rows={account.people.edges.map(({ node }) => node).filter(({ removedAt }) => !removedAt)}
                id={({ id }) => id}
                empty={<Empty title="Nobody is here." />}
                columns={[
                  {
                    name: 'Login',
                    cell: ({ login, id }) => (
                      <>
                        {login ?? 'Erased'} {id === viewer.person?.id && <Tag>you</Tag>}
                      </>
                    ),
                  },
                  {
                    name: 'E-mail',
                    cell: ({ email, emailVerifiedAt }) =>
                      email && (
                        <>
                          {email} {emailVerifiedAt && <Tag tone="good">verified</Tag>}
                        </>
                      ),
                  },
                  {
                    name: 'Role',
                    cell: ({ id, role, login }) =>
                      mayManage && id !== viewer.person?.id && role ? (
                        <select
                          aria-label={`Role of ${login ?? ''}`}
                          value={role}
                          onChange={({ target }) => void setRole(id, target.value as MemberRole)}
                        >
                          {ROLES.map(([one]) => (
                            <option key={one} value={one}>
                              {words(one)}
                            </option>
                          ))}
                        </select>
                      ) : (
                        role && words(role)
                      ),
                  },
                  { name: 'Since', cell: ({ createdAt }) => at(createdAt) },
                  {
                    name: 'Remove',
                    right: true,
                    cell: (person) =>
                      mayManage &&
                      person.id !== viewer.person?.id && (
                        <Button
                          kind="plain"
                          aria-label={`Remove ${person.login ?? ''}`}
                          onClick={() => setRemoving(person)}
                        >
                          Remove …
                        </Button>
                      ),
                  },
                ]}
              />
            </Card>
            {mayManage && <Invitations account={account} again={team.again} />}
          </>
        )}
      </Loaded>
      {removing && (
        <RemoveDialog
          person={removing}
          close={() => {
            setRemoving(null);
            team.again();
          }}
        />
      )}
    </Page>
  );
}

function RemoveDialog({ person, close }: { readonly person: Person; readonly close: () => void }) {
  const remove = useAction(RemoveMemberDocument);
  const send = async (keepApiKeys: boolean) => {
    if (await remove.run({ input: { personId: person.id, keepApiKeys } })) close();
  };
  return (
    <Dialog title={`Remove ${person.login ?? 'this person'}?`} close={close}>
      <p className="muted">All their sessions end at once.</p>
      <Refusal of={remove.refusal} />
      <div className="row">
        <Button kind="grave" disabled={remove.busy} onClick={() => void send(false)}>
          Remove, and end their API keys
        </Button>
        <Button disabled={remove.busy} onClick={() => void send(true)}>
          Remove, and keep the keys
        </Button>
        <Button onClick={close}>Cancel</Button>
      </div>
    </Dialog>
  );
}

function Invitations({ account, again }: { readonly account: Account; readonly again: () => void }) {
  const invite = useAction(InviteMemberDocument);
  const revoke = useAction(RevokeInvitationDocument);
  const [token, setToken] = useState<string | null>(null);
  const send = async ({ role = 'VIEWER', email }: Record<string, string>, form: HTMLFormElement) => {
    const made = await invite.run({ input: { role: role as MemberRole, email: email || null } });
    if (made?.__typename !== 'MemberInvited') return;
    setToken(made.token);
    form.reset();
    again();
  };
  return (
    <Card title="Invitations">
      <Refusal of={invite.refusal ?? revoke.refusal} />
      {token && (
        <Note>
          Give them this token; it is shown once. They join at <code>/dashboard/join</code>.{' '}
          <code>{token}</code>
        </Note>
      )}
      <Table
        caption="Open invitations"
        rows={account.invitations.edges.map(({ node }) => node)}
        id={({ id }) => id}
        empty={<Empty title="Nobody is invited." />}
        columns={[
          { name: 'To', cell: ({ email }) => email ?? 'whoever has the token' },
          { name: 'Role', cell: ({ role }) => words(role) },
          { name: 'Ends', cell: ({ expiresAt }) => <Moment of={expiresAt} /> },
          {
            name: 'Revoke',
            right: true,
            cell: ({ id }) => (
              <Button kind="plain" onClick={() => void revoke.run({ input: { id } }).then(again)}>
                Revoke
              </Button>
            ),
          },
        ]}
      />
      <Form onSend={(values, form) => void send(values, form)}>
        <div className="grid">
          <Select name="role" label="Role" options={ROLES} />
          <Field
            name="email"
            type="email"
            label="E-mail address"
            hint="Empty: you get a token to hand over."
          />
        </div>
        <div>
          <Button type="submit" disabled={invite.busy}>
            Invite
          </Button>
        </div>
      </Form>
    </Card>
  );
}
