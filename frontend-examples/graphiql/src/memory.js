// What GraphiQL remembers of tabs and history: in sessionStorage, so until this tab closes, and without what is secret.

const NAME = /password|phrase|secret/i;
const VALUE = /(\w*(?:password|phrase|secret)\w*"?\s*:\s*)"(?:[^"\\\n]|\\.)*"/gi;
const KEY = /\bpms?_\w{16,}/g;

export const memory = {
  getItem: (name) => sessionStorage.getItem(name),
  setItem: (name, value) => sessionStorage.setItem(name, withoutSecrets(value)),
  removeItem: (name) => sessionStorage.removeItem(name),
  clear: () => sessionStorage.clear(),
  get length() {
    return sessionStorage.length;
  },
};

function withoutSecrets(value) {
  const parsed = parse(value);
  if (typeof parsed !== 'object' || parsed === null) return cleaned(value);
  return JSON.stringify(parsed, (name, each) => {
    if (name === 'headers') return null;
    if (typeof each !== 'string') return each;
    return NAME.test(name) ? '' : cleaned(each);
  });
}

/** Secrets as they stand in the text of a document or of its variables. */
function cleaned(text) {
  return text.replace(VALUE, '$1""').replace(KEY, '');
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
