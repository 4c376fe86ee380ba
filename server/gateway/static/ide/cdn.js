// Starts the GraphiQL that cdn.html loaded. React, ReactDOM and GraphiQL are its globals.
const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
const welcome = `# Welcome to Postmeter.
#
# Put {"Authorization": "Bearer pm_…"} into the Headers pane below, then run your first query.

query Hello {
  __typename
}
`;

// Subscriptions get the headers pane as connection parameters, in lower case as the server reads them.
function fetcher(params, options) {
  const headers = Object.fromEntries(
    Object.entries(options?.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  );
  const subscriptionUrl = `${scheme}//${location.host}/graphql`;
  return GraphiQL.createFetcher({ url: '/graphql', subscriptionUrl })(params, { ...options, headers });
}

ReactDOM.createRoot(document.getElementById('root')).render(
  React.createElement(GraphiQL, { fetcher, defaultQuery: welcome, storage: sessionStorage, shouldPersistHeaders: false }),
);
