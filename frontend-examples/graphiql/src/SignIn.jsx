import { useEffect, useRef, useState, useSyncExternalStore } from 'react';

import {
  completeSignIn,
  forgetCredential,
  lookWhoIsSignedIn,
  onIdentityChange,
  readIdentity,
  signIn,
  signOut,
  takeCredential,
} from './identity.js';

/** Whose authority is in use, and the way to another. */
export function SignIn() {
  const { credential, login } = useSyncExternalStore(onIdentityChange, readIdentity);
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    lookWhoIsSignedIn();
    addEventListener('focus', lookWhoIsSignedIn);
    return () => removeEventListener('focus', lookWhoIsSignedIn);
  }, []);
  return (
    <div className="identity">
      <span role="status">
        {credential ? (
          <>
            With the key <code>{credential.slice(0, 6)}…</code>, until this tab closes
          </>
        ) : login != null ? (
          <>
            Signed in as <b>{login}</b>
          </>
        ) : (
          'Not signed in'
        )}
      </span>
      {credential ? (
        <button type="button" onClick={forgetCredential}>
          Forget it
        </button>
      ) : login != null ? (
        <>
          <button type="button" onClick={() => setOpen(true)}>
            Use a key
          </button>
          <button type="button" onClick={signOut}>
            Sign out
          </button>
        </>
      ) : (
        <button type="button" className="main" onClick={() => setOpen(true)}>
          Sign in
        </button>
      )}
      {isOpen && <Door close={() => setOpen(false)} />}
    </div>
  );
}

function Door({ close }) {
  const dialog = useRef(null);
  const [challenge, setChallenge] = useState(null);
  useEffect(() => {
    dialog.current.showModal();
    dialog.current.querySelector('input').focus();
  }, []);
  return (
    <dialog ref={dialog} className="door" aria-labelledby="door-title" onClose={close}>
      <header>
        <h2 id="door-title">Sign in</h2>
        <button type="button" className="plain" aria-label="Close" onClick={close}>
          ×
        </button>
      </header>
      {challenge ? (
        <SecondFactor challenge={challenge} close={close} />
      ) : (
        <>
          <Password close={close} wantsMore={setChallenge} />
          <Key close={close} />
        </>
      )}
    </dialog>
  );
}

function Password({ close, wantsMore }) {
  const { trouble, busy, send } = useSending(async ({ login, password }) => {
    const challenge = await signIn(login, password);
    if (challenge) wantsMore(challenge);
    else close();
  });
  return (
    <form onSubmit={send}>
      <p>With the session of this browser, which the dashboard uses, too.</p>
      <label>
        Login
        <input name="login" autoComplete="username" autoCapitalize="none" spellCheck="false" required />
      </label>
      <label>
        Password
        <input name="password" type="password" autoComplete="current-password" required />
      </label>
      {trouble}
      <button type="submit" className="main" disabled={busy}>
        Sign in
      </button>
    </form>
  );
}

function SecondFactor({ challenge: { challenge, factors }, close }) {
  const [wantsRecovery, setWantsRecovery] = useState(!factors.includes('TOTP'));
  const { trouble, busy, send } = useSending(async ({ code }) => {
    await completeSignIn(challenge, wantsRecovery ? { recoveryCode: code } : { code });
    close();
  });
  return (
    <form onSubmit={send} key={String(wantsRecovery)}>
      <label>
        {wantsRecovery ? 'Recovery code' : 'Code from your authenticator'}
        <input name="code" autoComplete="one-time-code" spellCheck="false" required autoFocus />
      </label>
      {trouble}
      <button type="submit" className="main" disabled={busy}>
        Go on
      </button>
      {factors.includes('TOTP') && (
        <button type="button" onClick={() => setWantsRecovery(!wantsRecovery)}>
          {wantsRecovery ? 'Use the authenticator' : 'Use a recovery code'}
        </button>
      )}
      <p>
        A passkey signs in at the <a href="/dashboard/">dashboard</a>, and then you are signed in here as well.
      </p>
    </form>
  );
}

function Key({ close }) {
  const { send } = useSending(async ({ credential }) => {
    takeCredential(credential);
    close();
  });
  return (
    <form onSubmit={send} autoComplete="off">
      <label>
        or with an API key or a token
        <input
          id="credential"
          name="credential"
          type="password"
          autoComplete="off"
          spellCheck="false"
          placeholder="pm_…"
          pattern=".*\S.*"
          required
        />
      </label>
      <button type="submit">Use it</button>
      <p>It is kept in this tab only, and in no history.</p>
    </form>
  );
}

/** Sends a form's values once at a time, and shows what went wrong. */
function useSending(act) {
  const [message, setMessage] = useState('');
  const [busy, setBusy] = useState(false);
  const send = async (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.currentTarget));
    setBusy(true);
    setMessage('');
    try {
      await act(values);
    } catch (error) {
      setMessage(error.message);
    } finally {
      setBusy(false);
    }
  };
  return { busy, send, trouble: message && <p role="alert">{message}</p> };
}
