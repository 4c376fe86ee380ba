// Whose authority the operations have: that of an API key or token given to this tab, else of the browser's session.
//
// The key lives in sessionStorage, so that a reload keeps it and closing the tab forgets it; it is in no history. The
// session is the cookie of /dashboard/, which no script can read: whoever is signed in there is signed in here.

const STORAGE_KEY = 'postmeter:credential';
const DEVICE = 'postmeter:device'; // the dashboard's: somebody else's wrong passwords never lock its owner out
const changes = new EventTarget();

const ME = 'query Me { viewer { person { login } session { id } } }';
const REFUSED = '... on TooManyAttempts { retryAfterSeconds } ... on Problem { message }';
const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { __typename ... on SignedIn { deviceToken } ... on SecondFactorRequired { challenge factors } ${REFUSED} }
}`;
const COMPLETE = `mutation CompleteSignIn($input: CompleteSignInInput!) {
  completeSignIn(input: $input) { __typename ... on SignedIn { deviceToken } ${REFUSED} }
}`;
const SIGN_OUT = 'mutation SignOut { signOut { __typename } }';

/** `login` is that of the session: null without one, and undefined until the server was asked. */
let identity = { credential: sessionStorage.getItem(STORAGE_KEY) ?? '', login: undefined };

export const readIdentity = () => identity;

/** Calls `listener` after each change; returns the function that stops it. */
export function onIdentityChange(listener) {
  changes.addEventListener('change', listener);
  return () => changes.removeEventListener('change', listener);
}

export function authorization() {
  return identity.credential ? { authorization: `Bearer ${identity.credential}` } : {};
}

export function takeCredential(typed) {
  const credential = typed.trim().replace(/^bearer\s+/i, '');
  if (credential) sessionStorage.setItem(STORAGE_KEY, credential);
  else sessionStorage.removeItem(STORAGE_KEY);
  become({ ...identity, credential });
}

export const forgetCredential = () => takeCredential('');

/** Looks who is signed in; another tab may have changed it. */
export async function lookWhoIsSignedIn() {
  const data = await ask(ME, {}).catch(() => null);
  const viewer = data?.viewer;
  const login = viewer?.session ? (viewer.person?.login ?? '') : null;
  if (login !== identity.login) become({ ...identity, login });
}

/** The challenge of a second factor where there is one. Throws an Error whose message a person can read. */
export async function signIn(login, password) {
  const input = { login, password, transport: 'COOKIE', deviceToken: localStorage.getItem(DEVICE) };
  const { signIn: result } = await ask(SIGN_IN, { input });
  if (result.__typename === 'SecondFactorRequired') return result;
  await entered(result);
  return null;
}

/** `factor` is `{ code }` or `{ recoveryCode }`. Throws as `signIn` does. */
export async function completeSignIn(challenge, factor) {
  const input = { challenge, factor, transport: 'COOKIE', deviceToken: localStorage.getItem(DEVICE) };
  const { completeSignIn: result } = await ask(COMPLETE, { input });
  await entered(result);
}

/** Ends the browser's session, which is the dashboard's, too. */
export async function signOut() {
  become({ ...identity, login: undefined }); // first, so that what is running ends before it is refused
  await ask(SIGN_OUT, {}).catch(() => {});
  await lookWhoIsSignedIn();
}

async function entered(result) {
  if (result.__typename !== 'SignedIn') {
    const wait = result.retryAfterSeconds ? ` Try again in ${result.retryAfterSeconds} s.` : '';
    throw new Error(`${result.message ?? 'The sign-in was refused.'}${wait}`);
  }
  localStorage.setItem(DEVICE, result.deviceToken);
  sessionStorage.removeItem(STORAGE_KEY);
  become({ credential: '', login: undefined });
  await lookWhoIsSignedIn();
}

function become(next) {
  identity = next;
  changes.dispatchEvent(new Event('change'));
}

/** With the cookie alone, whatever key is in use. */
async function ask(query, variables) {
  const response = await fetch('/graphql', {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/graphql-response+json' },
    body: JSON.stringify({ query, variables }),
  }).catch(() => {
    throw new Error('The server cannot be reached. Try again in a moment.');
  });
  const { data, errors } = await response.json().catch(() => ({}));
  if (errors?.length || !data) throw new Error(errors?.[0]?.message ?? `The server answered ${response.status}.`);
  return data;
}
