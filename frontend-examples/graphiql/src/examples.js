// One example for each document in ../examples, in the order of their file names; NAME.variables.json holds its
// variables. The first line of a document is the example's title, the second says what it shows.
const documents = import.meta.glob('../examples/*.graphql', { query: '?raw', import: 'default', eager: true });
const variables = import.meta.glob('../examples/*.variables.json', { query: '?raw', import: 'default', eager: true });

export const examples = Object.keys(documents)
  .sort()
  .map((path) => exampleOf(documents[path], variables[path.replace(/\.graphql$/, '.variables.json')] ?? ''));

function exampleOf(query, given) {
  const [title, shows] = query.split('\n').map((line) => line.replace(/^# /, ''));
  const [, kind, name] = /^(query|mutation|subscription) (\w+)/m.exec(query);
  return { title, shows, kind, name, query, variables: withFreshKeys(given) };
}

// A key belongs to one purchase: each visit gets its own, and running the same tab twice shows a replay.
function withFreshKeys(text) {
  return text.trim().replaceAll('FRESH-KEY', () => `graphiql-${randomHex(8)}`);
}

function randomHex(bytes) {
  return Array.from(crypto.getRandomValues(new Uint8Array(bytes)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
