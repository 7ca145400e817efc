import type { ParticipantMessage } from '@advocate/contracts';
import { formatCount } from '@advocate/format';

/** What a person calls a participant: the name, else the e-mail address, else the id. */
export function participantTitle({ firstName = '', lastName = '', email = '', id }: ParticipantMessage): string {
  return `${firstName} ${lastName}`.trim() || email || id;
}

/** A custom field's value as text. */
export const fieldText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

/** `2 referrals, 1 reward, no events`. */
export function historyText({ history }: Pick<ParticipantMessage, 'history'>): string {
  const { referrals = 0, rewards = 0, events = 0 } = history ?? {};
  const count = (value: number, noun: string): string => (value === 0 ? `no ${noun}s` : formatCount(value, noun));
  return [count(referrals, 'referral'), count(rewards, 'reward'), count(events, 'event')].join(', ');
}
