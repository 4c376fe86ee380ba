// One tab for each document in ../examples, in the order of their file names; NAME.variables.json holds its variables.
const documents = import.meta.glob('../examples/*.graphql', { query: '?raw', import: 'default', eager: true });
const variables = import.meta.glob('../examples/*.variables.json', { query: '?raw', import: 'default', eager: true });

export function exampleTabs() {
  return Object.keys(documents)
    .sort()
    .map((path) => ({
      query: documents[path],
      variables: withFreshKeys(variables[path.replace(/\.graphql$/, '.variables.json')] ?? ''),
    }));
}

// A key belongs to one purchase: each visit gets its own, and running the same tab twice shows a replay.
function withFreshKeys(text) {
  return text.trim().replaceAll('FRESH-KEY', () => `graphiql-${randomHex(8)}`);
}

function randomHex(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
