import { DataAccessDocument, type DataAccessQuery } from '../api/generated';
import { usePages } from '../api/pages';
import { at, words } from '../format';
import { Button, Card, Empty, Loaded, Table, Tag } from '../ui/parts';

type Access = NonNullable<DataAccessQuery['viewer']>['account']['dataAccess']['edges'][number]['node'];

const FIELDS_SHOWN = 3;

/** Who of the company, or which reseller, looked at what of the account. */
export function Readers() {
  const { rows, trouble, again, more } = usePages(
    DataAccessDocument,
    {},
    ({ viewer }) => viewer?.account.dataAccess,
  );
  return (
    <Card title="Who read my data">
      <p className="muted">
        Each reading by our staff, or by a reseller who manages the account, is written down before it is
        answered. A person of the staff has the same pseudonym in all that they read.
      </p>
      <Loaded value={rows} trouble={trouble} again={again} lines={4}>
        {(found) => (
          <>
            <Table
              caption="Who read data of the account, the newest first"
              rows={found}
              id={({ id }) => id}
              empty={
                <Empty title="Nobody but you.">
                  No person of our staff looked at anything of this account.
                </Empty>
              }
              columns={[
                { name: 'When', cell: (one) => at(one.at) },
                { name: 'Who', cell: (one) => <Reader of={one} /> },
                { name: 'Why', cell: ({ purpose }) => <span className="whole">{words(purpose)}</span> },
                { name: 'Which data', cell: ({ fields }) => <Fields names={fields} /> },
              ]}
            />
            {more && (
              <div>
                <Button onClick={more}>Show earlier ones</Button>
              </div>
            )}
          </>
        )}
      </Loaded>
    </Card>
  );
}

function Reader({ of: { reader, roles, handle, resellerAccountId } }: { readonly of: Access }) {
  return (
    <>
      <Tag>{reader === 'STAFF' ? 'Our staff' : 'Reseller'}</Tag>{' '}
      {roles.length > 0 && <span>{roles.map(words).join(', ')} </span>}
      <code className="small">{handle ?? resellerAccountId}</code>
    </>
  );
}

function Fields({ names }: { readonly names: readonly string[] }) {
  if (names.length <= FIELDS_SHOWN) return <code className="small">{names.join(', ')}</code>;
  return (
    <details>
      <summary>{names.length} fields</summary>
      <code className="small">{names.join(', ')}</code>
    </details>
  );
}
