// From a login to money well spent: an API key, a quote, a top-up, an order, its retry, a live balance, and a copy of
// all data. The types of each document come from the schema: `npm run types` after a change of either.
//
//     POSTMETER_LOGIN=… POSTMETER_PASSWORD=… npm run journey

import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import * as api from './generated.js';
import type { TypedDocumentString } from './generated.js';

const ORIGIN = process.env.POSTMETER_URL ?? 'http://127.0.0.1:8000';
const ATTEMPTS_MAX = 5;

/** The server says no, with a stable code to decide by. */
class Refused extends Error {
  constructor(readonly code: string, message: string) {
    super(`${code}: ${message}`);
  }
}

/** The answer was lost, or the server asks to come again in so many seconds. */
class Again extends Error {
  constructor(message: string, readonly afterSeconds: number | null) {
    super(message);
  }
}

type Only<R> = R[keyof R];
type Done<R> = Exclude<Only<R>, { readonly code: string }>;

/** The API with one credential: a session's token or an API key. */
class Api {
  constructor(private readonly credential = '') {}

  /** The value of the only root field. Throws Refused. */
  async ask<R extends object, V>(document: TypedDocumentString<R, V>, variables: V): Promise<Done<R>> {
    const response = await fetch(`${ORIGIN}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(this.credential && { authorization: `Bearer ${this.credential}` }),
      },
      body: JSON.stringify({ query: document.toString(), variables }),
    }).catch((error: unknown) => {
      throw new Again(String(error), null);
    });
    if (response.status >= 500) throw new Again(response.statusText, null);
    const { data, errors } = (await response.json()) as { data?: R; errors?: Fault[] };
    const [fault] = errors ?? [];
    if (fault?.extensions?.retryAfterSeconds) throw new Again(fault.message, fault.extensions.retryAfterSeconds);
    if (fault || !data) throw new Error(fault?.message ?? 'neither data nor errors');
    return settled(only(data));
  }

  /**
   * The same, asked again while the answer is lost or the server is busy. For queries, and for mutations with an
   * idempotency key: the same key gives the first outcome, and no second charge.
   */
  async askAgain<R extends object, V>(document: TypedDocumentString<R, V>, variables: V): Promise<Done<R>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.ask(document, variables);
      } catch (error) {
        const inProgress = error instanceof Refused && error.code === 'IDEMPOTENCY_IN_PROGRESS';
        if (!(error instanceof Again || inProgress) || attempt === ATTEMPTS_MAX) throw error;
        const told = error instanceof Again ? error.afterSeconds : null;
        await pause(1000 * (told ?? 0.2 * 2 ** attempt));
      }
    }
  }

  /** What a subscription pushes, until the line is cut or the loop is left. */
  async *follow<R extends object, V>(document: TypedDocumentString<R, V>, variables: V): AsyncGenerator<Only<R>> {
    const client = createClient({
      url: `${ORIGIN.replace(/^http/, 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${this.credential}` },
      retryAttempts: 0, // to go on behind the last sequence is for `changes`
    });
    try {
      const request = { query: document.toString(), variables: variables as Record<string, unknown> };
      for await (const { data, errors } of client.iterate<R>(request)) {
        if (errors?.[0] || !data) throw new Error(errors?.[0]?.message);
        yield only(data);
      }
    } finally {
      await client.dispose();
    }
  }

  /** Every change of the e-mail credits, each once and in order, however often the network is cut. */
  async *changes(): AsyncGenerator<Only<api.EveryChangeSubscription>> {
    let after: string | null = null;
    for (;;) {
      try {
        for await (const update of this.follow(api.EveryChangeDocument, { after })) {
          after = update.sequence;
          yield update;
        }
      } catch (error) {
        if (error instanceof Error) throw error; // what closes a socket is an event
      }
      await pause(500);
    }
  }
}

interface Fault {
  message: string;
  extensions?: { retryAfterSeconds?: number };
}

function only<R extends object>(data: R): Only<R> {
  return Object.values(data)[0] as Only<R>;
}

/** The value, when it is no Problem. */
function settled<T>(value: T): Exclude<T, { readonly code: string }> {
  const { code, message } = (value ?? {}) as { code?: string; message?: string };
  if (code !== undefined) throw new Refused(code, message ?? '');
  return value as Exclude<T, { readonly code: string }>;
}

async function journey(): Promise<void> {
  const person = await signedIn();
  const customer = new Api(await newKey(person));

  const changes = customer.changes();
  const start = await next(changes);
  say('watch', `${start.available} e-mail credits at change ${start.sequence}`);
  const orderId = await buy(customer);
  const change = await changeBy(orderId, changes, BigInt(start.sequence));
  say('watch', `${change.available} at change ${change.sequence}, the order's ${change.posting?.amount}`);
  await changes.return(undefined);

  await copyOfAllData(person);
}

/** The change that the order made, behind `sequence`; others may spend meanwhile. */
async function changeBy(orderId: string, changes: ReturnType<Api['changes']>, sequence: bigint) {
  for (;;) {
    const change = await next(changes);
    sequence += 1n;
    check(BigInt(change.sequence) === sequence, 'nothing is missed, nothing comes twice');
    if (change.posting?.reference === orderId) return change;
  }
}

async function signedIn(): Promise<Api> {
  const { POSTMETER_LOGIN: login = '', POSTMETER_PASSWORD: password = '' } = process.env;
  const session = await new Api().ask(api.SignInDocument, { input: { login, password, transport: 'BEARER' } });
  say('sign in', 'as a person');
  return new Api(session.token ?? '');
}

/** A key with the scopes of this program, and no more. It is shown this once: keep it as you keep passwords. */
async function newKey(person: Api): Promise<string> {
  for (const policy of await person.askAgain(api.KeyPoliciesDocument, {})) {
    await person.ask(api.AcceptPolicyDocument, { input: policy });
  }
  const { secret } = await person.ask(api.CreateKeyDocument, {
    input: {
      name: 'First journey',
      scopes: ['BALANCE_READ', 'LEDGER_READ', 'TOPUPS_READ', 'TOPUPS_WRITE', 'ORDERS_READ', 'ORDERS_WRITE'],
    },
  });
  say('key', `${secret.slice(0, 8)}…`);
  return secret;
}

/** Order a pack of credits; the order's id. */
async function buy(customer: Api): Promise<string> {
  const item = { creditPack: { code: 'EMAIL_1K', packs: 1 } };
  const quote = await customer.askAgain(api.QuoteDocument, { input: { item, currency: 'EUR' } });
  say('quote', `${quote.gross.amount} EUR, of which ${quote.missing.amount} are missing`);
  await topUp(customer);

  // Made once and kept with the work that it stands for; each retry of this order has it again.
  const input = { item, currency: 'EUR', idempotencyKey: `journey-${randomUUID()}` } as const;
  const { order } = await customer.askAgain(api.PlaceOrderDocument, { input });
  say('order', `${order.id}: ${order.credits} credits for ${order.gross.amount} EUR`);

  const again = await customer.askAgain(api.PlaceOrderDocument, { input });
  check(again.replayed && again.order.id === order.id, 'one order, and its first outcome once more');
  say('retry', 'the same order, charged once');
  return order.id;
}

/** Pay 20 EUR in, with a token that the sandbox takes; a live server has one from the payment page. */
async function topUp(customer: Api): Promise<void> {
  const created = await customer.askAgain(api.TopUpDocument, {
    input: {
      amount: { amount: '20.00', currency: 'EUR' },
      payment: { token: 'tok_sandbox_ok' },
      idempotencyKey: `journey-${randomUUID()}`,
    },
  });
  for await (const { topUp } of customer.follow(api.TopUpChangedDocument, { id: created.topUp.id })) {
    if (topUp?.status === 'SUCCEEDED' || topUp?.status === 'FAILED') {
      say('top-up', `20.00 EUR ${topUp.status}`);
      return;
    }
  }
}

/** For a person who has just proved who they are: a key may not have it. */
async function copyOfAllData(person: Api): Promise<void> {
  const requested = await person.ask(api.RequestExportDocument, {});
  const { id } = requested.export;
  let rows = '0';
  for await (const { export: copy } of person.follow(api.ExportChangedDocument, { id })) {
    rows = copy?.rows ?? rows;
    if (copy?.status !== 'BUILDING') break;
  }
  const { path } = await person.ask(api.ExportLinkDocument, { id });
  const response = await fetch(`${ORIGIN}${path}`);
  check(response.ok && response.body !== null, 'the link serves once');
  const file = 'postmeter-export.zip';
  await writeFile(file, response.body!);
  say('export', `${rows} rows in ${file}`);
}

async function next<T>(pushed: AsyncGenerator<T>): Promise<T> {
  const { value, done } = await pushed.next();
  if (done) throw new Error('it ended');
  return value;
}

function check(holds: boolean, what: string): void {
  if (!holds) throw new Error(`not so: ${what}`);
}

function say(step: string, what: string): void {
  console.log(`${step.padEnd(8)} ${what}`);
}

journey().catch((error: unknown) => {
  console.error(error instanceof Refused ? `refused  ${error.message}` : error);
  process.exitCode = 1;
});
