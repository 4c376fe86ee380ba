import { useState } from 'react';
import {
  ClosurePreviewDocument,
  CloseAccountDocument,
  ErasurePreviewDocument,
  type ErasurePreviewQuery,
  RequestErasureDocument,
} from '../api/generated';
import { useAction, useAsk, useIntention } from '../api/hooks';
import { at, day, quantity, words } from '../format';
import { useSession } from '../session/session';
import { Form, Tick } from '../ui/form';
import { Button, Card, Dialog, Loaded, Note, Refusal } from '../ui/parts';

/** The two ways out: the account closed, or closed and erased. What is lost is shown before, and acknowledged. */
export function Leaving() {
  const [way, setWay] = useState<'close' | 'erase' | null>(null);
  return (
    <Card title="Close the account">
      <p className="muted">
        A closed account can do nothing more. An erased one leaves only what the law wants kept, under a
        pseudonym.
      </p>
      <div className="row">
        <Button kind="grave" onClick={() => setWay('close')}>
          Close it …
        </Button>
        <Button kind="grave" onClick={() => setWay('erase')}>
          Close and erase it …
        </Button>
      </div>
      {way === 'close' && <CloseDialog close={() => setWay(null)} />}
      {way === 'erase' && <EraseDialog close={() => setWay(null)} />}
    </Card>
  );
}

type Losses = ErasurePreviewQuery['erasurePreview']['losses'];

function Lost({ losses }: { readonly losses: Losses }) {
  if (losses.length === 0) return <p>Nothing is lost but the account itself.</p>;
  return (
    <>
      <p>This is lost for good:</p>
      <ul>
        {losses.map(({ kind, unit, quantity: much, until }, index) => (
          <li key={index} className="num">
            {words(kind)}: {unit ? quantity(unit, much) : much}{' '}
            {unit && <span className="muted">{unit}</span>}
            {until && `, until ${day(until)}`}
          </li>
        ))}
      </ul>
    </>
  );
}

function CloseDialog({ close }: { readonly close: () => void }) {
  const { ended } = useSession();
  const preview = useAsk(ClosurePreviewDocument, {});
  const intention = useIntention();
  const closing = useAction(CloseAccountDocument, intention.done);
  const send = async (acknowledgedLosses: string) => {
    if (await closing.run({ input: { acknowledgedLosses, idempotencyKey: intention.key } }))
      ended('The account is closed.');
  };
  return (
    <Dialog title="Close the account?" close={close}>
      <Loaded value={preview.data?.closurePreview} trouble={preview.trouble} again={preview.again}>
        {({ losses, digest }) => (
          <Form onSend={() => void send(digest)}>
            <Lost losses={losses} />
            <Tick required label="I know what is lost, and that nobody signs in any more." />
            <Refusal of={closing.refusal} />
            <div className="row">
              <Button kind="grave" type="submit" disabled={closing.busy}>
                Close the account
              </Button>
              <Button onClick={close}>Keep it</Button>
            </div>
          </Form>
        )}
      </Loaded>
    </Dialog>
  );
}

function EraseDialog({ close }: { readonly close: () => void }) {
  const { ended } = useSession();
  const preview = useAsk(ErasurePreviewDocument, {});
  const intention = useIntention();
  const erase = useAction(RequestErasureDocument, intention.done);
  const send = async ({ lossesDigest, warningVersion }: ErasurePreviewQuery['erasurePreview']) => {
    const made = await erase.run({
      input: {
        acknowledgedLosses: lossesDigest,
        acknowledgedWarning: warningVersion,
        idempotencyKey: intention.key,
      },
    });
    if (made?.__typename !== 'ErasureRequested') return;
    const { id, dueAt } = made.erasure;
    ended(
      `The account is closed, and is erased on ${at(dueAt)}. The number of the certificate is ${id}: keep it.`,
    );
  };
  return (
    <Dialog title="Close and erase the account?" close={close}>
      <Loaded value={preview.data?.erasurePreview} trouble={preview.trouble} again={preview.again}>
        {(found) => (
          <Form onSend={() => void send(found)}>
            <Note tone="warn">{found.warning}</Note>
            <Lost losses={found.losses} />
            <p className="muted">
              {found.scope === 'EVERYTHING' ? 'Everything is erased' : 'All but the billing is erased'}, on{' '}
              {at(found.dueAt)}.
            </p>
            <Tick required label="I have read this, and I know that nobody can bring it back." />
            <Refusal of={erase.refusal} />
            <div className="row">
              <Button kind="grave" type="submit" disabled={erase.busy}>
                Erase it
              </Button>
              <Button onClick={close}>Keep it</Button>
            </div>
          </Form>
        )}
      </Loaded>
    </Dialog>
  );
}
