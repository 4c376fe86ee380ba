import {
  type FormEvent,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  useId,
} from 'react';

interface Around {
  readonly label: string;
  readonly hint?: ReactNode;
  readonly error?: string | null | undefined;
}

function Shell({
  id,
  label,
  hint,
  error,
  children,
}: Around & { readonly id: string; readonly children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children}
      {(error || hint) && (
        <small id={`${id}-hint`} data-tone={error ? 'bad' : undefined}>
          {error || hint}
        </small>
      )}
    </div>
  );
}

type FieldProps = Around & InputHTMLAttributes<HTMLInputElement>;

export function Field({ label, hint, error, ...rest }: FieldProps) {
  const id = useId();
  return (
    <Shell id={id} label={label} hint={hint} error={error}>
      <input
        id={id}
        aria-invalid={error ? true : undefined}
        aria-describedby={hint || error ? `${id}-hint` : undefined}
        {...rest}
      />
    </Shell>
  );
}

export function TextField({
  label,
  hint,
  ...rest
}: Around & { name: string; required?: boolean; maxLength?: number; defaultValue?: string }) {
  const id = useId();
  return (
    <Shell id={id} label={label} hint={hint}>
      <textarea id={id} aria-describedby={hint ? `${id}-hint` : undefined} {...rest} />
    </Shell>
  );
}

type SelectProps = Around &
  SelectHTMLAttributes<HTMLSelectElement> & { readonly options: readonly (readonly [string, string])[] };

export function Select({ label, hint, error, options, ...rest }: SelectProps) {
  const id = useId();
  return (
    <Shell id={id} label={label} hint={hint} error={error}>
      <select id={id} aria-describedby={hint || error ? `${id}-hint` : undefined} {...rest}>
        {options.map(([value, name]) => (
          <option key={value} value={value}>
            {name}
          </option>
        ))}
      </select>
    </Shell>
  );
}

export function Tick({
  label,
  ...rest
}: { readonly label: ReactNode } & InputHTMLAttributes<HTMLInputElement>) {
  return (
    <label className="tick">
      <input type="checkbox" {...rest} />
      <span>{label}</span>
    </label>
  );
}

interface FormProps {
  readonly onSend: (values: Record<string, string>, form: HTMLFormElement) => void;
  readonly children: ReactNode;
}

/** A form that gives its fields by name; nothing leaves the page but by what `onSend` does. */
export function Form({ onSend, children }: FormProps) {
  const send = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const values = Object.fromEntries(
      [...new FormData(form)].map(([name, value]) => [
        name,
        /password/i.test(name) ? String(value) : String(value).trim(),
      ]),
    );
    onSend(values, form);
  };
  return (
    <form className="form" onSubmit={send}>
      {children}
    </form>
  );
}
