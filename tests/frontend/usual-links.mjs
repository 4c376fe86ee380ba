// Apollo Client and urql with the links and exchanges of their manuals: `node usual-links.mjs URL KEY UNIT`.
//
// Each client asks, is refused, and follows a balance; what it saw is a line of JSON on stdout. Once all of them
// have their snapshot the line `READY` asks for a change, which each must be pushed.

import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { getMainDefinition } from '@apollo/client/utilities';
import { Client, fetchExchange, subscriptionExchange } from '@urql/core';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [url, key, unit] = process.argv.slice(2);
const headers = { authorization: `Bearer ${key}` };
const sockets = () =>
  createClient({
    url: url.replace(/^http/, 'ws'),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${key}` },
  });

const QUERY = `query Now($unit: Unit!) { viewer { account { balance(unit: $unit) { available sequence } } } }`;
const WRONG = `query Wrong { nothing }`;
const FEED = `subscription Feed($unit: Unit!) { balance(unit: $unit, mode: EVERY) { kind sequence available } }`;
const variables = { unit };

function apollo() {
  const socket = new GraphQLWsLink(sockets());
  const isFeed = ({ query }) => getMainDefinition(query).operation === 'subscription';
  const client = new ApolloClient({
    cache: new InMemoryCache(),
    link: ApolloLink.split(isFeed, socket, new HttpLink({ uri: url, headers })),
  });
  return {
    ask: async (query) => (await client.query({ query: gql(query), variables })).data,
    watch: (take) => client.subscribe({ query: gql(FEED), variables }).subscribe(({ data }) => take(data)),
  };
}

function urql(options) {
  const client = new Client({ url, fetchOptions: { headers }, preferGetMethod: false, ...options });
  return {
    ask: async (query) => {
      const { data, error } = await client.query(query, variables).toPromise();
      if (error) throw error;
      return data;
    },
    watch: (take) => client.subscription(FEED, variables).subscribe(({ data }) => take(data)),
  };
}

function urqlOverSocket() {
  const socket = sockets();
  const forwardSubscription = ({ query }, { variables: given }) => ({
    subscribe: (sink) => ({ unsubscribe: socket.subscribe({ query, variables: given }, sink) }),
  });
  return urql({ exchanges: [subscriptionExchange({ forwardSubscription }), fetchExchange] });
}

const urqlOverEventStream = () => urql({ exchanges: [fetchExchange], fetchSubscriptions: true });

/** `Promise.withResolvers` of Node.js 22. */
function arrival() {
  let resolve;
  const promise = new Promise((done) => (resolve = done));
  return { promise, resolve };
}

async function run({ ask, watch }) {
  const seen = { queried: await ask(QUERY), refused: null, pushed: [] };
  await ask(WRONG).catch((error) => (seen.refused = String(error.message)));
  const snapshot = arrival();
  const change = arrival();
  watch((data) => {
    seen.pushed.push(data?.balance ?? null);
    (seen.pushed.length === 1 ? snapshot : change).resolve();
  });
  await snapshot.promise;
  return { seen, change: change.promise };
}

const clients = { apollo: apollo(), urqlOverSocket: urqlOverSocket(), urqlOverEventStream: urqlOverEventStream() };
const running = await Promise.all(Object.values(clients).map(run));
process.stdout.write('READY\n');
await Promise.all(running.map(({ change }) => change));
const said = Object.keys(clients).map((name, index) => [name, running[index].seen]);
process.stdout.write(`${JSON.stringify(Object.fromEntries(said))}\n`);
process.exit(0);
