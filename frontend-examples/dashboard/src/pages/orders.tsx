import { useState } from 'react';
import {
  CatalogDocument,
  type Currency,
  type OrderLineFragment,
  WatchOrdersDocument,
} from '../api/generated';
import { useAsk, useFeed } from '../api/hooks';
import { at, count, money, words } from '../format';
import { Address } from '../ui/address';
import { currencyOptions, useCurrency } from '../ui/currency';
import { Select } from '../ui/form';
import { placed } from '../ui/lists';
import { Button, Card, Empty, Loaded, Note, Page, Table, Tag, type Tone } from '../ui/parts';
import { OrderForm } from './order-form';
import { CancelDialog, described } from './order-cancelling';

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

const TONES: Record<OrderLineFragment['status'], Tone | undefined> = {
  PENDING: 'warn',
  ACTIVE: 'accent',
  COMPLETED: 'good',
  CANCELLED: undefined,
};

function Orders() {
  const { state, trouble } = useFeed(
    WatchOrdersDocument,
    {},
    (before: readonly OrderLineFragment[] | null, { orderChanged: update }) =>
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
              {
                name: 'Reference',
                cell: ({ parameters }) => parameters && 'reference' in parameters && parameters.reference,
              },
              { name: 'Price', right: true, cell: ({ gross }) => money(gross) },
              {
                name: 'State',
                cell: (order) => (
                  <>
                    <Tag tone={TONES[order.status]}>{words(order.status)}</Tag>
                    {order.cancellation && (
                      <span className="small muted"> refunded {money(order.cancellation.refund)}</span>
                    )}
                    {order.status === 'ACTIVE' &&
                      !order.creditUnit &&
                      ` ${count(order.fulfilled)} of ${count(order.quantity)}`}
                  </>
                ),
              },
              {
                name: 'Cancel',
                right: true,
                cell: (order) =>
                  (order.status === 'ACTIVE' || order.status === 'PENDING') && (
                    <Button
                      kind="plain"
                      onClick={() => setCancelling(order)}
                      aria-label={`Cancel the order of ${described(order)}`}
                    >
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
