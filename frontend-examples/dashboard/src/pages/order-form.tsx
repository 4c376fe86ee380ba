import { useEffect, useState } from 'react';
import {
  type CatalogQuery,
  type Currency,
  type OrderItemInput,
  type OrderLineFragment,
  PlaceOrderDocument,
  QuoteOrderDocument,
  type QuoteOrderQuery,
} from '../api/generated';
import { ask } from '../api/client';
import { useAction, useIntention } from '../api/hooks';
import { count, day, money, unitName } from '../format';
import { Link } from '../router';
import { countryOptions } from '../ui/countries';
import { Field, Form, Select, Tick } from '../ui/form';
import { Button, Card, Empty, Note, Refusal } from '../ui/parts';

type Catalog = CatalogQuery['catalog'];

/** The form's values as the API's item; null while they are not whole. */
function itemOf(kind: string, values: Record<string, string>): OrderItemInput | null {
  const number = Number(values.quantity);
  if (!Number.isInteger(number) || number < 1) return null;
  if (kind === 'EMAIL_VERIFICATION') {
    const { listName, checkMailbox } = values;
    return {
      emailVerification: {
        addresses: number,
        checkMailbox: checkMailbox === 'on',
        listName: listName || null,
      },
    };
  }
  if (kind === 'NUMBER_LOOKUP') return { numberLookup: { numbers: number, country: values.country ?? 'CH' } };
  return { creditPack: { code: kind, packs: number } };
}

export function OrderForm({ catalog }: { readonly catalog: Catalog }) {
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
    const made = await place.run({
      input: {
        item,
        currency,
        reference: reference || null,
        idempotencyKey: intention.key,
        awaitPayment: false,
      },
    });
    if (made?.__typename === 'OrderPlaced') setDone(made);
  };
  if (creditPacks.length + meteredProducts.length === 0)
    return <Empty title={`Nothing is sold in ${currency}.`} />;
  return (
    <Card title="New order">
      <Form onSend={(sent) => void send(sent)}>
        <fieldset>
          <legend>What</legend>
          <div className="grid">
            {creditPacks.map(({ code, credits, unit, price, nextPrice }) => (
              <label key={code} className="choice">
                <input
                  type="radio"
                  name="kind"
                  value={code}
                  checked={kind === code}
                  onChange={() => choose(code)}
                />
                <span>
                  {count(credits)} {unitName(unit)}
                  <small>
                    {money(price)} net
                    {nextPrice && `, ${money(nextPrice.amount)} from ${day(nextPrice.effectiveAt)}`}
                  </small>
                </span>
              </label>
            ))}
            {meteredProducts.map(({ metered: code, price, pricedUnits }) => (
              <label key={code} className="choice">
                <input
                  type="radio"
                  name="kind"
                  value={code}
                  checked={kind === code}
                  onChange={() => choose(code)}
                />
                <span>
                  {code === 'EMAIL_VERIFICATION'
                    ? 'Check of e-mail addresses'
                    : 'Look-up of telephone numbers'}
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
              <Field
                name="listName"
                label="Name of the list"
                value={values.listName ?? ''}
                onChange={({ target }) => change('listName', target.value)}
              />
              <Tick
                name="checkMailbox"
                label="Ask the receiving server for each mailbox"
                onChange={({ target }) => change('checkMailbox', target.checked ? 'on' : '')}
              />
            </>
          )}
          {kind === 'NUMBER_LOOKUP' && (
            <Select
              name="country"
              label="Country"
              value={values.country ?? 'CH'}
              onChange={({ target }) => change('country', target.value)}
              options={countryOptions}
            />
          )}
          <Field name="reference" label="Your reference" maxLength={140} hint="Optional; kept encrypted." />
        </div>
        {item && <Quote item={item} currency={currency} />}
        <Refusal of={place.refusal} />
        {place.refusal?.code === 'NETWORK' && (
          <p>Nothing is ordered twice: sending it again keeps its key.</p>
        )}
        {place.refusal?.code === 'INSUFFICIENT_BALANCE' && <Link to="/top-up">Top up</Link>}
        {done && (
          <Note>
            {done.replayed
              ? 'It had been ordered already; nothing was charged again.'
              : `Ordered for ${money(done.order.gross)}.`}
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
      void ask(QuoteOrderDocument, {
        input: JSON.parse(key) as { item: OrderItemInput; currency: Currency },
      }).then(({ data }) => {
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
      {money(quote.net)} and {money(quote.tax)} tax: <strong>{money(quote.gross)}</strong>. There are{' '}
      {money(quote.available)}
      {isShort ? `; ${money(quote.missing)} are missing.` : '.'}
    </p>
  );
}
