import { type MyIncidentFragment, WatchMyIncidentsDocument } from '../api/generated';
import { useFeed } from '../api/hooks';
import { at, words } from '../format';
import { placed } from '../ui/lists';
import { Card, Note, Tag } from '../ui/parts';

/** The incidents that affected data of the account; nothing where there were none. */
export function Incidents() {
  const { state, trouble } = useFeed(
    WatchMyIncidentsDocument,
    {},
    (before: readonly MyIncidentFragment[] | null, { incidentNotified: update }) =>
      update.incident ? placed(before ?? [], update.incident) : update.newest,
  );
  if (trouble) return <Note tone="bad">{trouble.message}</Note>;
  if (!state || state.length === 0) return null;
  return (
    <Card title="Incidents that affected your data">
      {state.map(({ id, kind, occurredAt, knownAt, categories, message, toldAt, closedAt }) => (
        <article key={id} className="stack">
          <div className="row">
            <h3>{words(kind)}</h3>
            <Tag tone={closedAt ? undefined : 'warn'}>{closedAt ? 'Closed' : 'Being worked on'}</Tag>
          </div>
          {message && <p className="written">{message}</p>}
          <p className="small muted">
            {categories.length > 0 && `Data affected: ${categories.map(words).join(', ')}. `}
            {occurredAt && `It happened ${at(occurredAt)}. `}
            Known to us since {at(knownAt)}; you were told {at(toldAt)}.
          </p>
        </article>
      ))}
    </Card>
  );
}
