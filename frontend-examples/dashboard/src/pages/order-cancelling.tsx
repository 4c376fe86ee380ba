import { useState } from 'react';
import {
  CancelOrderDocument,
  type CancellationReason,
  CancellationCostsDocument,
  type OrderLineFragment,
} from '../api/generated';
import { useAction, useAsk, useIntention } from '../api/hooks';
import { count, money, unitName, words } from '../format';
import { Form } from '../ui/form';
import { Button, Dialog, Loaded, Note, Refusal } from '../ui/parts';

/** What was ordered, in words. */
export function described({ parameters, product, quantity, credits, creditUnit }: OrderLineFragment): string {
  const name = creditUnit
    ? `${count(credits)} ${unitName(creditUnit)}`
    : `${count(quantity)} × ${words(product)}`;
  if (parameters?.__typename === 'EmailVerificationParameters' && parameters.listName)
    return `${name}: ${parameters.listName}`;
  if (parameters?.__typename === 'NumberLookupParameters') return `${name}: ${parameters.country}`;
  return name;
}

const REASONS: Record<CancellationReason, string> = {
  CUSTOMER_ERROR: 'I ordered by mistake',
  DUPLICATE: 'It was ordered twice by the service',
  SERVICE_FAULT: 'The service could not deliver',
};

export function CancelDialog({
  order,
  close,
}: {
  readonly order: OrderLineFragment;
  readonly close: (said?: string) => void;
}) {
  const costs = useAsk(CancellationCostsDocument, { id: order.id });
  const intention = useIntention();
  const cancel = useAction(CancelOrderDocument, intention.done);
  const [reason, setReason] = useState<CancellationReason>('CUSTOMER_ERROR');
  const send = async () => {
    const done = await cancel.run({ input: { orderId: order.id, reason, idempotencyKey: intention.key } });
    if (done?.__typename === 'OrderCancelled')
      close(`Cancelled: ${money(done.refund)} went back, ${money(done.fee)} were kept.`);
  };
  return (
    <Dialog title={`Cancel ${described(order)}?`} close={() => close()}>
      <Loaded value={costs.data?.order?.cancellationCosts} trouble={costs.trouble} again={costs.again}>
        {(found) =>
          found.length === 0 ? (
            <>
              <Note tone="warn">
                It cannot be cancelled: a part of it is used, or it was bought automatically.
              </Note>
              <Button onClick={() => close()}>Close</Button>
            </>
          ) : (
            <Form onSend={() => void send()}>
              <fieldset>
                <legend>Why</legend>
                {found.map((cost) => (
                  <label key={cost.reason} className="choice">
                    <input
                      type="radio"
                      name="reason"
                      checked={reason === cost.reason}
                      onChange={() => setReason(cost.reason)}
                    />
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
