// What is decided about an incident: its risk, whether customers are told, and that the authority was.

import { useState } from 'react';
import {
  AssessIncidentDocument,
  DecideIncidentNoticeDocument,
  type IncidentExemption,
  type IncidentRisk,
  RecordAuthorityNoticeDocument,
} from '../../api/generated';
import { useAction } from '../../api/hooks';
import { at, count, instant, words } from '../../format';
import { Field, Form, Select, TextField, Tick } from '../../ui/form';
import { RISK_TONES } from '../../ui/incidents';
import { Button, Card, Figure, Note, Refusal, Tag } from '../../ui/parts';
import type { PartProps } from './incident';

const RISKS: readonly (readonly [IncidentRisk, string])[] = [
  ['NONE', 'Unlikely'],
  ['RISK', 'A risk'],
  ['HIGH_RISK', 'A high risk'],
];
/** The names of the policy’s categories, unless the server names others. */
const CATEGORIES: readonly string[] = ['identification', 'technical', 'financial', 'activity'];

export function Assessment({ of: { id, assessment, closedAt } }: PartProps) {
  const assess = useAction(AssessIncidentDocument);
  const named =
    assess.refused?.__typename === 'IncidentScopeInvalid' ? assess.refused.categories : CATEGORIES;
  const send = (values: Record<string, string>) =>
    assess.run({
      input: {
        incidentId: id,
        risk: values.risk as IncidentRisk,
        categories: named.filter((one) => values[`category-${one}`] === 'on'),
        people: values.people || '0',
        consequences: values.consequences ?? '',
      },
    });
  return (
    <Card
      title="Assessment"
      aside={assessment && <Tag tone={RISK_TONES[assessment.risk]}>{words(assessment.risk)}</Tag>}
    >
      {assessment && (
        <>
          <dl className="figures">
            <Figure name="People">{count(assessment.people)}</Figure>
            <Figure name="Assessed">{at(assessment.assessedAt)}</Figure>
          </dl>
          <p>
            {assessment.categories.map(words).join(', ')}
            {assessment.consequences && <span className="muted">: {assessment.consequences}</span>}
          </p>
        </>
      )}
      {!closedAt && (
        <Form onSend={(values) => void send(values)}>
          <Refusal of={assess.refusal} />
          <Select name="risk" label="The risk for people" options={RISKS} defaultValue={assessment?.risk} />
          <fieldset>
            <legend>Data of these categories</legend>
            {named.map((one) => (
              <Tick
                key={one}
                name={`category-${one}`}
                label={words(one)}
                defaultChecked={assessment?.categories.includes(one) ?? false}
              />
            ))}
          </fieldset>
          <Field
            name="people"
            type="number"
            min={0}
            label="How many people, as far as known"
            defaultValue={assessment?.people ?? ''}
          />
          <TextField
            name="consequences"
            label="What is likely to follow for them"
            maxLength={2000}
            defaultValue={assessment?.consequences ?? ''}
            required
          />
          <div>
            <Button kind="main" type="submit" disabled={assess.busy}>
              {assessment ? 'Assess it anew' : 'Assess it'}
            </Button>
          </div>
        </Form>
      )}
    </Card>
  );
}

export function AuthorityNotice({ of: { id, authorityNotice, dueAt, closedAt } }: PartProps) {
  const record = useAction(RecordAuthorityNoticeDocument);
  const isLate = new Date(dueAt).getTime() < Date.now();
  const send = ({ authority = '', reference = '', notifiedAt, delayReason }: Record<string, string>) =>
    record.run({
      input: {
        incidentId: id,
        authority,
        reference,
        notifiedAt: instant(notifiedAt) ?? new Date().toISOString(),
        delayReason: delayReason || null,
      },
    });
  return (
    <Card title="The authority’s notice">
      {authorityNotice ? (
        <>
          <dl className="figures">
            <Figure name="Told">{at(authorityNotice.notifiedAt)}</Figure>
            <Figure name="In time">
              <Tag tone={authorityNotice.late ? 'bad' : 'good'}>{authorityNotice.late ? 'late' : 'yes'}</Tag>
            </Figure>
          </dl>
          <p>
            {authorityNotice.authority}, <code>{authorityNotice.reference}</code>
          </p>
          {authorityNotice.delayReason && <p className="muted">{authorityNotice.delayReason}</p>}
        </>
      ) : closedAt ? (
        <p className="muted">None was given.</p>
      ) : (
        <Form onSend={(values) => void send(values)}>
          <Refusal of={record.refusal} />
          <Field name="authority" label="Authority" maxLength={200} required autoComplete="off" />
          <Field name="reference" label="Its reference" maxLength={200} required autoComplete="off" />
          <Field name="notifiedAt" type="datetime-local" label="Told at" hint="Empty: now" />
          {isLate && <TextField name="delayReason" label="Why it was late" maxLength={2000} required />}
          <div>
            <Button kind="main" type="submit" disabled={record.busy}>
              Record that it was told
            </Button>
          </div>
        </Form>
      )}
    </Card>
  );
}

const EXEMPTIONS: readonly IncidentExemption[] = ['UNINTELLIGIBLE', 'RISK_AVERTED', 'DISPROPORTIONATE'];

export function Decision({ of: { id, decision, closedAt } }: PartProps) {
  const decide = useAction(DecideIncidentNoticeDocument);
  const [tells, setTells] = useState(true);
  const send = ({ reason = '', message, exemption }: Record<string, string>) =>
    decide.run({
      input: {
        incidentId: id,
        notify: tells,
        reason,
        message: tells ? (message ?? '') : null,
        exemption: tells ? null : ((exemption || null) as IncidentExemption | null),
      },
    });
  return (
    <Card title="Whether customers are told">
      {decision && (
        <>
          <p>
            <Tag tone={decision.notify ? 'accent' : undefined}>
              {decision.notify ? 'They are' : 'They are not'}
            </Tag>{' '}
            {decision.reason}
            {decision.exemption && ` (${words(decision.exemption).toLowerCase()})`}
          </p>
          {decision.message && <p className="written">{decision.message}</p>}
          <p className="small muted">
            Decided {at(decision.decidedAt)}
            {decision.notify && (decision.toldAt ? `; all told by ${at(decision.toldAt)}` : '; being told')}.
          </p>
        </>
      )}
      {!closedAt && !decision?.notify && (
        <Form onSend={(values) => void send(values)}>
          <Refusal of={decide.refusal} />
          {decide.refused?.__typename === 'IncidentIncomplete' && (
            <Note tone="warn">It still needs: {decide.refused.lacks.map(words).join(', ')}.</Note>
          )}
          <Select
            label="Decision"
            value={tells ? 'yes' : 'no'}
            onChange={({ target }) => setTells(target.value === 'yes')}
            options={[
              ['yes', 'They are told, which cannot be taken back'],
              ['no', 'They are not told'],
            ]}
          />
          {tells ? (
            <TextField
              name="message"
              label="What they are told"
              maxLength={2000}
              required
              hint="What happened, what may follow, what is done about it, and whom to ask."
            />
          ) : (
            <Select
              name="exemption"
              label="Where there is a risk: why they need not be"
              options={[['', 'There is none'], ...EXEMPTIONS.map((one) => [one, words(one)] as const)]}
            />
          )}
          <TextField name="reason" label="Why, for the register" maxLength={2000} required />
          <div>
            <Button kind={tells ? 'grave' : 'main'} type="submit" disabled={decide.busy}>
              Decide
            </Button>
          </div>
        </Form>
      )}
    </Card>
  );
}
