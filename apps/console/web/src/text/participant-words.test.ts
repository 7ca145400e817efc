import type { ParticipantMessage } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { fieldText, historyText, participantTitle } from './participant-words.ts';

test('a participant is called by name, e-mail address or id', () => {
  const participant = (facts: Partial<ParticipantMessage>): ParticipantMessage => ({ id: 'u1', ...facts }) as ParticipantMessage;
  expect(participantTitle(participant({ firstName: 'Bo', lastName: 'Fischer', email: 'bo@example.com' }))).toBe('Bo Fischer');
  expect(participantTitle(participant({ lastName: 'Fischer' }))).toBe('Fischer');
  expect(participantTitle(participant({ email: 'bo@example.com' }))).toBe('bo@example.com');
  expect(participantTitle(participant({ firstName: '' }))).toBe('u1');
});

test('custom fields are shown as they are stored', () => {
  expect(['QC', '', 3, true, null].map(fieldText)).toEqual(['QC', '', '3', 'true', 'null']);
});

test('history is counted in words', () => {
  expect(historyText({ history: { referrals: 2, rewards: 1, events: 0 } })).toBe('2 referrals, 1 reward, no events');
});
