import { useState } from 'react';
import {
  type IncidentEntrySource,
  type IncidentLineFragment,
  IncidentRegisterDocument,
  type IncidentState,
  OpenIncidentDocument,
  OpenIncidentsDocument,
  type SecurityReportKind,
  WatchIncidentsDocument,
} from '../../api/generated';
import { useAction, useMoves } from '../../api/hooks';
import { usePages } from '../../api/pages';
import { at, count, instant, words } from '../../format';
import { Link, go } from '../../router';
import { Countdown } from '../../ui/countdown';
import { Field, Form, Select, TextField } from '../../ui/form';
import { INCIDENT_STATES, INCIDENT_TONES, RISK_TONES } from '../../ui/incidents';
import { Button, Card, Empty, Loaded, Page, Refusal, Table, Tag } from '../../ui/parts';

export default function IncidentsPage() {
  const [isRegister, setIsRegister] = useState(false);
  return (
    <Page
      title="Incidents"
      lead="Whatever happened to data. The authority is told within 72 hours of knowing; no pause moves that."
    >
      <Incidents key={String(isRegister)} isRegister={isRegister} choose={setIsRegister} />
      <Enter />
    </Page>
  );
}

interface ListProps {
  readonly isRegister: boolean;
  readonly choose: (register: boolean) => void;
}

function Incidents({ isRegister, choose }: ListProps) {
  const moves = useMoves(WatchIncidentsDocument, {});
  const [state, setState] = useState<IncidentState | ''>('');
  const open = usePages(OpenIncidentsDocument, {}, ({ incidents }) => incidents, isRegister ? null : moves);
  const register = usePages(
    IncidentRegisterDocument,
    {},
    ({ incidentRegister }) => incidentRegister,
    isRegister ? moves : null,
  );
  const { rows, trouble, again, more } = isRegister ? register : open;
  return (
    <Card
      title={isRegister ? 'The whole register' : 'Open'}
      aside={
        <div className="row">
          <div className="tabs" role="group" aria-label="Incidents that are shown">
            <Button aria-pressed={!isRegister} onClick={() => choose(false)}>
              Open
            </Button>
            <Button aria-pressed={isRegister} onClick={() => choose(true)}>
              All
            </Button>
          </div>
          <Select
            label="In state"
            value={state}
            onChange={({ target }) => setState(target.value as IncidentState | '')}
            options={[['', 'Any'], ...INCIDENT_STATES.map((one) => [one, words(one)] as const)]}
          />
        </div>
      }
    >
      <Loaded value={rows} trouble={trouble} again={again} lines={5}>
        {(found) => (
          <>
            <Lines rows={found.filter((one) => state === '' || one.state === state)} />
            {more && (
              <div>
                <Button onClick={more}>Show more</Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Lines({ rows }: { readonly rows: readonly IncidentLineFragment[] }) {
  return (
    <Table
      caption="Incidents, the most urgent first"
      rows={rows}
      id={({ id }) => id}
      empty={<Empty title="There is none.">What you enter below starts its clock at once.</Empty>}
      columns={[
        {
          name: 'What',
          cell: ({ id, kind }) => <Link to={`/operator/incidents/${id}`}>{words(kind)}</Link>,
        },
        {
          name: 'State',
          cell: ({ state }) => <Tag tone={INCIDENT_TONES[state]}>{words(state)}</Tag>,
        },
        { name: 'Authority', cell: (one) => <Clock of={one} /> },
        {
          name: 'Risk',
          cell: ({ assessment }) =>
            assessment && <Tag tone={RISK_TONES[assessment.risk]}>{words(assessment.risk)}</Tag>,
        },
        { name: 'Accounts', right: true, cell: ({ affected }) => count(affected.accounts) },
        { name: 'Known since', cell: ({ knownAt }) => at(knownAt) },
        { name: 'By', cell: ({ source }) => words(source) },
      ]}
    />
  );
}

/** The 72 hours while they run; that the authority was told, or need not be. */
function Clock({ of: { state, dueAt, authorityNotice, assessment } }: { readonly of: IncidentLineFragment }) {
  if (authorityNotice) return <Tag tone="good">told</Tag>;
  if (assessment?.risk === 'NONE' || state === 'CLOSED')
    return <span className="muted">need not be told</span>;
  return <Countdown to={dueAt} />;
}

const KINDS: readonly SecurityReportKind[] = ['UNAUTHORISED_ACCESS', 'LOSS', 'MISUSE'];
const SOURCES: readonly IncidentEntrySource[] = ['STAFF', 'MAIL'];

function Enter() {
  const enter = useAction(OpenIncidentDocument);
  const send = async (values: Record<string, string>) => {
    const done = await enter.run({
      input: {
        kind: values.kind as SecurityReportKind,
        source: values.source as IncidentEntrySource,
        knownAt: instant(values.knownAt) ?? new Date().toISOString(),
        occurredAt: instant(values.occurredAt),
        summary: values.summary ?? '',
        accountIds: (values.accounts ?? '').split(/[\s,]+/).filter(Boolean),
      },
    });
    if (done?.__typename === 'IncidentOpened') go(`/operator/incidents/${done.incidentId}`);
  };
  return (
    <Card title="Enter an incident">
      <Form onSend={(values) => void send(values)}>
        <Refusal of={enter.refusal} />
        <div className="grid pairs">
          <Select name="kind" label="What happened" options={KINDS.map((one) => [one, words(one)])} />
          <Select name="source" label="Known from" options={SOURCES.map((one) => [one, words(one)])} />
          <Field name="knownAt" type="datetime-local" label="Known since" hint="Empty: since now" />
          <Field name="occurredAt" type="datetime-local" label="Happened" hint="Empty: unknown" />
        </div>
        <TextField name="summary" label="What is known" maxLength={2000} required />
        <Field
          name="accounts"
          label="Affected accounts, as far as known"
          placeholder="acc_… acc_…"
          autoComplete="off"
        />
        <div>
          <Button kind="main" type="submit" disabled={enter.busy}>
            Enter it
          </Button>
        </div>
      </Form>
    </Card>
  );
}
