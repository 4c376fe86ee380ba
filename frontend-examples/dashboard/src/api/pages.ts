import { useCallback, useEffect, useRef, useState } from 'react';
import { type Document, type Trouble, ask } from './client';

interface Connection<Row> {
  readonly edges: readonly { readonly node: Row }[];
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor?: string | null | undefined };
}

export interface Pages<Row> {
  /** Of all pages that are shown; null until the first is there. */
  readonly rows: readonly Row[] | null;
  readonly trouble: Trouble | null;
  /** Asks for the next page; null where there is none. */
  readonly more: (() => void) | null;
  /** Asks again for as many pages as there are; what was there stays until the answer. */
  readonly again: () => void;
}

interface Shown<Row> {
  readonly pages: readonly (readonly Row[])[];
  readonly after: string | null;
}

const NOTHING = { pages: [], after: null };

/** A list, page by page. `pick` gives the connection in an answer; `moves` are those of `useAsk`. */
export function usePages<Data, Variables extends { after?: string | null }, Row>(
  document: Document<Data, Variables>,
  variables: Omit<Variables, 'after'>,
  pick: (data: Data) => Connection<Row> | null | undefined,
  moves: number | null = 0,
): Pages<Row> {
  const [shown, setShown] = useState<Shown<Row> | null>(null);
  const [trouble, setTrouble] = useState<Trouble | null>(null);
  const asked = useRef(0);
  const latestPick = useRef(pick);
  latestPick.current = pick;
  const key = JSON.stringify(variables);
  /** As many pages behind `before`; an answer that comes after another question is dropped. */
  const load = useCallback(
    async (before: Shown<Row>, wanted: number) => {
      asked.current += 1;
      const turn = asked.current;
      let found = before;
      for (let left = wanted; left > 0; left -= 1) {
        const given = { ...(JSON.parse(key) as Variables), after: found.after };
        const answer = await ask(document, given);
        if (asked.current !== turn) return;
        setTrouble(answer.trouble);
        const connection = answer.trouble ? null : latestPick.current(answer.data);
        if (!connection) return;
        const { hasNextPage, endCursor } = connection.pageInfo;
        found = {
          pages: [...found.pages, connection.edges.map(({ node }) => node)],
          after: hasNextPage ? (endCursor ?? null) : null,
        };
        if (found.after === null) break;
      }
      setShown(found);
    },
    [document, key],
  );
  const pages = useRef(1);
  pages.current = shown?.pages.length ?? 1;
  useEffect(() => {
    setShown(null);
    pages.current = 1;
  }, [load]);
  useEffect(() => {
    if (moves === null) return undefined;
    void load(NOTHING, pages.current);
    return () => {
      asked.current += 1;
    };
  }, [load, moves]);
  return {
    rows: shown && shown.pages.flat(),
    trouble,
    more: shown?.after == null ? null : () => void load(shown, 1),
    again: () => void load(NOTHING, pages.current),
  };
}
