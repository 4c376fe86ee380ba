import { useEffect, useState } from 'react';
import {
  CancelOrderDocument,
  type CancellationReason,
  CancellationCostsDocument,
  CatalogDocument,
  type CatalogQuery,
  type Currency,
  type OrderItemInput,
  type OrderLineFragment,
  PlaceOrderDocument,
  QuoteOrderDocument,
  type QuoteOrderQuery,
  WatchOrdersDocument,
} from '../api/generated';
import { ask } from '../api/client';
import { useAction, useAsk, useFeed, useIntention } from '../api/hooks';
import { at, count, day, money, unitName, words } from '../format';
import { Link } from '../router';
import { Address } from '../ui/address';
import { countryOptions } from '../ui/countries';
import { currencyOptions, useCurrency } from '../ui/currency';
import { Field, Form, Select, Tick } from '../ui/form';
import { placed } from '../ui/lists';
import { Button, Card, Dialog, Empty, Loaded, Note, Page, Refusal, Table, Tag, type Tone } from '../ui/parts';

type Catalog = CatalogQuery['catalog'];

export default function OrdersPage() {
  const [currency, setCurrency] = useCurrency();
  const catalog = useAsk(CatalogDocument, { currency });
  return (
    <Page
      title="Orders"
      lead="Credits are there at once; a check of a list is done step by step. An order can be cancelled while nothing of it was used."
      actions={
        <Select
          label="Prices in"
          value={currency}
          onChange={({ target }) => setCurrency(target.value as Currency)}
          options={currencyOptions}
        />
      }
    >
      <Address />
      <Loaded value={catalog.data?.catalog} trouble={catalog.trouble} again={catalog.again} lines={6}>
        {(found) => <OrderForm key={found.currency} catalog={found} />}
      </Loaded>
      <Orders />
    </Page>
  );
}

/** The form's values as the API's item; null while they are not whole. */
function itemOf(kind: string, values: Record<string, string>): OrderItemInput | null {
  const number = Number(values.quantity);
  if (!Number.isInteger(number) || number < 1) return null;
  if (kind === 'EMAIL_VERIFICATION') {
    const { listName, checkMailbox } = values;
    return { emailVerification: { addresses: number, checkMailbox: checkMailbox === 'on', listName: listName || null } };
  }
  if (kind === 'NUMBER_LOOKUP') return { numberLookup: { numbers: number, country: values.country ?? 'CH' } };
  return { creditPack: { code: kind, packs: number } };
}

