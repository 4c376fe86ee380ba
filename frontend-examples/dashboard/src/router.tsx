import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react';

const BASE = '/dashboard';
const MOVED = 'postmeter:moved';

/** The path below /dashboard, such as `/orders`. */
export function here(): string {
  return location.pathname.slice(BASE.length).replace(/\/+$/, '') || '/';
}

export function go(path: string): void {
  if (path === here()) return;
  history.pushState(null, '', BASE + path);
  scrollTo(0, 0);
  dispatchEvent(new Event(MOVED));
}

function subscribe(told: () => void): () => void {
  addEventListener('popstate', told);
  addEventListener(MOVED, told);
  return () => {
    removeEventListener('popstate', told);
    removeEventListener(MOVED, told);
  };
}

export const usePath = (): string => useSyncExternalStore(subscribe, here);

/** The parts of `path` that the pattern names with a colon; null when it does not fit. */
export function match(pattern: string, path: string): Record<string, string> | null {
  const wanted = pattern.split('/');
  const found = path.split('/');
  if (wanted.length !== found.length) return null;
  const parts: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = found[index] ?? '';
    if (part.startsWith(':')) parts[part.slice(1)] = decodeURIComponent(value);
    else if (part !== value) return null;
  }
  return parts;
}

export function Link({ to, ...rest }: { to: string } & AnchorHTMLAttributes<HTMLAnchorElement>) {
  const follow = (event: MouseEvent) => {
    if (event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a href={BASE + to} onClick={follow} {...rest} />;
}
