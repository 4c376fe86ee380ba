import type { TicketState, TicketThreadFragment } from '../api/generated';
import { at } from '../format';
import type { Tone } from './parts';

export const TICKET_TONES: Partial<Record<TicketState, Tone>> = {
  OPEN: 'accent',
  ANSWERED: 'good',
  WAITING: 'warn',
};

interface ThreadProps {
  readonly messages: TicketThreadFragment['messages'];
  /** Whether the reader is of the staff, whose messages are then "we". */
  readonly isStaff?: boolean;
}

/** What was written to and by support, oldest first. */
export function Thread({ messages, isStaff = false }: ThreadProps) {
  return (
    <ol className="thread" aria-label="Messages, oldest first">
      {messages.map(({ id, fromStaff, text, receivedAt }) => (
        <li key={id} data-own={fromStaff === isStaff}>
          <p className="small muted">
            {fromStaff ? 'Support' : isStaff ? 'Customer' : 'You'}, {at(receivedAt)}
          </p>
          <p className="written">{text ?? 'It was erased.'}</p>
        </li>
      ))}
    </ol>
  );
}
