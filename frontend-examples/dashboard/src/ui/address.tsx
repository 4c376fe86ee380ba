import { PostalAddressDocument, SetPostalAddressDocument } from '../api/generated';
import { useAction, useAsk } from '../api/hooks';
import { countryOptions } from './countries';
import { Field, Form, Select } from './form';
import { Button, Card, Refusal } from './parts';

const LINES = [
  ['name', 'Name or company', 'organization'],
  ['street', 'Street', 'address-line1'],
  ['number', 'House number', 'off'],
  ['postalCode', 'Postal code', 'postal-code'],
  ['city', 'Town', 'address-level2'],
] as const;

/** Orders and plans need an address; it is asked for once. */
export function Address() {
  const known = useAsk(PostalAddressDocument, {});
  const save = useAction(SetPostalAddressDocument);
  const account = known.data?.viewer?.account;
  if (!account || account.postalAddress) return null;
  const send = async (values: Record<string, string>) => {
    const { name = '', street = '', number = '', postalCode = '', city = '', country = '' } = values;
    if (await save.run({ input: { name, street, number, postalCode, city, country } })) known.again();
  };
  return (
    <Card title="Your address">
      <p className="muted">Invoices carry it: the first order and a plan need it.</p>
      <Form onSend={(values) => void send(values)}>
        <Refusal of={save.refusal} />
        <div className="grid">
          {LINES.map(([name, label, autoComplete]) => (
            <Field key={name} name={name} label={label} autoComplete={autoComplete} required />
          ))}
          <Select name="country" label="Country" autoComplete="country" options={countryOptions} />
        </div>
        <div>
          <Button type="submit" disabled={save.busy}>
            Save the address
          </Button>
        </div>
      </Form>
    </Card>
  );
}
