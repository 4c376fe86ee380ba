// The npm client `graphql-ws` follows a balance over graphql-transport-ws.

import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { key, obey, request, sink, url } from './watching.mjs';

const client = createClient({
  url: url.replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: { authorization: `Bearer ${key}` },
  shouldRetry: () => true,
  retryWait: obey(() => client.terminate()),
});
client.subscribe(request, sink);
