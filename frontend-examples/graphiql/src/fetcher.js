import { createGraphiQLFetcher } from '@graphiql/toolkit';
import { createClient } from 'graphql-ws';

import { authorization, onIdentityChange } from './identity.js';

const HTTP_URL = '/graphql';

/** Queries and mutations over HTTP, subscriptions over graphql-transport-ws, both as whoever is signed in. */
export function createFetcher() {
  let socket = openSocket();
  // A socket keeps the authority it was opened with, so a new one gets a new socket and running subscriptions end.
  onIdentityChange(() => {
    socket.dispose();
    socket = openSocket();
  });
  return createGraphiQLFetcher({
    url: HTTP_URL,
    fetch: fetchWithCredential,
    wsClient: { subscribe: (payload, sink) => socket.subscribe(payload, sink) },
    enableIncrementalDelivery: false,
  });
}

// A header typed into the headers editor wins over the key in use; without either the browser sends its session.
function fetchWithCredential(url, options) {
  return fetch(url, { ...options, headers: { ...authorization(), ...lowerCased(options.headers) } });
}

function lowerCased(headers) {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function openSocket() {
  const scheme = location.protocol === 'https:' ? 'wss:' : 'ws:';
  return createClient({
    url: `${scheme}//${location.host}${HTTP_URL}`,
    connectionParams: authorization,
    retryAttempts: 5,
  });
}
