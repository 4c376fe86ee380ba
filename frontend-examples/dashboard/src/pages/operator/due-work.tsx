import {
  DueWorkDocument,
  type DueWorkQuery,
  FailingWorkDocument,
  RetryDueWorkDocument,
} from '../../api/generated';
import { useAction, useAsk } from '../../api/hooks';
import { at, count, words } from '../../format';
import { Button, Card, Empty, Loaded, Moment, Note, Refusal, Table, Tag } from '../../ui/parts';

interface WorkProps {
  /** How often the figures of what is due moved. */
  readonly moves: number | null;
}

/** What the service has to do by itself, by kind, and what of it fails. */
export function Work({ moves }: WorkProps) {
  const work = useAsk(DueWorkDocument, {}, moves);
  return (
    <Loaded value={work.data} trouble={work.trouble} again={work.again} lines={5}>
      {({ dueWorkCounts: counts, forceMajeure }) => (
        <>
          {forceMajeure
            .filter(({ endsAt }) => !endsAt)
            .map(({ id, startsAt, reason }) => (
              <Note key={id} tone="warn">
                Force majeure since {at(startsAt)}: contractual terms stand still, statutory ones do not.{' '}
                {reason}
              </Note>
            ))}
          <ByKind counts={counts} />
          <Failing moves={moves} />
        </>
      )}
    </Loaded>
  );
}

function ByKind({ counts }: { readonly counts: DueWorkQuery['dueWorkCounts'] }) {
  return (
    <Card title="Due work by kind">
      <Table
        caption="Due work by kind"
        rows={counts}
        id={({ kind }) => kind}
        empty={<Empty title="There is nothing to do." />}
        columns={[
          { name: 'Kind', cell: ({ kind }) => <code>{kind}</code> },
          { name: 'Scheduled', right: true, cell: ({ scheduled }) => count(scheduled) },
          { name: 'Due', right: true, cell: ({ due }) => count(due) },
          {
            name: 'Late',
            right: true,
            cell: ({ late }) => (late ? <Tag tone="warn">{count(late)}</Tag> : '0'),
          },
          {
            name: 'Failing',
            right: true,
            cell: ({ failing }) => (failing ? <Tag tone="bad">{count(failing)}</Tag> : '0'),
          },
          { name: 'Paused', right: true, cell: ({ paused }) => count(paused) },
        ]}
      />
    </Card>
  );
}

function Failing({ moves }: WorkProps) {
  const failing = useAsk(FailingWorkDocument, {}, moves);
  const retry = useAction(RetryDueWorkDocument);
  return (
    <Card title="Failing">
      <Refusal of={retry.refusal} />
      <Loaded value={failing.data?.dueWork.edges} trouble={failing.trouble} again={failing.again}>
        {(edges) => (
          <Table
            caption="Failing work"
            rows={edges.map(({ node }) => node)}
            id={({ id }) => id}
            empty={<Empty title="Nothing fails." />}
            columns={[
              { name: 'Kind', cell: ({ kind }) => <code>{kind}</code> },
              { name: 'Of', cell: ({ subjectId }) => <code>{subjectId}</code> },
              { name: 'Tried', right: true, cell: ({ attempts }) => count(attempts) },
              { name: 'Error', cell: ({ lastError }) => lastError && words(lastError) },
              { name: 'Next', cell: ({ dueAt }) => <Moment of={dueAt} /> },
              {
                name: 'Retry',
                right: true,
                cell: ({ id }) => (
                  <Button kind="plain" onClick={() => void retry.run({ input: { id } }).then(failing.again)}>
                    Try now
                  </Button>
                ),
              },
            ]}
          />
        )}
      </Loaded>
    </Card>
  );
}
