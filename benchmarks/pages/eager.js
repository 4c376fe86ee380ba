// Takes the dashboard's pause between two renders away: each update is rendered in the next frame.
{
  const PAUSE_MS = 250;
  const inTime = globalThis.setTimeout.bind(globalThis);
  globalThis.setTimeout = (act, ms = 0, ...given) => inTime(act, ms <= PAUSE_MS ? 0 : ms, ...given);
}
