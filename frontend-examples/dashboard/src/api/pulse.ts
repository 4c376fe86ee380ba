// When the page renders what feeds brought: all of it at once, at most every quarter of a second, in an animation
// frame. A thousand changes a minute are four renders a second, and a hidden tab renders nothing.

const PAUSE_MS = 250;

const dirty = new Set<() => void>();
let last = Number.NEGATIVE_INFINITY;
let planned = false;

/** What the tests read: how often feeds were rendered, and how many updates they brought. */
export const counters = { pulses: 0, updates: 0 };
Object.assign(globalThis, { postmeterCounters: counters });

export function onNextPulse(render: () => void): void {
  counters.updates += 1;
  dirty.add(render);
  if (planned) return;
  planned = true;
  setTimeout(() => requestAnimationFrame(beat), Math.max(0, last + PAUSE_MS - performance.now()));
}

export function forget(render: () => void): void {
  dirty.delete(render);
}

function beat(now: number): void {
  planned = false;
  last = Math.max(now, performance.now());
  counters.pulses += 1;
  const renders = [...dirty];
  dirty.clear();
  for (const render of renders) render();
}
