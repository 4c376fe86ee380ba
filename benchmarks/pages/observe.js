// Notes when the number on the screen changed, and to what; from outside, so that each page is measured alike.
{
  const seen = [];
  let watched = null;
  const element = () => document.querySelector('[data-balance=EMAIL]');
  const updates = () => globalThis.postmeterCounters?.updates ?? 0;
  globalThis.benchmark = {
    shown: () => (element()?.textContent ? Number(element().textContent.replace(/\D/g, '')) : null),
    start() {
      watched = new MutationObserver(() =>
        seen.push([performance.timeOrigin + performance.now(), globalThis.benchmark.shown()]),
      );
      watched.observe(element(), { characterData: true, childList: true, subtree: true });
      return { updates: updates() };
    },
    stop() {
      watched.disconnect();
      return { updates: updates(), seen };
    },
  };
}
