import type { IncidentState } from '../api/generated';
import type { Tone } from './parts';

export const INCIDENT_STATES: readonly IncidentState[] = [
  'REPORTED',
  'INVESTIGATING',
  'ASSESSED',
  'MITIGATED',
  'NOTIFIED',
  'CORRECTED',
  'CLOSED',
];

export const INCIDENT_TONES: Partial<Record<IncidentState, Tone>> = {
  REPORTED: 'warn',
  INVESTIGATING: 'accent',
  ASSESSED: 'accent',
  MITIGATED: 'accent',
  NOTIFIED: 'accent',
  CORRECTED: 'good',
};

export const RISK_TONES: Record<'NONE' | 'RISK' | 'HIGH_RISK', Tone> = {
  NONE: 'good',
  RISK: 'warn',
  HIGH_RISK: 'bad',
};
