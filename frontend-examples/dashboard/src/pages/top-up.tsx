import { useState } from 'react';
import {
  type CardLineFragment,
  ConfirmTopUpDocument,
  CreateTopUpDocument,
  type Currency,
  type TopUpLineFragment,
  WatchCardsDocument,
  WatchTopUpsDocument,
} from '../api/generated';
import { useAction, useFeed, useIntention } from '../api/hooks';
import { at, money, words } from '../format';
import { currencyOptions, useCurrency } from '../ui/currency';
import { Field, Form, Select } from '../ui/form';
import { Button, Card, Empty, Loaded, Note, Page, Refusal, Table, Tag, type Tone } from '../ui/parts';
import { placed } from '../ui/lists';
import { Cards } from './top-up-cards';
import { AutoTopUps } from './top-up-automatic';
import { useTokens } from '../ui/tokens';

export default function TopUpPage() {
  const cards = useFeed(
    WatchCardsDocument,
    {},
    (before: readonly CardLineFragment[] | null, { paymentMethodChanged: update }) =>
      update.paymentMethod ? placed(before ?? [], update.paymentMethod) : update.paymentMethods,
  );
  const usable = (cards.state ?? []).filter(({ status }) => status === 'ACTIVE');
  return (
    <Page
      title="Top up"
      lead="Money comes by card; credits are bought from it. Prices are net, tax is shown before you pay."
    >
      <div className="grid wide">
        <TopUpForm cards={usable} />
        <Card title="Cards">
          <Loaded value={cards.state} trouble={cards.trouble}>
            {(found) => <Cards cards={found} />}
          </Loaded>
        </Card>
      </div>
      <AutoTopUps cards={usable} />
      <TopUps />
    </Page>
  );
}

function TopUpForm({ cards }: { readonly cards: readonly CardLineFragment[] }) {
  const [currency, setCurrency] = useCurrency();
  const tokens = useTokens();
  const intention = useIntention();
  const create = useAction(CreateTopUpDocument, intention.done);
  const [started, setStarted] = useState(false);
  const [payment, setPayment] = useState('');
  const options = [
    ...cards.map(
      ({ id, brand, last4 }) =>
        [id, `${brand ? words(brand) : 'Card'} ending in ${last4 ?? '····'}`] as const,
    ),
    ...tokens.map(({ token, description }) => [token, `Sandbox: ${description}`] as const),
  ];
  const chosen = payment || options[0]?.[0] || '';
  const send = async ({ amount = '' }: Record<string, string>) => {
    setStarted(false);
    const made = await create.run({
      input: {
        amount: { amount: amount.replace(',', '.'), currency },
        payment: chosen.startsWith('tok_') ? { token: chosen } : { methodId: chosen },
        idempotencyKey: intention.key,
      },
    });
    setStarted(made !== null);
  };
  return (
    <Card title="Add money">
      <Form onSend={(values) => void send(values)}>
        <Refusal of={create.refusal} />
        {started && <Note>It is on its way. Watch it below; the balance moves by itself.</Note>}
        <div className="grid">
          <Field
            name="amount"
            label="Amount"
            inputMode="decimal"
            pattern="[0-9]+([.,][0-9]{1,3})?"
            defaultValue="50.00"
            required
          />
          <Select
            label="Currency"
            value={currency}
            onChange={({ target }) => setCurrency(target.value as Currency)}
            options={currencyOptions}
          />
        </div>
        {options.length > 0 ? (
          <Select
            label="Paid with"
            value={chosen}
            onChange={({ target }) => setPayment(target.value)}
            options={options}
          />
        ) : (
          <Note tone="warn">
            There is no card yet. Card data never comes here: a page with your provider’s own form gives this
            API a token.
          </Note>
        )}
        <div>
          <Button kind="main" type="submit" disabled={create.busy || options.length === 0}>
            {create.busy ? 'Sending …' : 'Top up'}
          </Button>
        </div>
      </Form>
    </Card>
  );
}

const STATE_TONES: Partial<Record<TopUpLineFragment['status'], Tone>> = {
  SUCCEEDED: 'good',
  PENDING: 'warn',
  PROCESSING: 'warn',
  FAILED: 'bad',
  ERRORED: 'bad',
  REVERSED: 'bad',
};

function TopUps() {
  const { state, trouble } = useFeed(
    WatchTopUpsDocument,
    {},
    (before: readonly TopUpLineFragment[] | null, { topUpChanged: update }) =>
      update.topUp ? placed(before ?? [], update.topUp) : update.newest,
  );
  const waiting = state?.find(({ nextAction }) => nextAction === 'ENTER_CODE');
  return (
    <Card title="Top-ups">
      {waiting && <Confirm topUp={waiting} />}
      <Loaded value={state} trouble={trouble}>
        {(found) => (
          <Table
            caption="The newest top-ups"
            rows={found}
            id={({ id }) => id}
            empty={<Empty title="There was none yet." />}
            columns={[
              { name: 'When', cell: ({ createdAt }) => at(createdAt) },
              { name: 'Amount', right: true, cell: ({ amount, received }) => money(received ?? amount) },
              { name: 'For', cell: ({ purpose }) => words(purpose) },
              {
                name: 'State',
                cell: ({ status, failureCode }) => (
                  <>
                    <Tag tone={STATE_TONES[status]}>{words(status)}</Tag>{' '}
                    {failureCode && <span className="small muted">{words(failureCode)}</span>}
                  </>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}

function Confirm({ topUp }: { readonly topUp: TopUpLineFragment }) {
  const intention = useIntention();
  const confirm = useAction(ConfirmTopUpDocument, intention.done);
  const send = ({ code = '' }: Record<string, string>) =>
    confirm.run({ input: { topUpId: topUp.id, code, idempotencyKey: intention.key } });
  return (
    <Note tone="warn">
      <Form onSend={(values) => void send(values)}>
        <Refusal of={confirm.refusal} />
        <Field
          name="code"
          label={`The bank wants a code for ${money(topUp.amount)}`}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
        />
        <div>
          <Button type="submit" disabled={confirm.busy}>
            Confirm
          </Button>
        </div>
      </Form>
    </Note>
  );
}
