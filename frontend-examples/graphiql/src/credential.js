// The API key or session token of this browser tab. It lives in sessionStorage only, so closing the tab forgets it.
const STORAGE_KEY = 'postmeter:credential';
const changes = new EventTarget();

export function readCredential() {
  return sessionStorage.getItem(STORAGE_KEY) ?? '';
}

export function writeCredential(credential) {
  if (credential) sessionStorage.setItem(STORAGE_KEY, credential);
  else sessionStorage.removeItem(STORAGE_KEY);
  changes.dispatchEvent(new Event('change'));
}

/** Calls `listener` after each change; returns the function that stops it. */
export function onCredentialChange(listener) {
  changes.addEventListener('change', listener);
  return () => changes.removeEventListener('change', listener);
}

export function authorization() {
  const credential = readCredential();
  return credential ? { authorization: `Bearer ${credential}` } : {};
}
