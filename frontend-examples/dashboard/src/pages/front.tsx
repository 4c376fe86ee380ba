// The door: signing in with a password, a second factor or a passkey; a new account; a forgotten password; an invitation.

import { useState } from 'react';
import {
  CompleteSignInDocument,
  type PasskeyAskedFragment,
  type SecondFactorInput,
  SignInDocument,
  type SignInMutation,
  SignInWithPasskeyDocument,
  StartPasskeySignInDocument,
} from '../api/generated';
import { useAction } from '../api/hooks';
import { Link, usePath } from '../router';
import { answerPasskey } from '../session/passkeys';
import { deviceToken, rememberDevice } from '../session/session';
import { Brand } from '../shell';
import { Field, Form } from '../ui/form';
import { Button, Card, Note, Refusal } from '../ui/parts';
import { Register, Reset, Join } from './front-others';

interface FrontProps {
  readonly entered: () => void;
  /** What the last session ended with. */
  readonly farewell: string | null;
}

type Challenge = Extract<SignInMutation['signIn'], { __typename: 'SecondFactorRequired' }>;

type Values = Record<string, string>;

export default function Front({ entered, farewell }: FrontProps) {
  const path = usePath();
  return (
    <main className="front">
      <div>
        <h1>
          <Brand />
        </h1>
        {farewell && <Note tone="warn">{farewell}</Note>}
        {path === '/register' ? (
          <Register entered={entered} />
        ) : path === '/reset' ? (
          <Reset />
        ) : path === '/join' ? (
          <Join />
        ) : (
          <SignIn entered={entered} />
        )}
      </div>
    </main>
  );
}

function SignIn({ entered }: { readonly entered: () => void }) {
  const signIn = useAction(SignInDocument);
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  const enter = (token: string) => {
    rememberDevice(token);
    entered();
  };
  const send = async ({ login = '', password = '' }: Values) => {
    const value = await signIn.run({
      input: { login, password, transport: 'COOKIE', deviceToken: deviceToken() },
    });
    if (value?.__typename === 'SignedIn') enter(value.deviceToken);
    if (value?.__typename === 'SecondFactorRequired') setChallenge(value);
  };
  if (challenge)
    return <SecondFactor challenge={challenge} enter={enter} giveUp={() => setChallenge(null)} />;
  return (
    <Card title="Sign in">
      <Form onSend={(values) => void send(values)}>
        <Refusal of={signIn.refusal} />
        <Field
          name="login"
          label="Login"
          autoComplete="username"
          autoCapitalize="none"
          spellCheck={false}
          required
          autoFocus
        />
        <Field name="password" type="password" label="Password" autoComplete="current-password" required />
        <div className="row">
          <Button kind="main" type="submit" disabled={signIn.busy}>
            {signIn.busy ? 'Signing in …' : 'Sign in'}
          </Button>
          <PasskeyButton enter={enter} />
        </div>
      </Form>
      <p className="row small">
        <Link to="/register">Create an account</Link>
        <Link to="/reset">Forgot the password?</Link>
        <Link to="/join">I was invited</Link>
      </p>
    </Card>
  );
}

function PasskeyButton({ enter }: { readonly enter: (token: string) => void }) {
  const start = useAction(StartPasskeySignInDocument);
  const finish = useAction(SignInWithPasskeyDocument);
  const [none, setNone] = useState(false);
  if (!('PublicKeyCredential' in globalThis)) return null;
  const sign = async () => {
    const started = await start.run({});
    if (started?.__typename !== 'PasskeySignInStarted') return;
    const passkey = await answerPasskey(started.request);
    setNone(passkey === null);
    if (!passkey) return;
    const value = await finish.run({ input: { passkey, transport: 'COOKIE', deviceToken: deviceToken() } });
    if (value?.__typename === 'SignedIn') enter(value.deviceToken);
  };
  return (
    <>
      <Button onClick={() => void sign()} disabled={start.busy || finish.busy}>
        Use a passkey
      </Button>
      <Refusal of={start.refusal ?? finish.refusal} />
      {none && <p className="small muted">No passkey was used.</p>}
    </>
  );
}

interface SecondFactorProps {
  readonly challenge: Challenge;
  readonly enter: (token: string) => void;
  readonly giveUp: () => void;
}

function SecondFactor({ challenge, enter, giveUp }: SecondFactorProps) {
  const complete = useAction(CompleteSignInDocument);
  const [byRecovery, setByRecovery] = useState(!challenge.factors.includes('TOTP'));
  const send = async (factor: SecondFactorInput) => {
    const input = {
      challenge: challenge.challenge,
      factor,
      transport: 'COOKIE',
      deviceToken: deviceToken(),
    } as const;
    const value = await complete.run({ input });
    if (value?.__typename === 'SignedIn') enter(value.deviceToken);
  };
  const usePasskey = async (asked: PasskeyAskedFragment) => {
    const passkey = await answerPasskey(asked);
    if (passkey) await send({ passkey });
  };
  return (
    <Card title="Second step">
      <Form onSend={({ code = '' }) => void send(byRecovery ? { recoveryCode: code } : { code })}>
        <Refusal of={complete.refusal} />
        <Field
          key={String(byRecovery)}
          name="code"
          label={byRecovery ? 'Recovery code' : 'Code from your authenticator'}
          inputMode={byRecovery ? 'text' : 'numeric'}
          autoComplete="one-time-code"
          required
          autoFocus
        />
        <div className="row">
          <Button kind="main" type="submit" disabled={complete.busy}>
            Go on
          </Button>
          {challenge.passkey && (
            <Button onClick={() => challenge.passkey && void usePasskey(challenge.passkey)}>
              Use a passkey
            </Button>
          )}
          <Button kind="plain" onClick={() => setByRecovery(!byRecovery)}>
            {byRecovery ? 'Use the authenticator' : 'Use a recovery code'}
          </Button>
          <Button kind="plain" onClick={giveUp}>
            Back
          </Button>
        </div>
      </Form>
    </Card>
  );
}
