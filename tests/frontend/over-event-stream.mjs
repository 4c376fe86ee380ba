// The npm client `graphql-sse` follows a balance over an event stream of its own.

import { createClient } from 'graphql-sse';
import { key, obey, request, sink, url } from './watching.mjs';

let network = new AbortController();
const client = createClient({
  url,
  headers: { authorization: `Bearer ${key}` },
  fetchFn: (input, init) => {
    network = new AbortController();
    return fetch(input, { ...init, signal: AbortSignal.any([init.signal, network.signal]) });
  },
  retry: obey(() => network.abort(new Error('cut'))),
});
client.subscribe(request, sink);
