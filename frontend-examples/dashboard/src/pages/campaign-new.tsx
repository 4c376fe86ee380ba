import { useState } from 'react';
import { CreateCampaignDocument } from '../api/generated';
import { useAction } from '../api/hooks';
import { Link, go } from '../router';
import { Field, Form, Select, TextField } from '../ui/form';
import { Button, Card, Page, Refusal } from '../ui/parts';

export default function NewCampaignPage() {
  const create = useAction(CreateCampaignDocument);
  const [isSms, setIsSms] = useState(false);
  const send = async ({ name = '', subject = '', text = '', sender }: Record<string, string>) => {
    const message = isSms ? { sms: { text, sender: sender || null } } : { email: { subject, text } };
    const done = await create.run({ input: { name, message } });
    if (done?.__typename === 'CampaignCreated') go(`/campaigns/${done.campaign.id}`);
  };
  return (
    <Page
      title="New campaign"
      lead="A draft costs nothing. Recipients, the price and the time come next."
      actions={<Link to="/campaigns">All campaigns</Link>}
    >
      <Card title="Message">
        <Form onSend={(values) => void send(values)}>
          <Refusal of={create.refusal} />
          <Field name="name" label="Name, for yourself" autoComplete="off" required />
          <Select
            label="Sent by"
            value={isSms ? 'SMS' : 'EMAIL'}
            onChange={({ target }) => setIsSms(target.value === 'SMS')}
            options={[
              ['EMAIL', 'E-mail'],
              ['SMS', 'SMS'],
            ]}
          />
          {isSms ? (
            <Field name="sender" label="Sender ID" hint="Empty: the service’s own" autoComplete="off" />
          ) : (
            <Field name="subject" label="Subject" autoComplete="off" required />
          )}
          <TextField name="text" label="Text" required />
          <div>
            <Button kind="main" type="submit" disabled={create.busy}>
              Save the draft
            </Button>
          </div>
        </Form>
      </Card>
    </Page>
  );
}
