import { useState } from 'react';
import {
  AcceptPolicyDocument,
  ApiKeysDocument,
  type ApiKeysQuery,
  CreateApiKeyDocument,
  RevokeApiKeyDocument,
  type Scope,
} from '../api/generated';
import { useAction, useAsk } from '../api/hooks';
import { at, fromNow, words } from '../format';
import { Field, Form, Tick } from '../ui/form';
import { Button, Card, Empty, Loaded, Note, Page, Refusal, Table, Tag } from '../ui/parts';

const SCOPES: readonly Scope[] = [
  'ACCOUNT_READ',
  'BALANCE_READ',
  'LEDGER_READ',
  'TOPUPS_READ',
  'TOPUPS_WRITE',
  'ORDERS_READ',
  'ORDERS_WRITE',
  'USAGE_WRITE',
  'CAMPAIGNS_READ',
  'CAMPAIGNS_WRITE',
  'EVENTS_WRITE',
];
const USUAL = new Set<Scope>(['ACCOUNT_READ', 'BALANCE_READ', 'LEDGER_READ']);

type Key = NonNullable<ApiKeysQuery['viewer']>['account']['apiKeys']['edges'][number]['node'];

export default function KeysPage() {
  const keys = useAsk(ApiKeysDocument, {});
  const revoke = useAction(RevokeApiKeyDocument);
  const [secret, setSecret] = useState<string | null>(null);
  const ended = ({ revokedAt, expiresAt }: Key) =>
    revokedAt !== null || (expiresAt !== null && new Date(expiresAt).getTime() < Date.now());
  return (
    <Page
      title="API keys"
      lead="For programs. Each does only what its scopes allow, and can be ended at any time."
    >
      {secret && (
        <Note>
          <p>This is the key. It is shown once, and only a hash of it is kept.</p>
          <p>
            <code data-secret>{secret}</code>
          </p>
          <Button onClick={() => void navigator.clipboard.writeText(secret)}>Copy it</Button>
        </Note>
      )}
      <Card title="Keys">
        <Refusal of={revoke.refusal} />
        <Loaded value={keys.data?.viewer?.account.apiKeys.edges} trouble={keys.trouble} again={keys.again}>
          {(edges) => (
            <Table
              caption="API keys"
              rows={edges.map(({ node }) => node)}
              id={({ id }) => id}
              empty={<Empty title="There is no key yet." />}
              columns={[
                { name: 'Name', cell: ({ name }) => name },
                { name: 'Begins with', cell: ({ prefix }) => <code>{prefix}</code> },
                {
                  name: 'May',
                  cell: ({ scopes }) => <span className="small">{scopes.map(words).join(', ')}</span>,
                },
                { name: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt ? fromNow(lastUsedAt) : 'never') },
                { name: 'Ends', cell: ({ expiresAt }) => (expiresAt ? at(expiresAt) : 'when you say so') },
                {
                  name: 'State',
                  right: true,
                  cell: (key) =>
                    ended(key) ? (
                      <Tag>Ended</Tag>
                    ) : (
                      <Button
                        kind="plain"
                        aria-label={`Revoke ${key.name ?? ''}`}
                        onClick={() => void revoke.run({ input: { id: key.id } }).then(keys.again)}
                      >
                        Revoke
                      </Button>
                    ),
                },
              ]}
            />
          )}
        </Loaded>
      </Card>
      <NewKey
        policies={keys.data?.keyPoliciesInForce ?? []}
        made={(shown) => {
          setSecret(shown);
          keys.again();
        }}
      />
    </Page>
  );
}

interface NewKeyProps {
  readonly policies: ApiKeysQuery['keyPoliciesInForce'];
  readonly made: (secret: string) => void;
}

function NewKey({ policies, made }: NewKeyProps) {
  const accept = useAction(AcceptPolicyDocument);
  const create = useAction(CreateApiKeyDocument);
  const send = async (values: Record<string, string>, form: HTMLFormElement) => {
    for (const { document, version } of policies)
      if (!(await accept.run({ input: { document, version } }))) return;
    const { name = '', days } = values;
    const expiresAt = days ? new Date(Date.now() + Number(days) * 86_400_000).toISOString() : null;
    const value = await create.run({
      input: { name, scopes: SCOPES.filter((scope) => values[scope] === 'on'), expiresAt },
    });
    if (value?.__typename !== 'ApiKeyCreated') return;
    form.reset();
    made(value.secret);
  };
  return (
    <Card title="A new key">
      <Form onSend={(values, form) => void send(values, form)}>
        <Refusal of={accept.refusal ?? create.refusal} />
        <div className="grid">
          <Field name="name" label="Name" maxLength={64} required />
          <Field name="days" label="Ends after days" type="number" min={1} hint="Empty: when you say so." />
        </div>
        <fieldset>
          <legend>What it may do</legend>
          <div className="grid">
            {SCOPES.map((scope) => (
              <Tick key={scope} name={scope} label={words(scope)} defaultChecked={USUAL.has(scope)} />
            ))}
          </div>
        </fieldset>
        {policies.length > 0 && (
          <Tick
            name="accepted"
            required
            label={
              <>
                I accept the{' '}
                <a href="/policy">
                  {policies.map(({ document, version }) => `${words(document)} (${version})`).join(', ')}
                </a>
                .
              </>
            }
          />
        )}
        <div>
          <Button kind="main" type="submit" disabled={accept.busy || create.busy}>
            Make the key
          </Button>
        </div>
      </Form>
    </Card>
  );
}
