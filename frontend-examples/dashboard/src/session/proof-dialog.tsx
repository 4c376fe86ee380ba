import { useState } from 'react';
import { ConfirmPasswordDocument, ConfirmSecondFactorDocument } from '../api/generated';
import { useAction } from '../api/hooks';
import { Field, Form } from '../ui/form';
import { Button, Dialog, Refusal } from '../ui/parts';
import { useSession } from './session';

/** Some things need a proof of the last minutes: the second factor where there is one, else the password. */
export default function ProofDialog({ settle }: { readonly settle: (proved: boolean) => void }) {
  const { viewer } = useSession();
  const byCode = viewer.secondFactor?.totpSince != null;
  const [wantsRecovery, setWantsRecovery] = useState(false);
  const password = useAction(ConfirmPasswordDocument);
  const factor = useAction(ConfirmSecondFactorDocument);
  const send = async (values: Record<string, string>) => {
    const { password: phrase, code } = values;
    const proved =
      phrase === undefined
        ? await factor.run({
            input: { factor: wantsRecovery ? { recoveryCode: code ?? '' } : { code: code ?? '' } },
          })
        : await password.run({ input: { password: phrase } });
    if (proved) settle(true);
  };
  return (
    <Dialog title="Confirm that it is you" close={() => settle(false)}>
      <p className="muted">What you asked for needs a fresh proof. It stands for a few minutes.</p>
      <Form onSend={(values) => void send(values)}>
        <Refusal of={password.refusal ?? factor.refusal} />
        {byCode ? (
          <Field
            key={String(wantsRecovery)}
            name="code"
            label={wantsRecovery ? 'Recovery code' : 'Code from your authenticator'}
            autoComplete="one-time-code"
            inputMode={wantsRecovery ? 'text' : 'numeric'}
            required
            autoFocus
          />
        ) : (
          <Field
            name="password"
            type="password"
            label="Password"
            autoComplete="current-password"
            required
            autoFocus
          />
        )}
        <div className="row">
          <Button kind="main" type="submit" disabled={password.busy || factor.busy}>
            Confirm
          </Button>
          <Button onClick={() => settle(false)}>Cancel</Button>
          {byCode && (
            <Button kind="plain" onClick={() => setWantsRecovery(!wantsRecovery)}>
              {wantsRecovery ? 'Use the authenticator' : 'Use a recovery code'}
            </Button>
          )}
        </div>
      </Form>
    </Dialog>
  );
}
