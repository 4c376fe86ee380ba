import { useEffect, useRef } from 'react';

/** Asks again when one comes back to the page from elsewhere: for what has no feed. Nothing here asks by a clock. */
export function useFresh(again: () => void): void {
  const latest = useRef(again);
  latest.current = again;
  useEffect(() => {
    const told = () => {
      if (document.visibilityState === 'visible') latest.current();
    };
    document.addEventListener('visibilitychange', told);
    return () => document.removeEventListener('visibilitychange', told);
  }, []);
}
