import { Suspense, lazy, useEffect, useState } from 'react';
import { MeDocument } from './api/generated';
import { sessionIsOver } from './api/client';
import { useAsk } from './api/hooks';
import { Shell } from './shell';
import { SessionContext } from './session/session';
import { proofAsked } from './session/step-up';
import { useStore } from './store';
import { Button, Note, Skeleton } from './ui/parts';

const Front = lazy(() => import('./pages/front'));
const ProofDialog = lazy(() => import('./session/proof-dialog'));

/** Who is signed in decides what there is: the pages, or the door. */
export function App() {
  const me = useAsk(MeDocument, {});
  const [left, setLeft] = useState(false);
  const [farewell, setFarewell] = useState<string | null>(null);
  const isCut = useStore(sessionIsOver);
  const proof = useStore(proofAsked);
  const viewer = left || isCut ? null : me.data?.viewer;
  useEffect(() => {
    if (me.data) setLeft(false);
  }, [me.data]);
  if (me.trouble?.code === 'NETWORK' && !me.data) {
    return (
      <main className="front">
        <div>
          <h1>Postmeter</h1>
          <Note tone="bad">
            {me.trouble.message}{' '}
            <Button kind="plain" onClick={me.again}>
              Try again
            </Button>
          </Note>
        </div>
      </main>
    );
  }
  if (!me.data && !me.trouble) {
    return (
      <main className="front">
        <div>
          <Skeleton lines={4} />
        </div>
      </main>
    );
  }
  const enter = () => {
    sessionIsOver.set(false);
    setFarewell(null);
    me.again();
  };
  const ended = (said?: string) => {
    setFarewell(said ?? null);
    setLeft(true);
  };
  return (
    <Suspense fallback={null}>
      {viewer ? (
        <SessionContext value={{ viewer, again: me.again, ended }}>
          <Shell />
          {proof && <ProofDialog settle={proof.settle} />}
        </SessionContext>
      ) : (
        <Front
          entered={enter}
          farewell={
            farewell ?? (isCut && me.data?.viewer ? 'Your session has ended. Sign in again to go on.' : null)
          }
        />
      )}
    </Suspense>
  );
}
