import { useCallback, useEffect, useReducer, useRef, useState } from 'react';
import { type Document, type Trouble, act, ask, watch } from './client';
import { forget, onNextPulse } from './pulse';
import { proveAgain } from '../session/step-up';

export interface Asked<Data> {
  readonly data: Data | null;
  readonly trouble: Trouble | null;
  /** Asks again; what was there stays until the answer. */
  readonly again: () => void;
}

/**
 * What a query answers; asked again when its variables change, or on `again()`. With `moves` of a feed it is first asked
 * when the feed has begun, so that nothing falls between the two, and again with each move.
 */
export function useAsk<Data, Variables>(
  document: Document<Data, Variables>,
  variables: Variables,
  moves: number | null = 0,
): Asked<Data> {
  const [state, setState] = useState<{ data: Data | null; trouble: Trouble | null }>({
    data: null,
    trouble: null,
  });
  const [turn, again] = useReducer((count: number) => count + 1, 0);
  const key = JSON.stringify(variables);
  useEffect(() => {
    let wanted = true;
    if (moves === null) return undefined;
    void ask(document, JSON.parse(key) as Variables).then((answer) => {
      if (wanted) setState((before) => (answer.trouble ? { ...before, trouble: answer.trouble } : answer));
    });
    return () => {
      wanted = false;
    };
  }, [document, key, turn, moves]);
  return { ...state, again };
}

const REST_MS = 3_000;

/**
 * Asks again soon after a pushed sequence changed, and never when it did not: for what is not pushed with each change,
 * such as a series of hundreds of points. Null until the sequence is known.
 */
export function useAgainAfter(sequence: string | null, again: () => void, restMs = REST_MS): void {
  const known = useRef(sequence);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => {
    const isFirst = known.current === null;
    if (known.current === sequence) return;
    known.current = sequence;
    if (isFirst || timer.current !== null) return;
    timer.current = setTimeout(() => {
      timer.current = null;
      again();
    }, restMs);
  }, [sequence, again, restMs]);
  useEffect(() => () => clearTimeout(timer.current ?? undefined), []);
}

export interface Watched<State> {
  /** Null until the snapshot is there. */
  readonly state: State | null;
  readonly trouble: Trouble | null;
}

/**
 * A feed, folded into a state. `fold` sees every update, in order and once, also across a cut of the network; the page
 * renders the newest state at most four times a second. `skip` watches nothing.
 */
export function useFeed<Data, Variables, State>(
  document: Document<Data, Variables>,
  variables: Variables,
  fold: (state: State | null, update: NonNullable<Data>) => State | null,
  skip = false,
): Watched<State> {
  const [shown, setShown] = useState<Watched<State>>({ state: null, trouble: null });
  const latestFold = useRef(fold);
  latestFold.current = fold;
  const key = JSON.stringify(variables);
  useEffect(() => {
    setShown({ state: null, trouble: null });
    if (skip) return undefined;
    let state: State | null = null;
    const render = () => setShown({ state, trouble: null });
    const end = watch(
      document,
      JSON.parse(key) as Variables,
      (data) => {
        state = latestFold.current(state, data as NonNullable<Data>);
        onNextPulse(render);
      },
      (trouble) => setShown({ state, trouble }),
    );
    return () => {
      end();
      forget(render);
    };
  }, [document, key, skip]);
  return shown;
}

/**
 * How often a feed told of something that `concerns` the page, for `useAsk` and `usePages`; null until it has begun. For
 * what is asked for because a feed tells no more than that it moved.
 */
export function useMoves<Data, Variables>(
  document: Document<Data, Variables>,
  variables: Variables,
  concerns: (update: NonNullable<Data>) => boolean = () => true,
): number | null {
  const { state, trouble } = useFeed(document, variables, (before: number | null, update) =>
    before === null || concerns(update) ? (before ?? 0) + 1 : before,
  );
  return state ?? (trouble ? 0 : null);
}

interface Refused {
  readonly code: string;
  readonly message: string;
  readonly field?: string | null;
}

/** Mutations have one root field, whose value has a type's name, and a code when it is a refusal. */
export type Outcome<Data> = Exclude<Data[Exclude<keyof Data, '__typename'>], null | undefined>;

export interface Action<Data, Variables> {
  /** The value of the root field when it went well, null when it was refused: `refusal` says why. */
  readonly run: (variables: Variables) => Promise<Outcome<Data> | null>;
  readonly busy: boolean;
  readonly refusal: Refused | null;
  /** The refused value itself, with its numbers. */
  readonly refused: Outcome<Data> | null;
  readonly clear: () => void;
}

/**
 * A mutation. Where the server wants a fresh proof of who asks, the proof is asked for and the mutation sent again.
 * `settled` is called once there is an outcome, a refusal too: not when the answer was lost on the way.
 */
export function useAction<Data, Variables>(
  document: Document<Data, Variables>,
  settled?: () => void,
): Action<Data, Variables> {
  const [state, setState] = useState<{
    busy: boolean;
    refusal: Refused | null;
    refused: Outcome<Data> | null;
  }>({
    busy: false,
    refusal: null,
    refused: null,
  });
  const run = useCallback(
    async (given: Variables): Promise<Outcome<Data> | null> => {
      setState({ busy: true, refusal: null, refused: null });
      for (let variables = given; ; variables = withNewKey(variables)) {
        const { data, trouble } = await act(document, variables);
        if (trouble) {
          setState({ busy: false, refusal: trouble, refused: null });
          return null;
        }
        const [value] = Object.values(data as object) as [Outcome<Data>];
        const named = value as { __typename?: string; code?: string; message?: string };
        if (named.__typename === 'StepUpRequired' && (await proveAgain())) continue;
        settled?.();
        const refusal = named.code === undefined ? null : (named as Refused);
        setState({ busy: false, refusal, refused: refusal && value });
        return refusal ? null : value;
      }
    },
    [document, settled],
  );
  const clear = useCallback(() => setState({ busy: false, refusal: null, refused: null }), []);
  return { run, ...state, clear };
}

/** The outcome of a key is final, a refusal for want of a proof too: with the proof the intention is a new one. */
function withNewKey<Variables>(variables: Variables): Variables {
  const { input } = variables as { input?: { idempotencyKey?: string } };
  if (input?.idempotencyKey === undefined) return variables;
  return { ...variables, input: { ...input, idempotencyKey: crypto.randomUUID() } };
}

/**
 * An idempotency key for one intention: the same until `done()`, so that a retry after a lost answer repeats nothing.
 */
export function useIntention(): { readonly key: string; readonly done: () => void } {
  const [key, setKey] = useState(() => crypto.randomUUID());
  const done = useCallback(() => setKey(crypto.randomUUID()), []);
  return { key, done };
}
