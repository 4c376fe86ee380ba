import {
  BuySeatsDocument,
  KeepSeatsDocument,
  type PlanCycle,
  type PlanNowFragment,
  type PlanPageQuery,
  RemoveSeatsDocument,
} from '../api/generated';
import { useAction, useIntention } from '../api/hooks';
import { count, day, money, words } from '../format';
import { Field, Form, Select } from '../ui/form';
import { Button, Card, Empty, Refusal, Table, Tag } from '../ui/parts';

interface SeatsProps {
  readonly of: PlanNowFragment;
  readonly catalog: PlanPageQuery['planCatalog'];
}

const CYCLES: readonly (readonly [PlanCycle, string])[] = [
  ['MONTHLY', 'month'],
  ['YEARLY', 'year'],
];

/** Seats beyond those of the plan, each purchase by its own cycle. */
export function Seats({ of: { plan, seats }, catalog }: SeatsProps) {
  const intention = useIntention();
  const buy = useAction(BuySeatsDocument, intention.done);
  const remove = useAction(RemoveSeatsDocument);
  const keep = useAction(KeepSeatsDocument);
  const prices = catalog.find(({ code }) => code === plan.code)?.prices ?? [];
  const send = (values: Record<string, string>) =>
    buy.run({
      input: {
        count: Number(values.count),
        cycle: values.cycle as PlanCycle,
        idempotencyKey: intention.key,
      },
    });
  return (
    <Card title="Extra seats" aside={<Tag>{count(seats.extra)}</Tag>}>
      <Refusal of={buy.refusal ?? remove.refusal ?? keep.refusal} />
      <Table
        caption="Purchases of extra seats"
        rows={seats.purchases}
        id={({ id }) => id}
        empty={<Empty title="There are none beyond those of the plan." />}
        columns={[
          { name: 'Seats', cell: ({ seats: many }) => count(many) },
          { name: 'Paid', cell: ({ cycle }) => words(cycle) },
          { name: 'State', cell: ({ status }) => <Tag>{words(status)}</Tag> },
          { name: 'Until', cell: ({ periodEnd }) => periodEnd && day(periodEnd) },
          {
            name: 'Change',
            right: true,
            cell: ({ id, seats: many, status }) =>
              status === 'CANCELLING' ? (
                <Button kind="plain" onClick={() => void keep.run({ input: { seatsId: id } })}>
                  Keep them
                </Button>
              ) : (
                status === 'ACTIVE' && (
                  <Button
                    kind="plain"
                    onClick={() => void remove.run({ input: { seatsId: id, count: many } })}
                  >
                    Give them up
                  </Button>
                )
              ),
          },
        ]}
      />
      <Form onSend={(values) => void send(values)}>
        <div className="row">
          <Field name="count" type="number" min={1} label="How many" defaultValue={1} required />
          <Select
            name="cycle"
            label="Paid by the"
            options={CYCLES.filter(([cycle]) => prices.some((one) => one.cycle === cycle)).map(
              ([cycle, name]) => {
                const price = prices.find((one) => one.cycle === cycle)?.seatPrice;
                return [cycle, `${name}${price ? `, ${money(price)} net each` : ''}`] as const;
              },
            )}
          />
          <Button type="submit" disabled={buy.busy}>
            Add seats
          </Button>
        </div>
      </Form>
    </Card>
  );
}
