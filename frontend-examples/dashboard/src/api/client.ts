// One client for everything: queries and mutations over HTTP, feeds over one WebSocket, both with the session cookie.
//
// urql's core and not Apollo: every live number here arrives by push, so there is nothing for a normalised cache to do,
// and without one the client is a tenth of the first load instead of half of it.

import { Client, type OperationResult, createRequest, fetchExchange, subscriptionExchange } from '@urql/core';
import { CloseCode, createClient } from 'graphql-ws';
import type { TypedDocumentString } from './generated';
import { store } from '../store';

export type Document<Data, Variables> = TypedDocumentString<Data, Variables>;

/** What went wrong, in the words of the server; `code` is stable. */
export interface Trouble {
  readonly code: string;
  readonly message: string;
}

/** How the connection of the feeds is. `waiting` tries again by itself. */
export type Connection = 'idle' | 'connecting' | 'live' | 'waiting';
export const connection = store<Connection>('idle');

/** Whether the server said that the session is over. It stays so, whatever the socket does, until somebody signs in. */
export const sessionIsOver = store(false);

const RETRY_MS_MIN = 300;
const RETRY_MS_MAX = 15_000;
let hurry = () => {};

const socket = createClient({
  url: new URL('/graphql', location.href).href.replace(/^http/, 'ws'),
  lazyCloseTimeout: 3_000,
  keepAlive: 10_000,
  retryAttempts: Number.POSITIVE_INFINITY,
  shouldRetry: (problem) => (problem as CloseEvent | undefined)?.code !== CloseCode.Unauthorized,
  retryWait: async (retries) => {
    connection.set('waiting');
    const ceiling = Math.min(RETRY_MS_MAX, RETRY_MS_MIN * 2 ** retries);
    await new Promise<void>((resolve) => {
      hurry = resolve;
      // Offline, only the browser's own word that the network is back ends the wait. Jitter: a thousand pages must not
      // come back to a restarted server in the same instant.
      if (navigator.onLine) setTimeout(resolve, ceiling * (0.5 + Math.random() / 2));
    });
  },
  on: {
    connecting: () => connection.set('connecting'),
    connected: () => connection.set('live'),
    closed: (event) => {
      const { code } = event as CloseEvent;
      if (code === CloseCode.Unauthorized) sessionIsOver.set(true);
      connection.set(code === 1000 || sessionIsOver.get() ? 'idle' : 'waiting');
    },
  },
});
addEventListener('online', () => hurry());
addEventListener('offline', () => socket.terminate());

const client = new Client({
  url: '/graphql',
  preferGetMethod: false,
  requestPolicy: 'network-only',
  fetchOptions: { credentials: 'same-origin' },
  exchanges: [
    subscriptionExchange({
      forwardSubscription: ({ query = '', variables }) => ({
        subscribe: (sink) => {
          // graphql-ws sends `payload` again after each reconnection: with the last sequence in it, the feed resumes
          // behind what was already seen.
          const payload = { query, variables: { ...variables } as Record<string, unknown> };
          const unsubscribe = socket.subscribe(payload, {
            next: (result) => {
              const [update] = Object.values(result.data ?? {}) as ({ sequence?: string } | null)[];
              if (update?.sequence !== undefined) payload.variables.after = update.sequence;
              sink.next(result as Parameters<typeof sink.next>[0]);
            },
            error: (problem) => sink.error(problem),
            complete: () => sink.complete(),
          });
          return { unsubscribe };
        },
      }),
    }),
    fetchExchange,
  ],
});

/** What an operation answered, or what went wrong. Errors of the network are told as such. */
export type Answer<Data> = { data: Data; trouble: null } | { data: null; trouble: Trouble };

function answer<Data>({ data, error }: OperationResult<Data>): Answer<Data> {
  if (data && !error) return { data, trouble: null };
  const first = error?.graphQLErrors[0];
  if (first) {
    const code = String(first.extensions.code ?? 'ERROR');
    if (code === 'UNAUTHENTICATED') sessionIsOver.set(true);
    return { data: null, trouble: { code, message: first.message } };
  }
  return {
    data: null,
    trouble: { code: 'NETWORK', message: 'The server cannot be reached. Try again in a moment.' },
  };
}

export async function ask<Data, Variables>(document: Document<Data, Variables>, variables: Variables) {
  return answer(await client.query<Data>(String(document), variables as object).toPromise());
}

export async function act<Data, Variables>(document: Document<Data, Variables>, variables: Variables) {
  return answer(await client.mutation<Data>(String(document), variables as object).toPromise());
}

let watched = 0;

/** Each update of a feed, until the returned function is called. */
export function watch<Data, Variables>(
  document: Document<Data, Variables>,
  variables: Variables,
  next: (data: Data) => void,
  failed: (trouble: Trouble) => void,
): () => void {
  // A key of its own: urql would let two that ask the same share one feed, and the second would miss the snapshot.
  watched += 1;
  const request = { ...createRequest<Data>(String(document), variables as object), key: watched };
  const { unsubscribe } = client.executeSubscription<Data>(request).subscribe((result) => {
    const { data, trouble } = answer(result);
    if (trouble === null) next(data);
    else failed(trouble);
  });
  return unsubscribe;
}
