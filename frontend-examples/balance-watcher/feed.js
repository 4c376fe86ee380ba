// The balance of one wallet as a numbered feed: replays the recent past, resumes after cuts, and keeps the books that
// show whether anything was missed or came twice.

export const HISTORY = 200;

const FIELDS = `kind sequence posted held available at posting { kind amount heldChange }`;
const NOW = `subscription BalanceNow($unit: Unit!) { balance(unit: $unit, mode: LATEST) { ${FIELDS} } }`;
const EVERY = `subscription EveryChange($unit: Unit!, $after: BigInt!) {
  balance(unit: $unit, after: $after, mode: EVERY) { ${FIELDS} }
}`;

export class BalanceFeed {
  #socket; #unit; #onChange; #onError;
  #stop = () => {};

  /** The newest update, or null before the first. */
  present = null;
  /** The last changes, oldest first, at most HISTORY. */
  changes = [];
  /** Sequences are 64 bits wide, so they are BigInt here and strings on the wire. */
  first = null;
  last = null;
  received = 0;
  gaps = 0;
  duplicates = 0;
  resets = 0;

  constructor(socket, unit, { onChange, onError }) {
    this.#socket = socket;
    this.#unit = unit;
    this.#onChange = onChange;
    this.#onError = onError;
  }

  /** One snapshot says where the wallet is; the replay of its last changes then runs on into the live ones. */
  start() {
    this.#subscribe(() => ({ query: NOW, variables: { unit: this.#unit } }), (update) => {
      this.#stop();
      this.#take(update);
      const head = BigInt(update.sequence);
      this.last = head > HISTORY ? head - BigInt(HISTORY) : 0n;
      this.#follow();
    });
  }

  stop() {
    this.#stop();
  }

  #follow() {
    const request = () => ({ query: EVERY, variables: { unit: this.#unit, after: String(this.last) } });
    this.#subscribe(request, (update) => (update.kind === 'CHANGE' ? this.#count(update) : this.#join(update)));
  }

  #subscribe(makeRequest, next) {
    this.#stop = this.#socket.subscribe(makeRequest, {
      next: ({ balance }) => {
        next(balance);
        this.#onChange(this);
      },
      error: (errors) => this.#onError(errors),
      complete: () => this.#onError([{ message: 'The server ended the feed.' }]),
    });
  }

  #count(update) {
    const sequence = BigInt(update.sequence);
    if (sequence <= this.last) {
      this.duplicates += 1;
      return;
    }
    this.gaps += Number(sequence - this.last - 1n);
    this.first ??= sequence;
    this.last = sequence;
    this.received += 1;
    this.changes.push(update);
    if (this.changes.length > HISTORY) this.changes.shift();
    this.#take(update);
  }

  /** A snapshot repeats what is known; a reset says that the history before it is gone. */
  #join(update) {
    if (update.kind === 'RESET') {
      this.resets += 1;
      this.changes = [];
      this.first = null;
      this.last = BigInt(update.sequence);
    }
    this.#take(update);
  }

  #take(update) {
    if (!this.present || BigInt(update.sequence) >= BigInt(this.present.sequence)) this.present = update;
  }
}
