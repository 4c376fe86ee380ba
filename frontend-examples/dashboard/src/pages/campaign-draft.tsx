// What a draft still needs: whom it goes to and why it may, what it costs, and when it is sent.

import { useState } from 'react';
import {
  AddRecipientsDocument,
  type CampaignHeadFragment,
  CampaignQuoteDocument,
  DeclareAudienceDocument,
  type LawfulBasis,
  type ListSource,
  ScheduleCampaignDocument,
} from '../api/generated';
import { useAction, useAsk } from '../api/hooks';
import { at, count, instant, timeZone, unitName, words } from '../format';
import { Field, Form, Select, TextField } from '../ui/form';
import { Button, Card, Figure, Loaded, Note, Refusal } from '../ui/parts';

const BASES: readonly LawfulBasis[] = [
  'CONSENT',
  'EXISTING_CUSTOMER',
  'CONTRACT',
  'LEGAL_OBLIGATION',
  'LEGITIMATE_INTEREST',
];
const SOURCES: readonly ListSource[] = ['OWN_SUBSCRIBERS', 'OWN_CUSTOMERS', 'OWN_MEMBERS', 'OWN_EVENTS'];
/** As many as one call takes. */
const BATCH = 1_000;

interface DraftProps {
  readonly campaign: CampaignHeadFragment;
}

export function Draft({ campaign }: DraftProps) {
  const isDraft = campaign.status === 'DRAFT';
  return (
    <div className="grid wide">
      {isDraft && <Recipients campaign={campaign} />}
      <When campaign={campaign} />
    </div>
  );
}

function Recipients({ campaign: { id, channel } }: DraftProps) {
  const declare = useAction(DeclareAudienceDocument);
  const add = useAction(AddRecipientsDocument);
  const [said, setSaid] = useState<string | null>(null);
  const send = async (values: Record<string, string>, form: HTMLFormElement) => {
    setSaid(null);
    const lawfulBasis = values.lawfulBasis as LawfulBasis;
    const listSource = values.listSource as ListSource;
    if (!(await declare.run({ input: { campaignId: id, lawfulBasis, listSource } }))) return;
    const recipients = (values.recipients ?? '').split(/[\s,;]+/).filter(Boolean);
    const sum = { added: 0, duplicates: 0, left: 0 };
    for (let start = 0; start < recipients.length; start += BATCH) {
      const batch = recipients.slice(start, start + BATCH);
      const done = await add.run({ input: { campaignId: id, recipients: batch } });
      if (done?.__typename !== 'CampaignRecipientsAdded') return;
      sum.added += done.added;
      sum.duplicates += done.duplicates;
      sum.left += done.suppressed.length + done.invalid.length;
    }
    form.reset();
    setSaid(
      `${count(sum.added)} were added, ${count(sum.duplicates)} were there already, ${count(sum.left)} cannot be written to.`,
    );
  };
  return (
    <Card title="Recipients">
      <Form onSend={(values, form) => void send(values, form)}>
        <Refusal of={declare.refusal ?? add.refusal} />
        <div role="status">{said && <Note>{said}</Note>}</div>
        <Select
          name="lawfulBasis"
          label="Why you may write to them"
          options={BASES.map((one) => [one, words(one)])}
        />
        <Select
          name="listSource"
          label="Where their addresses come from"
          options={SOURCES.map((one) => [one, words(one)])}
          hint="Bought, rented and others’ lists are refused."
        />
        <TextField
          name="recipients"
          label={channel === 'SMS' ? 'Phone numbers' : 'E-mail addresses'}
          required
          hint="One a line, or separated by commas. Kept encrypted."
        />
        <div>
          <Button type="submit" disabled={declare.busy || add.busy}>
            Add them
          </Button>
        </div>
      </Form>
    </Card>
  );
}

function When({ campaign: { id, status, recipients, scheduledAt } }: DraftProps) {
  // Asked again whenever the pushed count of recipients moved.
  const quote = useAsk(CampaignQuoteDocument, { id }, recipients);
  const schedule = useAction(ScheduleCampaignDocument);
  const set = (moment: string | null) => schedule.run({ input: { campaignId: id, at: moment } });
  return (
    <Card title="Costs, and when">
      <Loaded value={quote.data} trouble={quote.trouble} again={quote.again}>
        {({ quoteCampaign: costs }) =>
          costs && (
            <dl className="figures">
              <Figure name="Recipients">{count(costs.recipients)}</Figure>
              <Figure name={`At most, in ${unitName(costs.unit)}`}>
                <span data-credits="">{count(costs.credits)}</span>
              </Figure>
              {costs.segments > 1 && <Figure name="Parts of a message">{count(costs.segments)}</Figure>}
            </dl>
          )
        }
      </Loaded>
      <Refusal of={schedule.refusal} />
      {status === 'SCHEDULED' && scheduledAt ? (
        <>
          <p>It is sent {at(scheduledAt)}.</p>
          <div>
            <Button disabled={schedule.busy} onClick={() => void set(null)}>
              Make it a draft again
            </Button>
          </div>
        </>
      ) : (
        <Form onSend={(values) => void set(instant(values.at))}>
          <Field
            name="at"
            type="datetime-local"
            label="Send it later"
            hint={`In your zone, ${timeZone}`}
            required
          />
          <div>
            <Button type="submit" disabled={schedule.busy}>
              Schedule it
            </Button>
          </div>
        </Form>
      )}
    </Card>
  );
}
