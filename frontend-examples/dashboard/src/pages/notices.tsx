import { MarkAllNoticesReadDocument, type NoticeLineFragment, WatchNoticesDocument } from '../api/generated';
import { useAction, useFeed } from '../api/hooks';
import { words } from '../format';
import { useSession } from '../session/session';
import { placed } from '../ui/lists';
import { Button, Card, Empty, Loaded, Moment, Page, Refusal } from '../ui/parts';
import { Incidents } from './notices-incidents';

export default function NoticesPage() {
  const { again, viewer } = useSession();
  const { state, trouble } = useFeed(
    WatchNoticesDocument,
    {},
    (before: readonly NoticeLineFragment[] | null, { noticePosted: update }) =>
      update.notice ? placed(before ?? [], update.notice) : update.newest,
  );
  const markAll = useAction(MarkAllNoticesReadDocument);
  const read = async () => {
    if (await markAll.run({})) again();
  };
  return (
    <Page
      title="Notices"
      lead="What you were told, by e-mail too where you have a verified address."
      actions={<Button onClick={() => void read()}>Mark all as read</Button>}
    >
      <Refusal of={markAll.refusal} />
      {!viewer.staff && <Incidents />}
      <Card title="Newest first">
        <Loaded value={state} trouble={trouble} lines={6}>
          {(found) =>
            found.length === 0 ? (
              <Empty title="You were told nothing yet." />
            ) : (
              found.map(({ id, kind, title, text, createdAt }) => (
                <article key={id} className="stack">
                  <div className="row">
                    <h3>{title ?? words(kind)}</h3>
                    <span className="small muted">
                      <Moment of={createdAt} />
                    </span>
                  </div>
                  {text && <p className="muted">{text}</p>}
                </article>
              ))
            )
          }
        </Loaded>
      </Card>
    </Page>
  );
}
