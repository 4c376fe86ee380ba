import { useState } from 'react';
import {
  type IncidentCriterionInput,
  NameIncidentAccountsDocument,
  SetIncidentCriterionDocument,
} from '../../api/generated';
import { useAction } from '../../api/hooks';
import { at, count, instant, words } from '../../format';
import { Field, Form, Select } from '../../ui/form';
import { Button, Card, Figure, Refusal } from '../../ui/parts';
import type { PartProps } from './incident';

type By = 'NAMED' | 'EVERYONE' | 'HELD' | 'SIGNED_IN';
const WAYS: readonly (readonly [By, string])[] = [
  ['NAMED', 'Only those that are named'],
  ['EVERYONE', 'All customers of now'],
  ['HELD', 'Of whom data of a category is held'],
  ['SIGNED_IN', 'Who signed in between two instants'],
];

export function Affected({ of: { id, affected, criterion, closedAt } }: PartProps) {
  const name = useAction(NameIncidentAccountsDocument);
  const find = useAction(SetIncidentCriterionDocument);
  const [by, setBy] = useState<By>('NAMED');
  const add = async ({ accounts = '' }: Record<string, string>, form: HTMLFormElement) => {
    const input = { incidentId: id, add: accounts.split(/[\s,]+/).filter(Boolean), remove: [] };
    if (await name.run({ input })) form.reset();
  };
  return (
    <Card title="Affected accounts">
      <dl className="figures">
        <Figure name="Affected">{count(affected.accounts)}</Figure>
        <Figure name="Told">{count(affected.told)}</Figure>
        <Figure name="Erased before">{count(affected.gone)}</Figure>
      </dl>
      <p className="muted">{said(criterion)}</p>
      {!closedAt && (
        <>
          <Form onSend={(values, form) => void add(values, form)}>
            <Refusal of={name.refusal} />
            <Field
              name="accounts"
              label="Name accounts"
              placeholder="acc_… acc_…"
              autoComplete="off"
              required
            />
            <div>
              <Button type="submit" disabled={name.busy}>
                Add them
              </Button>
            </div>
          </Form>
          <Form
            onSend={(values) =>
              void find.run({ input: { incidentId: id, criterion: criterionOf(by, values) } })
            }
          >
            <Refusal of={find.refusal} />
            <Select
              label="Find others"
              value={by}
              onChange={({ target }) => setBy(target.value as By)}
              options={WAYS}
            />
            {by === 'HELD' && <Field name="category" label="Category" placeholder="financial" required />}
            {by === 'SIGNED_IN' && (
              <div className="grid">
                <Field name="since" type="datetime-local" label="From" required />
                <Field name="until" type="datetime-local" label="Before" required />
              </div>
            )}
            <div>
              <Button type="submit" disabled={find.busy}>
                Find them so
              </Button>
            </div>
          </Form>
        </>
      )}
    </Card>
  );
}

function criterionOf(by: By, values: Record<string, string>): IncidentCriterionInput | null {
  switch (by) {
    case 'EVERYONE':
      return { everyone: true };
    case 'HELD':
      return { heldCategory: values.category ?? '' };
    case 'SIGNED_IN':
      return { signedIn: { since: instant(values.since) ?? '', until: instant(values.until) ?? '' } };
    default:
      return null;
  }
}

function said(criterion: PartProps['of']['criterion']): string {
  if (!criterion) return 'Only those that are named.';
  const { everyone, heldCategory, signedInFrom, signedInUntil, appliedAt } = criterion;
  const who = everyone
    ? 'All customers'
    : heldCategory
      ? `Of whom data is held: ${words(heldCategory).toLowerCase()}`
      : `Who signed in from ${signedInFrom ? at(signedInFrom) : ''} to ${signedInUntil ? at(signedInUntil) : ''}`;
  return `${who}; ${appliedAt ? `found ${at(appliedAt)}` : 'being looked for'}.`;
}
