import { type CardLineFragment, RemoveCardDocument, SaveCardDocument } from '../api/generated';
import { useAction, useIntention } from '../api/hooks';
import { words } from '../format';
import { Form, Select } from '../ui/form';
import { Button, Empty, Refusal, Table, Tag, type Tone } from '../ui/parts';
import { useTokens } from '../ui/tokens';

const CARD_TONES: Partial<Record<CardLineFragment['status'], Tone>> = {
  ACTIVE: 'good',
  PENDING: 'warn',
  FAILED: 'bad',
  EXPIRED: 'bad',
};

export function Cards({ cards }: { readonly cards: readonly CardLineFragment[] }) {
  const tokens = useTokens();
  const intention = useIntention();
  const save = useAction(SaveCardDocument, intention.done);
  const remove = useAction(RemoveCardDocument);
  const send = ({ token = '', savedFor = '' }: Record<string, string>) =>
    save.run({
      input: {
        token,
        savedFor: savedFor as 'ONE_CLICK',
        makeDefault: cards.length === 0,
        idempotencyKey: intention.key,
      },
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
          {
            name: 'Card',
            cell: ({ brand, last4, isDefault }) =>
              `${brand ? words(brand) : 'Card'} ··${last4 ?? '··'}${isDefault ? ', the default' : ''}`,
          },
          { name: 'For', cell: ({ savedFor }) => words(savedFor) },
          { name: 'State', cell: ({ status }) => <Tag tone={CARD_TONES[status]}>{words(status)}</Tag> },
          {
            name: 'Remove',
            right: true,
            cell: ({ id, last4 }) => (
              <Button
                kind="plain"
                aria-label={`Remove the card ending in ${last4 ?? ''}`}
                onClick={() => void remove.run({ input: { id } })}
              >
                Remove
              </Button>
            ),
          },
        ]}
      />
      {tokens.length > 0 && (
        <Form onSend={(values) => void send(values)}>
          <div className="grid">
            <Select
              name="token"
              label="Sandbox card"
              options={tokens.map(({ token, description }) => [token, description])}
            />
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
