import type { CampaignStatus } from '../api/generated';
import { words } from '../format';
import { Tag, type Tone } from './parts';

const TONES: Record<CampaignStatus, Tone | undefined> = {
  DRAFT: undefined,
  SCHEDULED: 'accent',
  SENDING: 'good',
  PAUSED: 'warn',
  COMPLETED: undefined,
  CANCELLED: undefined,
  FAILED: 'bad',
};

export const CampaignTag = ({ status }: { readonly status: CampaignStatus }) => (
  <Tag tone={TONES[status]}>{words(status)}</Tag>
);
