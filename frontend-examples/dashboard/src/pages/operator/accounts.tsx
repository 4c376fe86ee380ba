import { useState } from 'react';
import { SuspendAccountDocument, type SuspensionReason, UnsuspendAccountDocument } from '../../api/generated';
import { useAction } from '../../api/hooks';
import { at, words } from '../../format';
import { Field, Form, Select } from '../../ui/form';
import { Button, Card, Note, Page, Refusal } from '../../ui/parts';

const REASONS: readonly SuspensionReason[] = [
  'ABUSE',
  'COMPLAINT',
  'PAYMENT',
  'SECURITY',
  'LEGAL',
  'INDUSTRY',
  'OTHER',
];

export default function AccountsPage() {
  return (
    <Page
      title="Accounts"
      lead="A suspended account can sign in and read; nothing is sent, and nothing is charged. Its people are told."
    >
      <div className="grid wide">
        <Suspend />
        <Unsuspend />
      </div>
    </Page>
  );
}

function Suspend() {
  const suspend = useAction(SuspendAccountDocument);
  const [said, setSaid] = useState<string | null>(null);
  const send = async ({ accountId = '', reason }: Record<string, string>) => {
    setSaid(null);
    const done = await suspend.run({
      input: { accountId, reason: (reason || null) as SuspensionReason | null },
    });
    if (done?.__typename === 'AccountSuspended') setSaid(`Suspended since ${at(done.suspendedAt)}.`);
  };
  return (
    <Card title="Suspend">
      <Form onSend={(values) => void send(values)}>
        <Refusal of={suspend.refusal} />
        {said && <Note>{said}</Note>}
        <Field
          name="accountId"
          label="Account"
          placeholder="acc_…"
          pattern="acc_[0-9a-z]+"
          autoComplete="off"
          required
        />
        <Select name="reason" label="Because of" options={REASONS.map((one) => [one, words(one)])} />
        <div>
          <Button kind="grave" type="submit" disabled={suspend.busy}>
            Suspend it
          </Button>
        </div>
      </Form>
    </Card>
  );
}

function Unsuspend() {
  const unsuspend = useAction(UnsuspendAccountDocument);
  const [said, setSaid] = useState(false);
  const send = async ({ accountId = '' }: Record<string, string>) =>
    setSaid((await unsuspend.run({ input: { accountId } })) !== null);
  return (
    <Card title="Reactivate">
      <Form onSend={(values) => void send(values)}>
        <Refusal of={unsuspend.refusal} />
        {said && <Note>It is active again.</Note>}
        <Field
          name="accountId"
          label="Suspended account"
          placeholder="acc_…"
          pattern="acc_[0-9a-z]+"
          autoComplete="off"
          required
        />
        <div>
          <Button kind="main" type="submit" disabled={unsuspend.busy}>
            Reactivate it
          </Button>
        </div>
      </Form>
    </Card>
  );
}
