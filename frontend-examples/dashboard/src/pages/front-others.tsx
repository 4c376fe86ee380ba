// The other doors: a new account, a forgotten password, an invitation.

import { useState } from 'react';
import {
  AcceptInvitationDocument,
  RegisterDocument,
  RequestPasswordResetDocument,
  ResetPasswordDocument,
  ResetPasswordWithCodeDocument,
  SignInDocument,
  TermsDocument,
} from '../api/generated';
import { useAction, useAsk } from '../api/hooks';
import { Link, go } from '../router';
import { deviceToken, rememberDevice } from '../session/session';
import { countryOptions } from '../ui/countries';
import { Field, Form, Select, Tick } from '../ui/form';
import { Button, Card, Note, Refusal } from '../ui/parts';

type Values = Record<string, string>;

/** A refusal with the server's hint, where it has one. */
function hinted(action: { refusal: { message: string } | null; refused: unknown }) {
  const hint = (action.refused as { hint?: string | null } | null)?.hint;
  return action.refusal && { message: hint ? `${action.refusal.message} ${hint}` : action.refusal.message };
}

export function Register({ entered }: { readonly entered: () => void }) {
  const terms = useAsk(TermsDocument, {});
  const register = useAction(RegisterDocument);
  const signIn = useAction(SignInDocument);
  const [wantsAge, setWantsAge] = useState(false);
  const send = async ({ login = '', password = '', country, professional, age }: Values) => {
    const policy = terms.data?.policyInForce;
    const made = await register.run({
      input: {
        login,
        password,
        acceptedPolicy: policy && { document: policy.document, version: policy.version },
        country: country || null,
        professionalUse: professional === 'on',
        age: age === 'on' ? { oldEnough: true } : null,
      },
    });
    if (!made) return;
    const value = await signIn.run({
      input: { login, password, transport: 'COOKIE', deviceToken: deviceToken() },
    });
    if (value?.__typename !== 'SignedIn') return;
    rememberDevice(value.deviceToken);
    go('/');
    entered();
  };
  const asksAge = register.refusal?.code === 'AGE_NOT_DECLARED';
  if (asksAge && !wantsAge) setWantsAge(true);
  return (
    <Card title="Create an account">
      <Form onSend={(values) => void send(values)}>
        <Refusal of={hinted(register) ?? signIn.refusal} />
        <Field
          name="login"
          label="Login"
          hint="3 to 64 letters and digits."
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <Field
          name="password"
          type="password"
          label="Password"
          hint="At least 12 characters; four words are good."
          minLength={12}
          autoComplete="new-password"
          required
        />
        <Select
          name="country"
          label="Country"
          options={[['', 'Not said'], ...countryOptions]}
          hint="Decides the tax; it can be added later."
        />
        <Tick name="professional" label="I use this for my profession or business." />
        {wantsAge && <Tick name="age" label="I am old enough for this service." />}
        <Tick
          name="policy"
          required
          label={
            <>
              I accept the <a href="/policy">policy</a>
              {terms.data && `, version ${terms.data.policyInForce.version}`}.
            </>
          }
        />
        <div className="row">
          <Button kind="main" type="submit" disabled={register.busy || signIn.busy || !terms.data}>
            Create the account
          </Button>
          <Link to="/">Back to sign in</Link>
        </div>
      </Form>
    </Card>
  );
}

export function Reset() {
  const request = useAction(RequestPasswordResetDocument);
  const byToken = useAction(ResetPasswordDocument);
  const byCode = useAction(ResetPasswordWithCodeDocument);
  const [sent, setSent] = useState(false);
  const [way, setWay] = useState<'mail' | 'code'>('mail');
  const change = async ({ token, login, code, password = '' }: Values) => {
    const done =
      way === 'mail'
        ? await byToken.run({ input: { token: token ?? '', password } })
        : await byCode.run({ input: { login: login ?? '', code: code ?? '', password } });
    if (done) go('/');
  };
  return (
    <Card title="Set a new password">
      <div className="tabs">
        <Button aria-pressed={way === 'mail'} onClick={() => setWay('mail')}>
          By e-mail
        </Button>
        <Button aria-pressed={way === 'code'} onClick={() => setWay('code')}>
          By recovery code
        </Button>
      </div>
      {way === 'mail' && (
        <Form
          onSend={({ email = '' }) =>
            void request.run({ input: { email } }).then((done) => setSent(done !== null))
          }
        >
          <Refusal of={request.refusal} />
          <Field name="email" type="email" label="Verified e-mail address" autoComplete="email" required />
          <Button type="submit" disabled={request.busy}>
            Send me a token
          </Button>
          {sent && <Note>If somebody here has this address, a token is on its way.</Note>}
        </Form>
      )}
      <Form key={way} onSend={(values) => void change(values)}>
        <Refusal of={hinted(byToken) ?? hinted(byCode)} />
        {way === 'mail' ? (
          <Field name="token" label="Token from the e-mail" autoComplete="one-time-code" required />
        ) : (
          <>
            <Field name="login" label="Login" autoComplete="username" required />
            <Field name="code" label="Recovery code" autoComplete="one-time-code" required />
          </>
        )}
        <Field
          name="password"
          type="password"
          label="New password"
          minLength={12}
          autoComplete="new-password"
          required
        />
        <div className="row">
          <Button kind="main" type="submit" disabled={byToken.busy || byCode.busy}>
            Set it
          </Button>
          <Link to="/">Back to sign in</Link>
        </div>
      </Form>
    </Card>
  );
}

export function Join() {
  const accept = useAction(AcceptInvitationDocument);
  const send = async ({ token = '', login = '', password = '' }: Values) => {
    if (await accept.run({ input: { token, login, password } })) go('/');
  };
  return (
    <Card title="Join a team">
      <Form onSend={(values) => void send(values)}>
        <Refusal of={hinted(accept)} />
        <Field name="token" label="Token of the invitation" autoComplete="off" required />
        <Field
          name="login"
          label="Login"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
        />
        <Field
          name="password"
          type="password"
          label="Password"
          minLength={12}
          autoComplete="new-password"
          required
        />
        <div className="row">
          <Button kind="main" type="submit" disabled={accept.busy}>
            Join
          </Button>
          <Link to="/">Back to sign in</Link>
        </div>
      </Form>
    </Card>
  );
}
