import {
  IncidentDocument,
  type IncidentFileFragment,
  type IncidentState,
  MoveIncidentDocument,
  NoteIncidentDocument,
  type IncidentNoteKind,
  WatchIncidentDocument,
} from '../../api/generated';
import { useState } from 'react';
import { useAction, useAsk, useMoves } from '../../api/hooks';
import { at, words } from '../../format';
import { Link } from '../../router';
import type { PageProps } from '../../routes';
import { Countdown } from '../../ui/countdown';
import { Field, Form, Select, TextField } from '../../ui/form';
import { INCIDENT_STATES, INCIDENT_TONES } from '../../ui/incidents';
import { Button, Card, Empty, Figure, Loaded, Note, Page, Refusal, Table, Tag } from '../../ui/parts';
import { Affected } from './incident-accounts';
import { Assessment, AuthorityNotice, Decision } from './incident-deciding';

export default function IncidentPage({ parts: { id = '' } }: PageProps) {
  const moves = useMoves(WatchIncidentDocument, { id });
  const { data, trouble, again } = useAsk(IncidentDocument, { id }, moves);
  const found = data?.node?.__typename === 'IncidentCase' ? data.node : null;
  return (
    <Page
      title={found ? words(found.kind) : 'Incident'}
      lead={
        found && (
          <>
            <code>{found.id}</code>, known by {words(found.source).toLowerCase()} since {at(found.knownAt)}.
          </>
        )
      }
      actions={<Link to="/operator/incidents">All incidents</Link>}
    >
      <Loaded value={data && { incident: found }} trouble={trouble} again={again} lines={8}>
        {({ incident }) =>
          incident === null ? (
            <Empty title="There is no such incident." />
          ) : (
            <>
              <Standing of={incident} />
              <div className="grid wide">
                <Assessment of={incident} />
                <Affected of={incident} />
                <AuthorityNotice of={incident} />
                <Decision of={incident} />
              </div>
              <Entries of={incident} />
            </>
          )
        }
      </Loaded>
    </Page>
  );
}

export interface PartProps {
  readonly of: IncidentFileFragment;
}

function Standing({ of }: PartProps) {
  const { state, summary, occurredAt, reportId, closedAt, dueAt, authorityNotice, assessment } = of;
  const needsNotice = !authorityNotice && assessment?.risk !== 'NONE' && !closedAt;
  return (
    <Card title="Where it is" aside={<Tag tone={INCIDENT_TONES[state]}>{words(state)}</Tag>}>
      <dl className="figures">
        <Figure name="For the authority’s notice" huge>
          {needsNotice ? (
            <Countdown to={dueAt} />
          ) : (
            <Tag tone="good">{authorityNotice ? 'told' : 'none due'}</Tag>
          )}
        </Figure>
        <Figure name="Due">{at(dueAt)}</Figure>
        <Figure name="Happened">{occurredAt ? at(occurredAt) : 'Unknown'}</Figure>
        <Figure name="Closed">{closedAt ? at(closedAt) : 'Not yet'}</Figure>
      </dl>
      {summary && <p className="written">{summary}</p>}
      {reportId && (
        <p className="small muted">
          From the customer’s report <code>{reportId}</code>.
        </p>
      )}
      <Steps state={state} />
      {!closedAt && <Move key={state} of={of} />}
    </Card>
  );
}

function Steps({ state }: { readonly state: IncidentState }) {
  const here = INCIDENT_STATES.indexOf(state);
  return (
    <ol className="steps" aria-label="States, in order">
      {INCIDENT_STATES.map((one, index) => (
        <li key={one} data-reached={index <= here} aria-current={index === here ? 'step' : undefined}>
          {words(one)}
        </li>
      ))}
    </ol>
  );
}

function Move({ of: { id, state } }: PartProps) {
  const move = useAction(MoveIncidentDocument);
  const later = INCIDENT_STATES.slice(INCIDENT_STATES.indexOf(state) + 1);
  const [to, setTo] = useState<IncidentState>(later[0] ?? 'CLOSED');
  const skips = later.indexOf(to) > 0;
  const send = ({ skipReason }: Record<string, string>) =>
    move.run({ input: { incidentId: id, to, skipReason: skips ? skipReason || null : null } });
  return (
    <Form onSend={(values) => void send(values)}>
      <Refusal of={move.refusal} />
      {move.refused?.__typename === 'IncidentIncomplete' && (
        <Note tone="warn">It still needs: {move.refused.lacks.map(words).join(', ')}.</Note>
      )}
      <div className="row">
        <Select
          label="Goes on to"
          value={to}
          onChange={({ target }) => setTo(target.value as IncidentState)}
          options={later.map((one) => [one, words(one)])}
        />
        {skips && (
          <Field name="skipReason" label="Why the states between are skipped" maxLength={2000} required />
        )}
      </div>
      <div>
        <Button kind={to === 'CLOSED' ? 'grave' : 'main'} type="submit" disabled={move.busy}>
          Move it
        </Button>
      </div>
    </Form>
  );
}

const NOTES: readonly IncidentNoteKind[] = ['NOTE', 'CORRECTION'];

function Entries({ of: { id, entries, closedAt } }: PartProps) {
  const note = useAction(NoteIncidentDocument);
  const send = async ({ kind, text = '' }: Record<string, string>, form: HTMLFormElement) => {
    if (await note.run({ input: { incidentId: id, kind: kind as IncidentNoteKind, text } })) form.reset();
  };
  return (
    <Card title="What was done">
      <Table
        caption="Entries of the register, in order"
        rows={entries}
        id={({ number }) => String(number)}
        empty={<Empty title="Nothing yet." />}
        columns={[
          { name: 'When', cell: ({ writtenAt }) => at(writtenAt) },
          { name: 'What', cell: ({ kind, state }) => `${words(kind)}${state ? `: ${words(state)}` : ''}` },
          { name: 'Text', cell: ({ text }) => text && <span className="written">{text}</span> },
          { name: 'No.', right: true, cell: ({ number }) => number },
        ]}
      />
      {!closedAt && (
        <Form onSend={(values, form) => void send(values, form)}>
          <Refusal of={note.refusal} />
          <Select
            name="kind"
            label="Write"
            options={NOTES.map((one) => [one, one === 'NOTE' ? 'A note' : 'A corrective action'])}
          />
          <TextField name="text" label="Text" maxLength={2000} required />
          <div>
            <Button type="submit" disabled={note.busy}>
              Write it down
            </Button>
          </div>
        </Form>
      )}
    </Card>
  );
}
