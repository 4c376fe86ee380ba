import { useState } from 'react';
import {
  type AutoTopUpShownFragment,
  type CardLineFragment,
  ConfirmTopUpDocument,
  CreateTopUpDocument,
  type CreditUnit,
  type Currency,
  DisableAutoTopUpDocument,
  RemoveCardDocument,
  ResumeAutoTopUpDocument,
  SandboxTokensDocument,
  SaveCardDocument,
  SetAutoTopUpDocument,
  type TopUpLineFragment,
  WatchAutoTopUpsDocument,
  WatchCardsDocument,
  WatchTopUpsDocument,
} from '../api/generated';
import { useAction, useAsk, useFeed, useIntention } from '../api/hooks';
import { at, money, quantity, unitTitle, words } from '../format';
import { currencyOptions, useCurrency } from '../ui/currency';
import { Field, Form, Select } from '../ui/form';
import { Button, Card, Empty, Figure, Loaded, Note, Page, Refusal, Table, Tag, type Tone } from '../ui/parts';
import { placed } from '../ui/lists';

export default function TopUpPage() {
  const cards = useFeed(WatchCardsDocument, {}, (before: readonly CardLineFragment[] | null, { paymentMethodChanged: update }) =>
    update.paymentMethod ? placed(before ?? [], update.paymentMethod) : update.paymentMethods,
  );
  const usable = (cards.state ?? []).filter(({ status }) => status === 'ACTIVE');
  return (
    <Page title="Top up" lead="Money comes by card; credits are bought from it. Prices are net, tax is shown before you pay.">
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

function useTokens() {
  const tokens = useAsk(SandboxTokensDocument, {});
  return tokens.data?.sandboxTokens ?? [];
}

function TopUpForm({ cards }: { readonly cards: readonly CardLineFragment[] }) {
  const [currency, setCurrency] = useCurrency();
  const tokens = useTokens();
  const intention = useIntention();
  const create = useAction(CreateTopUpDocument, intention.done);
  const [started, setStarted] = useState(false);
  const [payment, setPayment] = useState('');
  const options = [
    ...cards.map(({ id, brand, last4 }) => [id, `${brand ? words(brand) : 'Card'} ending in ${last4 ?? '····'}`] as const),
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
          <Field name="amount" label="Amount" inputMode="decimal" pattern="[0-9]+([.,][0-9]{1,3})?" defaultValue="50.00" required />
          <Select label="Currency" value={currency} onChange={({ target }) => setCurrency(target.value as Currency)} options={currencyOptions} />
        </div>
        {options.length > 0 ? (
          <Select label="Paid with" value={chosen} onChange={({ target }) => setPayment(target.value)} options={options} />
        ) : (
          <Note tone="warn">
            There is no card yet. Card data never comes here: a page with your provider’s own form gives this API a token.
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

const CARD_TONES: Partial<Record<CardLineFragment['status'], Tone>> = { ACTIVE: 'good', PENDING: 'warn', FAILED: 'bad', EXPIRED: 'bad' };

function Cards({ cards }: { readonly cards: readonly CardLineFragment[] }) {
  const tokens = useTokens();
  const intention = useIntention();
  const save = useAction(SaveCardDocument, intention.done);
  const remove = useAction(RemoveCardDocument);
  const send = ({ token = '', savedFor = '' }: Record<string, string>) =>
    save.run({
      input: { token, savedFor: savedFor as 'ONE_CLICK', makeDefault: cards.length === 0, idempotencyKey: intention.key },
    });
  return (
    <>
      <Refusal of={remove.refusal ?? save.refusal} />
      <Table
        caption="Saved cards"
        rows={cards.filter(({ status }) => status !== 'REMOVED')}
        id={({ id }) => id}
        empty={<Empty title="No card is saved." />}
        columns={[
          { name: 'Card', cell: ({ brand, last4, isDefault }) => `${brand ? words(brand) : 'Card'} ··${last4 ?? '··'}${isDefault ? ', the default' : ''}` },
          { name: 'For', cell: ({ savedFor }) => words(savedFor) },
          { name: 'State', cell: ({ status }) => <Tag tone={CARD_TONES[status]}>{words(status)}</Tag> },
          {
            name: 'Remove',
            right: true,
            cell: ({ id, last4 }) => (
              <Button kind="plain" aria-label={`Remove the card ending in ${last4 ?? ''}`} onClick={() => void remove.run({ input: { id } })}>
                Remove
              </Button>
            ),
          },
        ]}
      />
      {tokens.length > 0 && (
        <Form onSend={(values) => void send(values)}>
          <div className="grid">
            <Select name="token" label="Sandbox card" options={tokens.map(({ token, description }) => [token, description])} />
            <Select
              name="savedFor"
              label="To be used for"
              options={[
                ['ONE_CLICK', 'One-click top-ups'],
                ['AUTO_TOP_UP', 'Automatic top-ups'],
                ['PLAN', 'The plan'],
              ]}
            />
          </div>
          <div>
            <Button type="submit" disabled={save.busy}>
              Save the card
            </Button>
          </div>
        </Form>
      )}
    </>
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
  const { state, trouble } = useFeed(WatchTopUpsDocument, {}, (before: readonly TopUpLineFragment[] | null, { topUpChanged: update }) =>
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
                    <Tag tone={STATE_TONES[status]}>{words(status)}</Tag> {failureCode && <span className="small muted">{words(failureCode)}</span>}
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
        <Field name="code" label={`The bank wants a code for ${money(topUp.amount)}`} inputMode="numeric" autoComplete="one-time-code" required />
        <div>
          <Button type="submit" disabled={confirm.busy}>
            Confirm
          </Button>
        </div>
      </Form>
    </Note>
  );
}

function AutoTopUps({ cards }: { readonly cards: readonly CardLineFragment[] }) {
  const [currency] = useCurrency();
  const { state, trouble } = useFeed(
    WatchAutoTopUpsDocument,
    {},
    (before: readonly AutoTopUpShownFragment[] | null, { autoTopUpChanged: update }) =>
      update.autoTopUp ? placed(before ?? [], update.autoTopUp) : update.all,
  );
  const [unit, setUnit] = useState<CreditUnit>('EMAIL');
  const set = useAction(SetAutoTopUpDocument);
  const send = ({ below = '', add = '', capPerMonth = '' }: Record<string, string>) =>
    set.run({ input: { unit, currency, below, add, capPerMonth: capPerMonth || null } });
  return (
    <Card title="Automatic top-ups">
      <Loaded value={state} trouble={trouble}>
        {(found) =>
          found.length === 0 ? (
            <Empty title="None is set up.">
              <p>When credits fall below a limit, they are bought by themselves: never two at once, within the cap you set.</p>
            </Empty>
          ) : (
            found.map((one) => <AutoTopUp key={one.id} of={one} />)
          )
        }
      </Loaded>
      <Form onSend={(values) => void send(values)}>
        <h3>Set one up, or change it</h3>
        <Refusal of={set.refusal} />
        {cards.length === 0 && <p className="muted">It needs a saved card for automatic top-ups, and an API key.</p>}
        <div className="grid">
          <Select
            label="Credits"
            value={unit}
            onChange={({ target }) => setUnit(target.value as CreditUnit)}
            options={[
              ['EMAIL', 'E-mail credits'],
              ['SMS', 'SMS credits'],
            ]}
          />
          <Field name="below" label="When fewer are available than" inputMode="numeric" pattern="[0-9]+" defaultValue="1000" required />
          <Field name="add" label="Add at least" inputMode="numeric" pattern="[0-9]+" defaultValue="2000" required />
          <Field name="capPerMonth" label={`At most a month, in ${currency}`} inputMode="decimal" hint="Empty: no cap." />
        </div>
        <div>
          <Button type="submit" disabled={set.busy}>
            Save
          </Button>
        </div>
      </Form>
    </Card>
  );
}

const AUTO_TONES: Record<AutoTopUpShownFragment['state'], Tone | undefined> = {
  OFF: undefined,
  READY: 'good',
  IN_FLIGHT: 'accent',
  COOLING: 'warn',
  SUSPENDED: 'bad',
};

function AutoTopUp({ of }: { readonly of: AutoTopUpShownFragment }) {
  const disable = useAction(DisableAutoTopUpDocument);
  const resume = useAction(ResumeAutoTopUpDocument);
  const { unit, state, below, add, lastDecision, suspension, heldBack } = of;
  return (
    <section className="stack" aria-label={unitTitle(unit)}>
      <div className="row">
        <h3>{unitTitle(unit)}</h3>
        <Tag tone={AUTO_TONES[state]}>{words(state)}</Tag>
        {suspension && <Tag tone="bad">{words(suspension)}</Tag>}
        {state === 'SUSPENDED' && (
          <Button kind="plain" onClick={() => void resume.run({ input: { unit } })}>
            Let it go on
          </Button>
        )}
        {of.enabled && (
          <Button kind="plain" onClick={() => void disable.run({ input: { unit } })}>
            Switch it off
          </Button>
        )}
      </div>
      <Refusal of={disable.refusal ?? resume.refusal} />
      {heldBack && <Note tone="warn">The service holds all automatic top-ups back for the moment.</Note>}
      <dl className="figures">
        <Figure name="Below">{quantity(unit, below)}</Figure>
        <Figure name="Adds">{quantity(unit, add)}</Figure>
        <Figure name="Spent today">{money(of.spentToday)}</Figure>
        <Figure name="Spent this month">{money(of.spentThisMonth)}</Figure>
      </dl>
      {lastDecision && (
        <p>
          <strong>Last decision, {at(lastDecision.at)}:</strong> {lastDecision.explanation}
        </p>
      )}
    </section>
  );
}
