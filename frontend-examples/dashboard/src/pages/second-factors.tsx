import { useState } from 'react';
import {
  ConfirmTotpDocument,
  CreateRecoveryCodesDocument,
  DisableTotpDocument,
  EnrolTotpDocument,
  RegisterPasskeyDocument,
  RemovePasskeyDocument,
  StartPasskeyRegistrationDocument,
} from '../api/generated';
import { useAction } from '../api/hooks';
import { at, count, fromNow } from '../format';
import { createPasskey } from '../session/passkeys';
import { useSession } from '../session/session';
import { Field, Form } from '../ui/form';
import { Button, Card, Empty, Note, Refusal, Table, Tag } from '../ui/parts';

function Codes({ codes }: { readonly codes: readonly string[] }) {
  return (
    <Note tone="warn">
      <p>
        Keep these recovery codes where nobody else finds them. Each works once, and they are not shown again.
      </p>
      <ul className="codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </Note>
  );
}

export function Authenticator() {
  const { viewer, again } = useSession();
  const enrol = useAction(EnrolTotpDocument);
  const confirm = useAction(ConfirmTotpDocument);
  const disable = useAction(DisableTotpDocument);
  const renew = useAction(CreateRecoveryCodesDocument);
  const [offer, setOffer] = useState<{ secret: string; qrSvg: string } | null>(null);
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const since = viewer.secondFactor?.totpSince;
  const begin = async () => {
    const value = await enrol.run({});
    if (value?.__typename === 'TotpOffered') setOffer(value);
  };
  const finish = async ({ code = '' }: Record<string, string>) => {
    const value = await confirm.run({ input: { code } });
    if (value?.__typename !== 'TotpConfirmed') return;
    setOffer(null);
    setCodes(value.recoveryCodes);
    again();
  };
  const replace = async () => {
    const value = await renew.run({});
    if (value?.__typename === 'RecoveryCodesCreated') setCodes(value.codes);
    again();
  };
  return (
    <Card title="Authenticator" aside={since ? <Tag tone="good">On</Tag> : <Tag tone="warn">Off</Tag>}>
      <Refusal of={enrol.refusal ?? disable.refusal ?? renew.refusal} />
      {codes && <Codes codes={codes} />}
      {since ? (
        <>
          <p className="muted">
            On since {at(since)}. {count(viewer.recoveryCodesLeft)} recovery codes are left.
          </p>
          <div className="row">
            <Button onClick={() => void replace()}>New recovery codes</Button>
            <Button kind="grave" onClick={() => void disable.run({}).then(again)}>
              Switch it off
            </Button>
          </div>
        </>
      ) : offer ? (
        <Form onSend={(values) => void finish(values)}>
          <p>
            Scan the picture with an authenticator, or type the secret; then enter the code that it shows.
          </p>
          <img
            className="qr"
            alt="QR code of the secret"
            src={`data:image/svg+xml,${encodeURIComponent(offer.qrSvg)}`}
          />
          <code data-totp-secret>{offer.secret}</code>
          <Refusal of={confirm.refusal} />
          <Field
            name="code"
            label="Code"
            inputMode="numeric"
            autoComplete="one-time-code"
            required
            autoFocus
          />
          <div>
            <Button kind="main" type="submit" disabled={confirm.busy}>
              Switch it on
            </Button>
          </div>
        </Form>
      ) : (
        <>
          <p className="muted">A code from your telephone, beside the password.</p>
          <div>
            <Button kind="main" onClick={() => void begin()} disabled={enrol.busy}>
              Set it up
            </Button>
          </div>
        </>
      )}
    </Card>
  );
}

export function Passkeys() {
  const { viewer, again } = useSession();
  const start = useAction(StartPasskeyRegistrationDocument);
  const register = useAction(RegisterPasskeyDocument);
  const remove = useAction(RemovePasskeyDocument);
  const [gaveUp, setGaveUp] = useState(false);
  const canHave = 'PublicKeyCredential' in globalThis;
  const add = async ({ name = '' }: Record<string, string>, form: HTMLFormElement) => {
    const started = await start.run({});
    if (started?.__typename !== 'PasskeyRegistrationStarted') return;
    const made = await createPasskey(started.creation);
    setGaveUp(made === null);
    if (made && (await register.run({ input: { ...made, name } }))) form.reset();
    again();
  };
  return (
    <Card title="Passkeys">
      <Refusal of={start.refusal ?? register.refusal ?? remove.refusal} />
      {gaveUp && (
        <Note tone="warn">
          No passkey was made. They belong to the host name that this service was set up with.
        </Note>
      )}
      <Table
        caption="Passkeys"
        rows={viewer.secondFactor?.passkeys ?? []}
        id={({ id }) => id}
        empty={<Empty title="You have none.">With one you sign in without a password.</Empty>}
        columns={[
          { name: 'Name', cell: ({ name }) => name },
          { name: 'Last used', cell: ({ lastUsedAt }) => (lastUsedAt ? fromNow(lastUsedAt) : 'never') },
          {
            name: 'Remove',
            right: true,
            cell: ({ id, name }) => (
              <Button
                kind="plain"
                aria-label={`Remove ${name ?? ''}`}
                onClick={() => void remove.run({ input: { id } }).then(again)}
              >
                Remove
              </Button>
            ),
          },
        ]}
      />
      {canHave && (
        <Form onSend={(values, form) => void add(values, form)}>
          <Field name="name" label="Name of the new one" hint="Such as: my laptop" maxLength={64} required />
          <div>
            <Button type="submit" disabled={start.busy || register.busy}>
              Add a passkey
            </Button>
          </div>
        </Form>
      )}
    </Card>
  );
}
