import { Suspense, useEffect, useState } from 'react';
import { SignOutDocument, WatchNoticesDocument } from './api/generated';
import { connection } from './api/client';
import { useAction, useFeed } from './api/hooks';
import { count, words } from './format';
import { Link, match, usePath } from './router';
import { CUSTOMER, OPERATOR, type Section } from './routes';
import { useSession } from './session/session';
import { useStore } from './store';
import { Button, Empty, Note, Page, Skeleton, Tag } from './ui/parts';

const SAID = {
  idle: 'Not connected',
  connecting: 'Connecting …',
  live: 'Live',
  waiting: 'Connection lost, trying again …',
};

/** Whether what is shown is live. */
function ConnectionState() {
  const state = useStore(connection);
  return (
    <p className="connection" data-state={state} role="status">
      {SAID[state]}
    </p>
  );
}

export function Brand() {
  return (
    <Link to="/" className="brand">
      <svg width="28" height="28" viewBox="0 0 32 32" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#0f766e" />
        <path d="M6 11h20v13H6z" fill="none" stroke="#fff" strokeWidth="2.4" />
        <path d="m6 12 10 7 10-7" fill="none" stroke="#fff" strokeWidth="2.4" />
      </svg>
      Postmeter
    </Link>
  );
}

interface NavigationProps {
  readonly sections: readonly Section[];
  readonly path: string;
  readonly unread: number;
}

function Navigation({ sections, path, unread }: NavigationProps) {
  const isHere = (pattern: string) => path === pattern || (pattern !== '/' && path.startsWith(`${pattern}/`));
  return (
    <nav className="nav" aria-label="Pages" id="pages">
      {sections.map(({ title, routes }) => (
        <div key={title}>
          <h2>{title}</h2>
          <ul>
            {routes.map(
              ({ name, pattern }) =>
                name && (
                  <li key={pattern}>
                    <Link to={pattern} aria-current={isHere(pattern) ? 'page' : undefined}>
                      {name}
                      {pattern === '/notices' && unread > 0 && (
                        <>
                          {' '}
                          <Tag tone="accent">
                            {count(unread)} <span className="unseen">unread</span>
                          </Tag>
                        </>
                      )}
                    </Link>
                  </li>
                ),
            )}
          </ul>
        </div>
      ))}
    </nav>
  );
}

const REQUIRED = {
  SECOND_FACTOR: 'Your role asks for a second factor. Set one up before you go on.',
  NEW_PASSWORD: 'Your password is too old. Choose a new one before you go on.',
  AGE: 'Your age must be verified: save a payment card, or show our staff a document.',
};

function Requirements() {
  const { viewer } = useSession();
  const path = usePath();
  const [first] = viewer.requirements;
  if (first === undefined) return null;
  return (
    <Note tone="warn">
      {REQUIRED[first]}{' '}
      {path !== '/security' && first !== 'AGE' && <Link to="/security">Sign-in and sessions</Link>}
      {path !== '/top-up' && first === 'AGE' && <Link to="/top-up">Save a card</Link>}
    </Note>
  );
}

function Here({ sections, path }: { readonly sections: readonly Section[]; readonly path: string }) {
  for (const { pattern, page: Found } of sections.flatMap(({ routes }) => routes)) {
    const parts = match(pattern, path);
    if (parts) return <Found key={path} parts={parts} />;
  }
  return (
    <Page title="There is no such page">
      <Empty title="Nothing is here.">
        <Link to="/">To the first page</Link>
      </Empty>
    </Page>
  );
}

export function Shell() {
  const { viewer, ended } = useSession();
  const path = usePath();
  const [open, setOpen] = useState(false);
  const leave = useAction(SignOutDocument);
  // Watched on every page: the badge counts them, and the connection shows that it lives.
  const notices = useFeed(
    WatchNoticesDocument,
    {},
    (more: number | null, { noticePosted: update }) => (more ?? 0) + (update.notice ? 1 : 0),
  );
  const unread = viewer.account.unreadNotices + (notices.state ?? 0);
  const sections = viewer.staff ? OPERATOR : CUSTOMER;
  useEffect(() => setOpen(false), [path]);
  const signOut = async () => {
    if (await leave.run({})) ended();
  };
  return (
    <>
      <a className="skip" href="#content">
        To the content
      </a>
      <div className="shell">
        <header className="side" data-open={open}>
          <Brand />
          <ConnectionState />
          <span className="menu">
            <Button aria-expanded={open} aria-controls="pages" onClick={() => setOpen(!open)}>
              Menu
            </Button>
          </span>
          <Navigation sections={sections} path={path} unread={unread} />
          <div className="who">
            <span>
              <strong>{viewer.person?.login ?? 'API key'}</strong>
              <br />
              {viewer.staff
                ? viewer.staff.roles.map(words).join(', ')
                : viewer.person?.role && words(viewer.person.role)}
            </span>
            <Button onClick={() => void signOut()} disabled={leave.busy}>
              Sign out
            </Button>
          </div>
        </header>
        <main className="main" id="content">
          <Requirements />
          {viewer.account.status !== 'ACTIVE' && (
            <Note tone="warn">
              This account is {viewer.account.status.toLowerCase()}: nothing is sent or charged.
            </Note>
          )}
          <Suspense fallback={<Skeleton lines={6} />}>
            <Here sections={sections} path={path} />
          </Suspense>
        </main>
      </div>
    </>
  );
}
