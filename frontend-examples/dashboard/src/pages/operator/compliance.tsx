import { useState } from 'react';
import { CheckPolicyDocument, ComplianceDocument, type ComplianceQuery } from '../../api/generated';
import { useAction, useAsk } from '../../api/hooks';
import { count, day, fromNow, policyLanguage, words } from '../../format';
import { Button, Card, Empty, Figure, Loaded, Page, Refusal, Table, Tag, type Tone } from '../../ui/parts';

type Clause = ComplianceQuery['policyCompliance'][number];
const TONES: Record<Clause['compliance'], Tone | undefined> = {
  PASSED: 'good',
  FAILED: 'bad',
  NOT_RUN: 'warn',
  STATEMENT: undefined,
  NOT_YET: 'warn',
};
const STATES = Object.keys(TONES) as Clause['compliance'][];

export default function CompliancePage() {
  const found = useAsk(ComplianceDocument, { language: policyLanguage });
  const check = useAction(CheckPolicyDocument);
  const [only, setOnly] = useState<Clause['compliance'] | null>(null);
  return (
    <Page
      title="Compliance"
      lead="Every clause of the policy, with what proves it and when that last looked at the live database."
      actions={
        <Button kind="main" disabled={check.busy} onClick={() => void check.run({}).then(found.again)}>
          {check.busy ? 'Checking …' : 'Run every check now'}
        </Button>
      }
    >
      <Refusal of={check.refusal} />
      <Loaded value={found.data} trouble={found.trouble} again={found.again} lines={8}>
        {({ policyCompliance: clauses, attestations }) => (
          <>
            <Card title="In all">
              <dl className="figures">
                {STATES.map((state) => (
                  <Figure key={state} name={words(state)}>
                    {count(clauses.filter(({ compliance }) => compliance === state).length)}
                  </Figure>
                ))}
              </dl>
            </Card>
            <Card
              title="By clause"
              aside={
                <div className="tabs" role="group" aria-label="Only clauses that are">
                  <Button aria-pressed={only === null} onClick={() => setOnly(null)}>
                    All
                  </Button>
                  {STATES.map((state) => (
                    <Button key={state} aria-pressed={only === state} onClick={() => setOnly(state)}>
                      {words(state)}
                    </Button>
                  ))}
                </div>
              }
            >
              <Table
                caption="Clauses"
                rows={clauses.filter(({ compliance }) => only === null || compliance === only)}
                id={({ clause }) => clause.id}
                empty={<Empty title="No clause is in this state." />}
                columns={[
                  {
                    name: 'Clause',
                    cell: ({ clause }) => (
                      <>
                        {clause.title} <span className="small muted">{clause.rules.join(', ')}</span>
                      </>
                    ),
                  },
                  { name: 'Value', cell: ({ clause }) => clause.value },
                  {
                    name: 'State',
                    cell: ({ compliance }) => <Tag tone={TONES[compliance]}>{words(compliance)}</Tag>,
                  },
                  {
                    name: 'Evidence',
                    cell: ({ evidence, check: name }) => <span className="small">{evidence ?? name}</span>,
                  },
                  { name: 'Looked', cell: ({ lastRun }) => lastRun && fromNow(lastRun) },
                ]}
              />
            </Card>
            <Card title="Attestations">
              <Table
                caption="What people attest"
                rows={attestations}
                id={({ kind }) => kind}
                empty={<Empty title="The policy wants none." />}
                columns={[
                  { name: 'What', cell: ({ kind }) => words(kind) },
                  { name: 'By', cell: ({ owner }) => owner },
                  { name: 'Reference', cell: ({ reference }) => reference },
                  { name: 'Again by', cell: ({ reviewAt }) => reviewAt && day(reviewAt) },
                  {
                    name: 'State',
                    cell: ({ overdue }) =>
                      overdue ? <Tag tone="bad">Overdue</Tag> : <Tag tone="good">In order</Tag>,
                  },
                ]}
              />
            </Card>
          </>
        )}
      </Loaded>
    </Page>
  );
}
