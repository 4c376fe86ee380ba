import { useState } from 'react';
import {
  CheckLegalityDocument,
  type DisclosureGround,
  DisclosuresDocument,
  RecordDisclosureDocument,
  type RecipientClass,
} from '../../api/generated';
import { useAction, useAsk } from '../../api/hooks';
import { at, words } from '../../format';
import { Field, Form, Select } from '../../ui/form';
import { Button, Card, Empty, Loaded, Page, Refusal, Table } from '../../ui/parts';

const GROUNDS: readonly DisclosureGround[] = [
  'LEGAL_REQUEST',
  'LEGAL_OBLIGATION',
  'CONSENT',
  'CONTRACT',
  'DELIVERY',
  'CLIENT_AUTHORISED',
  'SECURITY_FRAUD',
  'OPERATION',
  'ENFORCE_POLICIES',
  'PROTECT_RIGHTS',
  'PROTECT_PROPERTY',
  'PROTECT_SAFETY',
];
const CLASSES: readonly RecipientClass[] = [
  'AUTHORITY',
  'PAYMENT_PROVIDER',
  'CARRIER',
  'INFRASTRUCTURE',
  'DELIVERY_NETWORK',
  'ANALYTICS',
  'AI_PROVIDER',
  'ADVISER',
  'OPERATING_PARTNER',
];

export default function DisclosuresPage() {
  const register = useAsk(DisclosuresDocument, {});
  return (
    <Page
      title="Disclosures"
      lead="Who got which data of which account, on which ground. It is entered before the data is given."
    >
      <Card title="Register">
        <Loaded value={register.data?.disclosures.edges} trouble={register.trouble} again={register.again}>
          {(edges) => (
            <Table
              caption="Disclosures, the newest first"
              rows={edges.map(({ node }) => node)}
              id={({ id }) => id}
              empty={<Empty title="Nothing was disclosed." />}
              columns={[
                { name: 'When', cell: ({ disclosedAt }) => at(disclosedAt) },
                { name: 'Account', cell: ({ accountId }) => <code>{accountId}</code> },
                {
                  name: 'To',
                  cell: ({ recipient, recipientClass }) => (
                    <>
                      {recipient} <span className="small muted">{words(recipientClass)}</span>
                    </>
                  ),
                },
                { name: 'Ground', cell: ({ ground }) => words(ground) },
                { name: 'What', cell: ({ categories }) => categories.map(words).join(', ') },
                {
                  name: 'Reference',
                  cell: ({ reference, authority }) => [authority, reference].filter(Boolean).join(', '),
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      <Enter entered={register.again} />
    </Page>
  );
}

function Enter({ entered }: { readonly entered: () => void }) {
  const check = useAction(CheckLegalityDocument);
  const record = useAction(RecordDisclosureDocument);
  const [ground, setGround] = useState<DisclosureGround>('LEGAL_REQUEST');
  const isLegal = ground === 'LEGAL_REQUEST' || ground === 'LEGAL_OBLIGATION';
  const send = async (values: Record<string, string>, form: HTMLFormElement) => {
    const {
      accountId = '',
      recipient = '',
      recipientClass,
      categories = '',
      authority,
      legalBasis,
      reference,
    } = values;
    let legalityCheckId: string | null = null;
    if (ground === 'LEGAL_REQUEST') {
      const checked = await check.run({ input: { accountId, reference: reference ?? '', lawful: true } });
      if (checked?.__typename !== 'LegalityChecked') return;
      ({ legalityCheckId } = checked);
    }
    const done = await record.run({
      input: {
        accountId,
        ground,
        recipient,
        recipientClass: recipientClass as RecipientClass,
        categories: categories.split(/[\s,]+/).filter(Boolean),
        authority: authority || null,
        legalBasis: legalBasis || null,
        reference: reference || null,
        legalityCheckId,
      },
    });
    if (!done) return;
    form.reset();
    entered();
  };
  return (
    <Card title="Enter a disclosure">
      <Form onSend={(values, form) => void send(values, form)}>
        <Refusal of={check.refusal ?? record.refusal} />
        <div className="grid">
          <Field name="accountId" label="Account" placeholder="acc_…" autoComplete="off" required />
          <Select
            label="Ground"
            value={ground}
            onChange={({ target }) => setGround(target.value as DisclosureGround)}
            options={GROUNDS.map((one) => [one, words(one)])}
          />
          <Field name="recipient" label="To whom" maxLength={200} required />
          <Select name="recipientClass" label="Which is" options={CLASSES.map((one) => [one, words(one)])} />
          <Field
            name="categories"
            label="Categories of data"
            hint="As the policy lists them, with commas."
            required
          />
          {isLegal && (
            <>
              <Field name="authority" label="Authority" maxLength={200} required />
              <Field name="legalBasis" label="By which law" maxLength={200} required />
              <Field
                name="reference"
                label="Its reference"
                maxLength={200}
                required
                hint="Entering it says that you found the request lawful."
              />
            </>
          )}
        </div>
        <div>
          <Button kind="main" type="submit" disabled={check.busy || record.busy}>
            Enter it
          </Button>
        </div>
      </Form>
    </Card>
  );
}
