import {
  type PrivacyCentreQuery,
  GiveConsentDocument,
  LiftRestrictionDocument,
  RestrictProcessingDocument,
  WithdrawConsentDocument,
} from '../api/generated';
import { useAction } from '../api/hooks';
import { at, day, words } from '../format';
import { Form, Select } from '../ui/form';
import { Button, Card, Empty, Refusal, Table, Tag } from '../ui/parts';

type Account = NonNullable<PrivacyCentreQuery['viewer']>['account'];

interface PartProps {
  readonly account: Account;
  readonly again: () => void;
}

export function Restrictions({ account, again }: PartProps) {
  const restrict = useAction(RestrictProcessingDocument);
  const lift = useAction(LiftRestrictionDocument);
  const send = async ({ purpose }: Record<string, string>) => {
    if (await restrict.run({ input: { purposes: purpose ? [purpose] : [] } })) again();
  };
  return (
    <Card title="Restricted processing">
      <p className="muted">
        What you restrict stops at once: your data is stored, and nothing else is done with it for that
        purpose.
      </p>
      <Refusal of={restrict.refusal ?? lift.refusal} />
      <Table
        caption="Restrictions in force"
        rows={account.restrictions}
        id={({ id }) => id}
        empty={<Empty title="Nothing is restricted." />}
        columns={[
          { name: 'Purpose', cell: ({ purpose }) => (purpose ? words(purpose) : 'Everything') },
          { name: 'By', cell: ({ right }) => words(right) },
          { name: 'Since', cell: ({ since }) => at(since) },
          {
            name: 'Lift',
            right: true,
            cell: ({ id }) => (
              <Button
                kind="plain"
                onClick={() => void lift.run({ input: { restrictionId: id } }).then(again)}
              >
                Let it go on
              </Button>
            ),
          },
        ]}
      />
      <Form onSend={(values) => void send(values)}>
        <Select
          name="purpose"
          label="Restrict"
          options={[
            ...account.restrictablePurposes.map((one) => [one, words(one)] as const),
            ['', 'Everything'],
          ]}
        />
        <div>
          <Button kind="grave" type="submit" disabled={restrict.busy}>
            Restrict it
          </Button>
        </div>
      </Form>
    </Card>
  );
}

export function Consents({ purposes, account, again }: PartProps & { readonly purposes: readonly string[] }) {
  const give = useAction(GiveConsentDocument);
  const withdraw = useAction(WithdrawConsentDocument);
  const given = new Map(
    account.consents.filter(({ withdrawnAt }) => !withdrawnAt).map((consent) => [consent.purpose, consent]),
  );
  return (
    <Card title="Consents">
      <p className="muted">These purposes are off until you consent, and off again when you withdraw.</p>
      <Refusal of={give.refusal ?? withdraw.refusal} />
      <Table
        caption="Purposes that need your consent"
        rows={purposes}
        id={(purpose) => purpose}
        empty={<Empty title="Nothing here needs a consent." />}
        columns={[
          { name: 'Purpose', cell: (purpose) => words(purpose) },
          {
            name: 'State',
            cell: (purpose) => {
              const consent = given.get(purpose);
              return consent ? <Tag tone="good">given {day(consent.givenAt)}</Tag> : <Tag>off</Tag>;
            },
          },
          {
            name: 'Change',
            right: true,
            cell: (purpose) =>
              given.has(purpose) ? (
                <Button kind="plain" onClick={() => void withdraw.run({ input: { purpose } }).then(again)}>
                  Withdraw
                </Button>
              ) : (
                <Button kind="plain" onClick={() => void give.run({ input: { purpose } }).then(again)}>
                  Consent
                </Button>
              ),
          },
        ]}
      />
    </Card>
  );
}
