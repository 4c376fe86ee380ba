// A small client of the graphql-transport-ws protocol: one WebSocket, any number of subscriptions. It connects again
// by itself, and asks each subscription anew what to request, so that a subscription resumes where it was.

const PROTOCOL = 'graphql-transport-ws';
const RETRY_SECONDS_MIN = 0.5;
const RETRY_SECONDS_MAX = 30;
const ACK_SECONDS_MAX = 10;
const SILENCE_SECONDS_MAX = 25;
const PONG_SECONDS_MAX = 10;
// Closes after which the same attempt would end the same way: the protocol's "you did it wrong".
const FATAL_CODES = new Set([4400, 4401, 4403, 4406, 4409, 4429]);

/**
 * `initPayload()` gives the payload of connection_init. `onState({ name, … })` is told each change: `connecting`,
 * `live`, `waiting` (with `seconds` until the next attempt) and `closed` (with `code` and `reason`), which is final.
 */
export class Socket {
  #url; #initPayload; #onState;
  #websocket = null;
  #subscriptions = new Map();
  #lastId = 0;
  #attempts = 0;
  #live = false;
  #waiting = false;
  #retryTimer; #watchdog;

  constructor(url, initPayload, onState) {
    this.#url = url;
    this.#initPayload = initPayload;
    this.#onState = onState;
  }

  /**
   * `makeRequest()` gives `{ query, variables }` each time the connection is made; `sink` has `next(data)`,
   * `error(errors)` and `complete()`. Returns the function that ends the subscription.
   */
  subscribe(makeRequest, sink) {
    const id = String((this.#lastId += 1));
    this.#subscriptions.set(id, { makeRequest, sink });
    if (this.#live) this.#send({ id, type: 'subscribe', payload: makeRequest() });
    return () => {
      if (this.#subscriptions.delete(id) && this.#live) this.#send({ id, type: 'complete' });
    };
  }

  connect() {
    this.#drop();
    this.#onState({ name: 'connecting' });
    const websocket = new WebSocket(this.#url, PROTOCOL);
    this.#websocket = websocket;
    this.#expect(ACK_SECONDS_MAX);
    websocket.onopen = () => this.#send({ type: 'connection_init', payload: this.#initPayload() });
    websocket.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    websocket.onclose = ({ code, reason }) => this.#ended(code, reason);
  }

  /** Drops the connection as a broken network would; it is made again after `seconds`. */
  cut(seconds) {
    this.#drop();
    this.#retryIn(seconds);
  }

  /** The network is gone, as the browser says: seen at once, and not when an answer fails to come. */
  lose() {
    if (this.#websocket) this.#ended(1006, 'offline');
  }

  /** Waits no longer when it was waiting: the network is back. */
  hurry() {
    if (this.#waiting) this.connect();
  }

  get isLive() {
    return this.#live;
  }

  /** Ends everything for good. */
  close(code = 1000, reason = 'signed out') {
    this.#drop();
    this.#subscriptions.clear();
    this.#onState({ name: 'closed', code, reason });
  }

  #receive(message) {
    this.#heard();
    if (message.type === 'ping') this.#send({ type: 'pong' });
    else if (message.type === 'connection_ack') this.#acknowledged();
    else if (message.id) this.#deliver(message);
  }

  #acknowledged() {
    this.#live = true;
    this.#attempts = 0;
    this.#heard();
    this.#onState({ name: 'live' });
    for (const [id, { makeRequest }] of this.#subscriptions) {
      this.#send({ id, type: 'subscribe', payload: makeRequest() });
    }
  }

  #deliver({ id, type, payload }) {
    const sink = this.#subscriptions.get(id)?.sink;
    if (!sink) return; // a message that crossed our `complete`
    if (type === 'next' && payload.data) return sink.next(payload.data);
    this.#subscriptions.delete(id);
    if (type === 'complete') sink.complete();
    else sink.error(type === 'error' ? payload : payload.errors);
  }

  #ended(code, reason) {
    if (FATAL_CODES.has(code)) return this.close(code, reason);
    this.#drop();
    const ceiling = Math.min(RETRY_SECONDS_MAX, RETRY_SECONDS_MIN * 2 ** this.#attempts);
    this.#attempts += 1;
    // Jitter: a thousand clients of a restarted server must not come back in the same instant.
    return this.#retryIn(ceiling * (0.5 + Math.random() / 2));
  }

  #retryIn(seconds) {
    this.#waiting = true;
    this.#onState({ name: 'waiting', seconds });
    this.#retryTimer = setTimeout(() => this.connect(), seconds * 1000);
  }

  #heard() {
    if (this.#live) this.#expect(SILENCE_SECONDS_MAX, () => this.#probe());
  }

  #probe() {
    this.#send({ type: 'ping' });
    this.#expect(PONG_SECONDS_MAX);
  }

  /** Something must be heard within `seconds`, else `otherwise` is done: give the connection up. */
  #expect(seconds, otherwise = () => this.#ended(1006, 'no answer')) {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(otherwise, seconds * 1000);
  }

  #send(message) {
    if (this.#websocket?.readyState === WebSocket.OPEN) this.#websocket.send(JSON.stringify(message));
  }

  #drop() {
    clearTimeout(this.#retryTimer);
    clearTimeout(this.#watchdog);
    this.#live = this.#waiting = false;
    const websocket = this.#websocket;
    this.#websocket = null;
    if (!websocket) return;
    // A dead network delays the close event for minutes: stop listening now.
    websocket.onopen = websocket.onmessage = websocket.onclose = null;
    websocket.close();
  }
}
