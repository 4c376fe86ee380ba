import { useState, useSyncExternalStore } from 'react';

import { onCredentialChange, readCredential, writeCredential } from './credential.js';

/** The box that takes an API key or a session token, or shows whose prefix is in use. */
export function SignIn() {
  const credential = useSyncExternalStore(onCredentialChange, readCredential);
  return credential ? <InUse credential={credential} /> : <Paste />;
}

function Paste() {
  const [typed, setTyped] = useState('');
  const use = (event) => {
    event.preventDefault();
    writeCredential(typed.trim().replace(/^bearer\s+/i, ''));
  };
  return (
    <form className="sign-in" onSubmit={use} autoComplete="off">
      <label htmlFor="credential">API key or session token</label>
      <input
        id="credential"
        type="password"
        autoComplete="off"
        spellCheck="false"
        placeholder="pm_…"
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
      <button type="submit" disabled={!typed.trim()}>
        Use
      </button>
    </form>
  );
}

function InUse({ credential }) {
  return (
    <div className="sign-in" role="status">
      <span>
        Sending <code>{credential.slice(0, 6)}…</code> with every operation, until this tab closes
      </span>
      <button type="button" onClick={() => writeCredential('')}>
        Forget
      </button>
    </div>
  );
}
