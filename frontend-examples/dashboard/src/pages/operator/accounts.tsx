import { useState } from 'react';
import {
  type AccountStatus,
  AccountsDocument,
  type AccountsQuery,
  SuspendAccountDocument,
  type SuspensionReason,
  UnsuspendAccountDocument,
} from '../../api/generated';
import { useAction } from '../../api/hooks';
import { usePages } from '../../api/pages';
import { at, words } from '../../format';
import { useFresh } from '../../ui/fresh';
import { Field, Form, Select } from '../../ui/form';
import {
  Button,
  Card,
  Dialog,
  Empty,
  Loaded,
  Note,
  Page,
  Refusal,
  Table,
  Tag,
  type Tone,
} from '../../ui/parts';

type Account = AccountsQuery['accounts']['edges'][number]['node'];

const TONES: Record<AccountStatus, Tone | undefined> = {
  ACTIVE: 'good',
  DISABLED: 'warn',
  DEACTIVATED: 'warn',
  SUSPENDED: 'bad',
  CLOSED: undefined,
};
const STATES = Object.keys(TONES) as AccountStatus[];

export default function AccountsPage() {
  const [status, setStatus] = useState<AccountStatus | ''>('');
  const [beginning, setBeginning] = useState('');
  const { rows, trouble, again, more } = usePages(
    AccountsDocument,
    { status: status || null, beginning: beginning || null },
    ({ accounts }) => accounts,
  );
  const unsuspend = useAction(UnsuspendAccountDocument);
  const [suspending, setSuspending] = useState<Account | null>(null);
  const [said, setSaid] = useState<string | null>(null);
  useFresh(again);
  const reactivate = async ({ id }: Account) => {
    setSaid(null);
    if (!(await unsuspend.run({ input: { accountId: id } }))) return;
    setSaid(`${id} is active again.`);
    again();
  };
  return (
    <Page
      title="Accounts"
      lead="By number only, with nothing of anybody. A suspended account can sign in and read; nothing is sent, and nothing is charged. Its people are told."
    >
      <Card
        title="Customers, the newest first"
        aside={
          <Form onSend={({ search = '' }) => setBeginning(search.toLowerCase())}>
            <div className="row">
              <Select
                label="In state"
                value={status}
                onChange={({ target }) => setStatus(target.value as AccountStatus | '')}
                options={[['', 'Any'], ...STATES.map((one) => [one, words(one)] as const)]}
              />
              <Field
                name="search"
                label="Number begins with"
                placeholder="acc_01k…"
                pattern="acc_[0-9A-Za-z]*"
                title="acc_ and the first letters and digits"
                autoComplete="off"
              />
              <Button type="submit">Search</Button>
            </div>
          </Form>
        }
      >
        <Refusal of={unsuspend.refusal} />
        <div role="status">{said && <Note>{said}</Note>}</div>
        <Loaded value={rows} trouble={trouble} again={again} lines={6}>
          {(found) => (
            <>
              <Table
                caption="Accounts of customers"
                rows={found}
                id={({ id }) => id}
                empty={<Empty title="No account is like that." />}
                columns={[
                  { name: 'Account', cell: ({ id }) => <code>{id}</code> },
                  { name: 'Opened', cell: ({ openedAt }) => at(openedAt) },
                  {
                    name: 'State',
                    cell: ({ status: now, statusReason }) => (
                      <>
                        <Tag tone={TONES[now]}>{words(now)}</Tag>{' '}
                        {statusReason && <span className="small muted">{words(statusReason)}</span>}
                      </>
                    ),
                  },
                  { name: 'Since', cell: ({ statusSince }) => statusSince && at(statusSince) },
                  {
                    name: 'Change',
                    right: true,
                    cell: (one) =>
                      one.status === 'SUSPENDED' ? (
                        <Button
                          aria-label={`Reactivate ${one.id}`}
                          disabled={unsuspend.busy}
                          onClick={() => void reactivate(one)}
                        >
                          Reactivate
                        </Button>
                      ) : (
                        one.status !== 'CLOSED' && (
                          <Button aria-label={`Suspend ${one.id}`} onClick={() => setSuspending(one)}>
                            Suspend
                          </Button>
                        )
                      ),
                  },
                ]}
              />
              {more && (
                <div>
                  <Button onClick={more}>Show older ones</Button>
                </div>
              )}
            </>
          )}
        </Loaded>
      </Card>
      {suspending && (
        <Suspend
          of={suspending}
          close={(done) => {
            setSuspending(null);
            if (!done) return;
            setSaid(`${suspending.id} is suspended.`);
            again();
          }}
        />
      )}
    </Page>
  );
}

const REASONS: readonly SuspensionReason[] = [
  'ABUSE',
  'COMPLAINT',
  'PAYMENT',
  'SECURITY',
  'LEGAL',
  'INDUSTRY',
  'OTHER',
];

interface SuspendProps {
  readonly of: Account;
  readonly close: (done: boolean) => void;
}

function Suspend({ of: { id }, close }: SuspendProps) {
  const suspend = useAction(SuspendAccountDocument);
  const send = async ({ reason }: Record<string, string>) => {
    if (await suspend.run({ input: { accountId: id, reason: reason as SuspensionReason } })) close(true);
  };
  return (
    <Dialog title="Suspend the account" close={() => close(false)}>
      <p>
        <code>{id}</code>
      </p>
      <Form onSend={(values) => void send(values)}>
        <Refusal of={suspend.refusal} />
        <Select name="reason" label="Because of" options={REASONS.map((one) => [one, words(one)])} />
        <div className="row">
          <Button kind="grave" type="submit" disabled={suspend.busy}>
            Suspend it
          </Button>
          <Button onClick={() => close(false)}>Not now</Button>
        </div>
      </Form>
    </Dialog>
  );
}
