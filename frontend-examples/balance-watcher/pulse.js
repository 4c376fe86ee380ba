// When the page is painted: at once after a pause, and four times a second at most, however many changes arrive. A
// hidden tab paints nothing, and catches up when it is looked at.

const PAUSE_MS = 250;

/** What the tests and the benchmark read: updates that came, and how often they were painted. */
export const counters = { updates: 0, renders: 0 };
globalThis.postmeterCounters = counters;

export class Pulse {
  #paint;
  #planned = false;
  #last = -Infinity;

  constructor(paint) {
    this.#paint = paint;
  }

  /** Something is new. */
  want() {
    if (this.#planned) return;
    this.#planned = true;
    setTimeout(() => requestAnimationFrame(() => this.#beat()), Math.max(0, this.#last + PAUSE_MS - performance.now()));
  }

  #beat() {
    this.#planned = false;
    this.#last = performance.now();
    counters.renders += 1;
    this.#paint();
  }
}
