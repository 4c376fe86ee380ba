import { useState } from 'react';
import {
  type AutoTopUpShownFragment,
  type CardLineFragment,
  type CreditUnit,
  DisableAutoTopUpDocument,
  ResumeAutoTopUpDocument,
  SetAutoTopUpDocument,
  WatchAutoTopUpsDocument,
} from '../api/generated';
import { useAction, useFeed } from '../api/hooks';
import { at, money, quantity, unitTitle, words } from '../format';
import { useCurrency } from '../ui/currency';
import { Field, Form, Select } from '../ui/form';
import { Button, Card, Empty, Figure, Loaded, Note, Refusal, Tag, type Tone } from '../ui/parts';
import { placed } from '../ui/lists';

export function AutoTopUps({ cards }: { readonly cards: readonly CardLineFragment[] }) {
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
              <p>
                When credits fall below a limit, they are bought by themselves: never two at once, within the
                cap you set.
              </p>
            </Empty>
          ) : (
            found.map((one) => <AutoTopUp key={one.id} of={one} />)
          )
        }
      </Loaded>
      <Form onSend={(values) => void send(values)}>
        <h3>Set one up, or change it</h3>
        <Refusal of={set.refusal} />
        {cards.length === 0 && (
          <p className="muted">It needs a saved card for automatic top-ups, and an API key.</p>
        )}
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
          <Field
            name="below"
            label="When fewer are available than"
            inputMode="numeric"
            pattern="[0-9]+"
            defaultValue="1000"
            required
          />
          <Field
            name="add"
            label="Add at least"
            inputMode="numeric"
            pattern="[0-9]+"
            defaultValue="2000"
            required
          />
          <Field
            name="capPerMonth"
            label={`At most a month, in ${currency}`}
            inputMode="decimal"
            hint="Empty: no cap."
          />
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
