// The requests of the page that are no subscription: sign in, sign out, which units there are.

const ENDPOINT = '/graphql';

const REFUSED = '... on TooManyAttempts { retryAfterSeconds } ... on Problem { message }';
const SIGN_IN = `mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { __typename ... on SignedIn { token } ... on SecondFactorRequired { challenge } ${REFUSED} }
}`;
const COMPLETE = `mutation CompleteSignIn($input: CompleteSignInInput!) {
  completeSignIn(input: $input) { __typename ... on SignedIn { token } ${REFUSED} }
}`;
const SIGN_OUT = 'mutation SignOut { signOut { __typename } }';
const UNITS = '{ viewer { account { balances { unit } } } }';

export const socketUrl = () => new URL(ENDPOINT, location.href.replace(/^http/, 'ws')).href;

/**
 * A session's `token`, or the `challenge` of a second factor where there is one. Throws an Error whose message a person
 * can read.
 */
export async function signIn(login, password) {
  const { signIn: result } = await ask(SIGN_IN, { input: { login, password, transport: 'BEARER' } });
  return result.challenge ? { challenge: result.challenge } : tokenOf(result);
}

/** The second step, with the code of an authenticator or one of the recovery codes. Throws as `signIn` does. */
export async function completeSignIn(challenge, code) {
  const factor = /^\d{6}$/.test(code) ? { code } : { recoveryCode: code };
  return tokenOf((await ask(COMPLETE, { input: { challenge, factor, transport: 'BEARER' } })).completeSignIn);
}

function tokenOf({ __typename, token, message, retryAfterSeconds }) {
  if (token) return { token };
  const wait = retryAfterSeconds ? ` Try again in ${retryAfterSeconds} s.` : '';
  const refused = new Error(`${message ?? 'The sign-in was refused.'}${wait}`);
  throw Object.assign(refused, { startAgain: __typename === 'ChallengeInvalid' });
}

/** Ends the session on the server. An API key has none, and stays valid. */
export async function signOut(credential) {
  if (!credential.startsWith('pm_')) await ask(SIGN_OUT, {}, credential).catch(() => {});
}

/** The units in which the account has wallets. */
export async function unitsOf(credential) {
  const { viewer } = await ask(UNITS, {}, credential);
  return viewer?.account.balances.map(({ unit }) => unit) ?? [];
}

async function ask(query, variables, credential) {
  const headers = { 'content-type': 'application/json', accept: 'application/graphql-response+json' };
  if (credential) headers.authorization = `Bearer ${credential}`;
  let response;
  try {
    response = await fetch(ENDPOINT, { method: 'POST', headers, credentials: 'omit', body: JSON.stringify({ query, variables }) });
  } catch {
    throw new Error('The server cannot be reached. Is it running?');
  }
  const answer = await response.json().catch(() => ({}));
  if (answer.errors?.length) throw Object.assign(new Error(answer.errors[0].message), { status: response.status });
  if (!answer.data) throw Object.assign(new Error(`The server answered ${response.status}.`), { status: response.status });
  return answer.data;
}
