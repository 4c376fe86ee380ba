import type { PrivacyRequestState } from '../api/generated';
import type { Tone } from './parts';

export const REQUEST_TONES: Partial<Record<PrivacyRequestState, Tone>> = {
  UNVERIFIED: 'warn',
  RECEIVED: 'accent',
  IN_PROGRESS: 'accent',
  HELD: 'warn',
  FULFILLED: 'good',
  PARTLY_FULFILLED: 'good',
  REFUSED: 'bad',
};