function OrderForm({ catalog }: { readonly catalog: Catalog }) {
  const { creditPacks, meteredProducts, currency } = catalog;
  const [kind, setKind] = useState(creditPacks[0]?.code ?? '');
  const [values, setValues] = useState<Record<string, string>>({ quantity: '1' });
  const intention = useIntention();
  const place = useAction(PlaceOrderDocument, intention.done);
  const [done, setDone] = useState<{ order: OrderLineFragment; replayed: boolean } | null>(null);
  const metered = meteredProducts.find(({ metered: code }) => code === kind);
  const product = metered ?? creditPacks.find(({ code }) => code === kind);
  const item = itemOf(kind, values);
  const change = (name: string, value: string) => setValues((before) => ({ ...before, [name]: value }));
  const choose = (code: string) => {
    const next = meteredProducts.find(({ metered: found }) => found === code);
    setKind(code);
    setValues({ quantity: String(next?.quantityMin ?? 1) });
  };
  const send = async ({ reference }: Record<string, string>) => {
    if (!item) return;
    setDone(null);
    const made = await place.run({ input: { item, currency, reference: reference || null, idempotencyKey: intention.key, awaitPayment: false } });
    if (made?.__typename === 'OrderPlaced') setDone(made);
  };
  if (creditPacks.length + meteredProducts.length === 0) return <Empty title={`Nothing is sold in ${currency}.`} />;
  return (
    <Card title="New order">
      <Form onSend={(sent) => void send(sent)}>
        <fieldset>
          <legend>What</legend>
          <div className="grid">
            {creditPacks.map(({ code, credits, unit, price, nextPrice }) => (
              <label key={code} className="choice">
                <input type="radio" name="kind" value={code} checked={kind === code} onChange={() => choose(code)} />
                <span>
                  {count(credits)} {unitName(unit)}
                  <small>
                    {money(price)} net{nextPrice && `, ${money(nextPrice.amount)} from ${day(nextPrice.effectiveAt)}`}
                  </small>
                </span>
              </label>
            ))}
            {meteredProducts.map(({ metered: code, price, pricedUnits }) => (
              <label key={code} className="choice">
                <input type="radio" name="kind" value={code} checked={kind === code} onChange={() => choose(code)} />
                <span>
                  {code === 'EMAIL_VERIFICATION' ? 'Check of e-mail addresses' : 'Look-up of telephone numbers'}
                  <small>
                    {money(price)} net for {count(pricedUnits)}
                  </small>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
        <div className="grid">
          <Field
            name="quantity"
            label={metered ? (kind === 'EMAIL_VERIFICATION' ? 'Addresses' : 'Numbers') : 'Packs'}
            type="number"
            min={product?.quantityMin}
            max={product?.quantityMax}
            value={values.quantity ?? ''}
            onChange={({ target }) => change('quantity', target.value)}
            required
          />
          {kind === 'EMAIL_VERIFICATION' && (
            <>
              <Field name="listName" label="Name of the list" value={values.listName ?? ''} onChange={({ target }) => change('listName', target.value)} />
              <Tick
                name="checkMailbox"
                label="Ask the receiving server for each mailbox"
                onChange={({ target }) => change('checkMailbox', target.checked ? 'on' : '')}
              />
            </>
          )}
          {kind === 'NUMBER_LOOKUP' && (
            <Select name="country" label="Country" value={values.country ?? 'CH'} onChange={({ target }) => change('country', target.value)} options={countryOptions} />
          )}
          <Field name="reference" label="Your reference" maxLength={140} hint="Optional; kept encrypted." />
        </div>
        {item && <Quote item={item} currency={currency} />}
        <Refusal of={place.refusal} />
        {place.refusal?.code === 'NETWORK' && <p>Nothing is ordered twice: sending it again keeps its key.</p>}
        {place.refusal?.code === 'INSUFFICIENT_BALANCE' && <Link to="/top-up">Top up</Link>}
        {done && (
          <Note>
            {done.replayed ? 'It had been ordered already; nothing was charged again.' : `Ordered for ${money(done.order.gross)}.`}
          </Note>
        )}
        <div>
          <Button kind="main" type="submit" disabled={place.busy || !item}>
            {place.busy ? 'Ordering …' : place.refusal?.code === 'NETWORK' ? 'Send it again' : 'Order'}
          </Button>
        </div>
      </Form>
    </Card>
  );
}

type Quoted = QuoteOrderQuery['quoteOrder'];
const TYPING_MS = 250;

function Quote({ item, currency }: { readonly item: OrderItemInput; readonly currency: Currency }) {
  const [quote, setQuote] = useState<Quoted | null>(null);
  const key = JSON.stringify({ item, currency });
  useEffect(() => {
    let wanted = true;
    const timer = setTimeout(() => {
      void ask(QuoteOrderDocument, { input: JSON.parse(key) as { item: OrderItemInput; currency: Currency } }).then(({ data }) => {
        if (wanted && data) setQuote(data.quoteOrder);
      });
    }, TYPING_MS);
    return () => {
      wanted = false;
      clearTimeout(timer);
    };
  }, [key]);
  if (quote === null) return <p className="muted">What it costs …</p>;
  if (quote.__typename !== 'OrderQuote') return <Note tone="warn">{quote.message}</Note>;
  const isShort = Number(quote.missing.amount) > 0;
  return (
    <p className="num">
      {money(quote.net)} and {money(quote.tax)} tax: <strong>{money(quote.gross)}</strong>. There are {money(quote.available)}
      {isShort ? `; ${money(quote.missing)} are missing.` : '.'}
    </p>
  );
}

const TONES: Record<OrderLineFragment['status'], Tone | undefined> = { PENDING: 'warn', ACTIVE: 'accent', COMPLETED: 'good', CANCELLED: undefined };

function described({ parameters, product, quantity, credits, creditUnit }: OrderLineFragment): string {
  const name = creditUnit ? `${count(credits)} ${unitName(creditUnit)}` : `${count(quantity)} × ${words(product)}`;
  if (parameters?.__typename === 'EmailVerificationParameters' && parameters.listName) return `${name}: ${parameters.listName}`;
  if (parameters?.__typename === 'NumberLookupParameters') return `${name}: ${parameters.country}`;
  return name;
}

function Orders() {
  const { state, trouble } = useFeed(WatchOrdersDocument, {}, (before: readonly OrderLineFragment[] | null, { orderChanged: update }) =>
    update.order ? placed(before ?? [], update.order) : update.newest,
  );
  const [cancelling, setCancelling] = useState<OrderLineFragment | null>(null);
  const [cancelled, setCancelled] = useState<string | null>(null);
  return (
    <Card title="Your orders">
      {cancelled && <Note>{cancelled}</Note>}
      <Loaded value={state} trouble={trouble}>
        {(found) => (
          <Table
            caption="The newest orders"
            rows={found}
            id={({ id }) => id}
            empty={<Empty title="Nothing was ordered yet." />}
            columns={[
              { name: 'When', cell: ({ placedAt }) => at(placedAt) },
              { name: 'What', cell: described },
              { name: 'Reference', cell: ({ parameters }) => parameters && 'reference' in parameters && parameters.reference },
              { name: 'Price', right: true, cell: ({ gross }) => money(gross) },
              {
                name: 'State',
                cell: (order) => (
                  <>
                    <Tag tone={TONES[order.status]}>{words(order.status)}</Tag>
                    {order.cancellation && <span className="small muted"> refunded {money(order.cancellation.refund)}</span>}
                    {order.status === 'ACTIVE' && !order.creditUnit && ` ${count(order.fulfilled)} of ${count(order.quantity)}`}
                  </>
                ),
              },
              {
                name: 'Cancel',
                right: true,
                cell: (order) =>
                  (order.status === 'ACTIVE' || order.status === 'PENDING') && (
                    <Button kind="plain" onClick={() => setCancelling(order)} aria-label={`Cancel the order of ${described(order)}`}>
                      Cancel …
                    </Button>
                  ),
              },
            ]}
          />
        )}
      </Loaded>
      {cancelling && (
        <CancelDialog
          order={cancelling}
          close={(said) => {
            setCancelling(null);
            if (said) setCancelled(said);
          }}
        />
      )}
    </Card>
  );
}

const REASONS: Record<CancellationReason, string> = {
  CUSTOMER_ERROR: 'I ordered by mistake',
  DUPLICATE: 'It was ordered twice by the service',
  SERVICE_FAULT: 'The service could not deliver',
};

function CancelDialog({ order, close }: { readonly order: OrderLineFragment; readonly close: (said?: string) => void }) {
  const costs = useAsk(CancellationCostsDocument, { id: order.id });
  const intention = useIntention();
  const cancel = useAction(CancelOrderDocument, intention.done);
  const [reason, setReason] = useState<CancellationReason>('CUSTOMER_ERROR');
  const send = async () => {
    const done = await cancel.run({ input: { orderId: order.id, reason, idempotencyKey: intention.key } });
    if (done?.__typename === 'OrderCancelled') close(`Cancelled: ${money(done.refund)} went back, ${money(done.fee)} were kept.`);
  };
  return (
    <Dialog title={`Cancel ${described(order)}?`} close={() => close()}>
      <Loaded value={costs.data?.order?.cancellationCosts} trouble={costs.trouble} again={costs.again}>
        {(found) =>
          found.length === 0 ? (
            <>
              <Note tone="warn">It cannot be cancelled: a part of it is used, or it was bought automatically.</Note>
              <Button onClick={() => close()}>Close</Button>
            </>
          ) : (
            <Form onSend={() => void send()}>
              <fieldset>
                <legend>Why</legend>
                {found.map((cost) => (
                  <label key={cost.reason} className="choice">
                    <input type="radio" name="reason" checked={reason === cost.reason} onChange={() => setReason(cost.reason)} />
                    <span>
                      {REASONS[cost.reason]}
                      <small className="num">
                        Fee {money(cost.fee)}, you get {money(cost.refund)} back
                      </small>
                    </span>
                  </label>
                ))}
              </fieldset>
              <Refusal of={cancel.refusal} />
              <div className="row">
                <Button kind="grave" type="submit" disabled={cancel.busy}>
                  Cancel the order
                </Button>
                <Button onClick={() => close()}>Keep it</Button>
              </div>
            </Form>
          )
        }
      </Loaded>
    </Dialog>
  );
}
