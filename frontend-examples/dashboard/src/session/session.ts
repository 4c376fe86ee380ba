import { createContext, useContext } from 'react';
import type { MeQuery } from '../api/generated';

export type Viewer = NonNullable<MeQuery['viewer']>;

/** Who is signed in, and how to ask again, such as when a second factor was added. */
export interface Session {
  readonly viewer: Viewer;
  readonly again: () => void;
  /** It is over; `farewell` is told at the door. */
  readonly ended: (farewell?: string) => void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error('outside of a session');
  return session;
}

const DEVICE = 'postmeter:device';

/** Lets this browser be known again, so that somebody else's wrong passwords never lock its owner out. */
export const deviceToken = () => localStorage.getItem(DEVICE);
export const rememberDevice = (token: string) => localStorage.setItem(DEVICE, token);
