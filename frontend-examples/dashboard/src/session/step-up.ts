import { store } from '../store';

/** The proof that is being asked for; null when none is. */
export const proofAsked = store<{ settle: (proved: boolean) => void } | null>(null);

/** Asks the person to prove again who they are; whether they did. */
export function proveAgain(): Promise<boolean> {
  return new Promise((resolve) => {
    proofAsked.set({
      settle: (proved) => {
        proofAsked.set(null);
        resolve(proved);
      },
    });
  });
}
