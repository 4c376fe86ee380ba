import { useEffect, useState } from 'react';
import {
  CancelExportDocument,
  CreateExportLinkDocument,
  type DataExportScope,
  DataExportsDocument,
  type ExportLineFragment,
  RequestExportDocument,
  WatchExportDocument,
} from '../api/generated';
import { useAction, useAsk, useFeed } from '../api/hooks';
import { at, bytes, count, words } from '../format';
import { Form, Select } from '../ui/form';
import { placed } from '../ui/lists';
import { Button, Card, Empty, Loaded, Refusal, Table, Tag, type Tone } from '../ui/parts';

const TONES: Record<ExportLineFragment['status'], Tone | undefined> = {
  BUILDING: 'accent',
  READY: 'good',
  EXPIRED: undefined,
  CANCELLED: undefined,
};

/** Copies of what is held: asked for, watched while they are made, and fetched by a link that works once. */
export function Exports({ isOwner }: { readonly isOwner: boolean }) {
  const list = useAsk(DataExportsDocument, {});
  const request = useAction(RequestExportDocument);
  const cancel = useAction(CancelExportDocument);
  const link = useAction(CreateExportLinkDocument);
  const [changed, setChanged] = useState<readonly ExportLineFragment[]>([]);
  const known = list.data?.dataExports.edges.map(({ node }) => node);
  const rows =
    known &&
    changed.toReversed().reduce<readonly ExportLineFragment[]>((found, one) => placed(found, one), known);
  const change = (one: ExportLineFragment) => setChanged((before) => placed(before, one));
  const send = async ({ scope, right }: Record<string, string>) => {
    const made = await request.run({
      input: { scope: (scope || 'PERSON') as DataExportScope, right: right as 'ACCESS' },
    });
    if (made?.__typename === 'ExportRequested') change(made.export);
  };
  const fetch = async (exportId: string) => {
    const made = await link.run({ input: { exportId } });
    if (made?.__typename === 'ExportLinkCreated') location.assign(made.path);
  };
  return (
    <Card title="A copy of your data">
      <Refusal of={request.refusal ?? cancel.refusal ?? link.refusal} />
      <Loaded value={rows} trouble={list.trouble} again={list.again}>
        {(found) => (
          <>
            {found
              .filter(({ status }) => status === 'BUILDING')
              .map(({ id }) => (
                <Follow key={id} id={id} told={change} />
              ))}
            <Table
              caption="Copies of data"
              rows={found}
              id={({ id }) => id}
              empty={
                <Empty title="None was made yet.">
                  A ZIP of every table as JSON, CSV and XLSX, and of why each is held.
                </Empty>
              }
              columns={[
                { name: 'Of', cell: ({ scope }) => (scope === 'PERSON' ? 'Me' : 'The account') },
                { name: 'Asked', cell: ({ createdAt }) => at(createdAt) },
                {
                  name: 'State',
                  cell: ({ status, tablesDone, tablesTotal }) => (
                    <>
                      <Tag tone={TONES[status]}>{words(status)}</Tag>
                      {status === 'BUILDING' && ` ${count(tablesDone)} of ${count(tablesTotal)} tables`}
                    </>
                  ),
                },
                { name: 'Size', right: true, cell: ({ sizeBytes }) => sizeBytes && bytes(sizeBytes) },
                {
                  name: 'Fetch',
                  right: true,
                  cell: ({ id, status }) => (
                    <>
                      {status === 'READY' && <Button onClick={() => void fetch(id)}>Download</Button>}{' '}
                      {status === 'BUILDING' && (
                        <Button
                          kind="plain"
                          onClick={() => void cancel.run({ input: { exportId: id } }).then(list.again)}
                        >
                          Give up
                        </Button>
                      )}
                    </>
                  ),
                },
              ]}
            />
          </>
        )}
      </Loaded>
      <Form onSend={(values) => void send(values)}>
        <div className="grid">
          {isOwner && (
            <Select
              name="scope"
              label="Of"
              options={[
                ['PERSON', 'Me'],
                ['ACCOUNT', 'The account'],
              ]}
            />
          )}
          <Select
            name="right"
            label="Because"
            options={[
              ['ACCESS', 'I want to see it'],
              ['PORTABILITY', 'I want to take it elsewhere'],
            ]}
          />
        </div>
        <div>
          <Button kind="main" type="submit" disabled={request.busy}>
            Make a copy
          </Button>
        </div>
      </Form>
    </Card>
  );
}

function Follow({ id, told }: { readonly id: string; readonly told: (one: ExportLineFragment) => void }) {
  const { state } = useFeed(
    WatchExportDocument,
    { id },
    (before: ExportLineFragment | null, { dataExportChanged: update }) => update.export ?? before ?? null,
  );
  useEffect(() => {
    if (state) told(state);
  }, [state]);
  return null;
}
