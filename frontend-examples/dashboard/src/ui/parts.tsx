// The parts that pages are made of.

import { type ButtonHTMLAttributes, type ReactNode, useEffect, useId, useRef } from 'react';
import type { Trouble } from '../api/client';
import { at, fromNow } from '../format';

interface PageProps {
  readonly title: string;
  readonly lead?: ReactNode;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** A page's heading, which gets the focus when one comes here, and the browser's title. */
export function Page({ title, lead, actions, children }: PageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Postmeter`;
  }, [title]);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  return (
    <>
      <div className="head">
        <div>
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead !== undefined && <p className="lead">{lead}</p>}
        </div>
        {actions !== undefined && <div className="row">{actions}</div>}
      </div>
      {children}
    </>
  );
}

interface CardProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Card({ title, aside, children }: CardProps) {
  const id = useId();
  return (
    <section className="card" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {aside}
      </header>
      {children}
    </section>
  );
}

type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & { readonly kind?: 'main' | 'grave' | 'plain' };

export function Button({ kind, type = 'button', ...rest }: ButtonProps) {
  return <button className="button" type={type} data-kind={kind} {...rest} />;
}

export type Tone = 'good' | 'warn' | 'bad' | 'accent';

export function Tag({ tone, children }: { readonly tone?: Tone | undefined; readonly children: ReactNode }) {
  return (
    <span className="tag" data-tone={tone}>
      {children}
    </span>
  );
}

export function Note({ tone, children }: { readonly tone?: 'warn' | 'bad'; readonly children: ReactNode }) {
  return (
    <div className="note" data-tone={tone} role={tone === 'bad' ? 'alert' : undefined}>
      {children}
    </div>
  );
}

/** Why something was refused, in the server's words. */
export function Refusal({ of }: { readonly of: { readonly message: string } | null }) {
  return of && <Note tone="bad">{of.message}</Note>;
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}

export function Skeleton({ lines = 3 }: { readonly lines?: number }) {
  return (
    <div className="skeleton" aria-busy="true">
      <span className="unseen">Loading …</span>
      {Array.from({ length: lines }, (_, index) => (
        <i key={index} />
      ))}
    </div>
  );
}

interface LoadedProps<T> {
  readonly value: T | null | undefined;
  readonly trouble: Trouble | null;
  readonly again?: (() => void) | undefined;
  readonly lines?: number;
  readonly children: (value: T) => ReactNode;
}

/** The value once it is there; until then a skeleton, or what went wrong. */
export function Loaded<T>({ value, trouble, again, lines, children }: LoadedProps<T>) {
  return (
    <>
      {trouble && (
        <Note tone="bad">
          {trouble.code === 'FORBIDDEN' ? 'Your role does not allow you to see this.' : trouble.message}{' '}
          {again && trouble.code !== 'FORBIDDEN' && (
            <Button kind="plain" onClick={again}>
              Try again
            </Button>
          )}
        </Note>
      )}
      {value === null || value === undefined ? !trouble && <Skeleton lines={lines ?? 3} /> : children(value)}
    </>
  );
}

export function Moment({ of, precise = false }: { readonly of: string; readonly precise?: boolean }) {
  return (
    <time dateTime={of} title={at(of)}>
      {precise ? at(of) : fromNow(of)}
    </time>
  );
}

/** A number with its name. */
export function Figure({
  name,
  children,
  huge,
}: {
  readonly name: string;
  readonly children: ReactNode;
  readonly huge?: boolean;
}) {
  return (
    <div className="figure">
      <dt>{name}</dt>
      <dd className={huge ? 'huge' : undefined}>{children}</dd>
    </div>
  );
}

export interface Column<Row> {
  readonly name: string;
  readonly right?: boolean;
  readonly cell: (row: Row) => ReactNode;
}

interface TableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  readonly id: (row: Row) => string;
  readonly empty: ReactNode;
}

/** A table; on phones each row is a card, and its roles are said because CSS takes them away. */
export function Table<Row>({ caption, columns, rows, id, empty }: TableProps<Row>) {
  if (rows.length === 0) return empty;
  return (
    <table className="rows" role="table">
      <caption className="unseen">{caption}</caption>
      <thead role="rowgroup">
        <tr role="row">
          {columns.map(({ name, right }) => (
            <th key={name} role="columnheader" scope="col" className={right ? 'right' : undefined}>
              {name}
            </th>
          ))}
        </tr>
      </thead>
      <tbody role="rowgroup">
        {rows.map((row) => (
          <tr key={id(row)} role="row">
            {columns.map(({ name, right, cell }) => (
              <td key={name} role="cell" data-label={name} className={right ? 'right' : undefined}>
                {cell(row)}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

interface DialogProps {
  readonly title: string;
  readonly close: () => void;
  readonly children: ReactNode;
}

/** A modal dialog, open while it is there; Escape closes it, and the browser keeps the focus in it. */
export function Dialog({ title, close, children }: DialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  useEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        close();
      }}
    >
      <div>
        <h2 id={id}>{title}</h2>
        {children}
      </div>
    </dialog>
  );
}
