import {
  DueWorkDocument,
  type DueWorkQuery,
  FailingWorkDocument,
  RetryDueWorkDocument,
} from '../../api/generated';
import { useAction, useAsk } from '../../api/hooks';
import { at, count, words } from '../../format';
import { useFresh } from '../../ui/fresh';
import { Button, Card, Empty, Figure, Loaded, Moment, Note, Page, Refusal, Table, Tag } from '../../ui/parts';

type Counts = DueWorkQuery['dueWorkCounts'];
const total = (counts: Counts, of: 'scheduled' | 'due' | 'late' | 'failing' | 'paused') =>
  counts.reduce((sum, one) => sum + one[of], 0);

export default function OperatorOverview() {
  const work = useAsk(DueWorkDocument, {});
  const failing = useAsk(FailingWorkDocument, {});
  const retry = useAction(RetryDueWorkDocument);
  const again = () => {
    work.again();
    failing.again();
  };
  useFresh(again);
  return (
    <Page
      title="Due work"
      lead="What the service has to do by itself, and what of it is late or fails."
      actions={<Button onClick={again}>Look again</Button>}
    >
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
            <Card title="In all">
              <dl className="figures">
                <Figure name="Failing">{count(total(counts, 'failing'))}</Figure>
                <Figure name="Late">{count(total(counts, 'late'))}</Figure>
                <Figure name="Due now">{count(total(counts, 'due'))}</Figure>
                <Figure name="Scheduled">{count(total(counts, 'scheduled'))}</Figure>
                <Figure name="Paused">{count(total(counts, 'paused'))}</Figure>
              </dl>
            </Card>
            <Card title="By kind">
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
                    cell: ({ failing: much }) => (much ? <Tag tone="bad">{count(much)}</Tag> : '0'),
                  },
                  { name: 'Paused', right: true, cell: ({ paused }) => count(paused) },
                ]}
              />
            </Card>
          </>
        )}
      </Loaded>
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
                    <Button kind="plain" onClick={() => void retry.run({ input: { id } }).then(again)}>
                      Try now
                    </Button>
                  ),
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
    </Page>
  );
}
