import { expect, test } from 'vitest';
import { documentText } from './document-text.ts';

test('shows members, lists and objects indented, and dates as times', () => {
  const document = {
    id: 'a1',
    dateCreated: 1_700_000_000_000,
    segments: ['vip', 'b'],
    participants: [{ id: 'u1', customFields: { dateJoined: 5, note: 'x\ny' }, history: {} }],
  };
  expect(documentText(document)).toBe(
    `id: a1
dateCreated: 2023-11-14T22:13:20Z
segments:
  - vip
  - b
participants:
  - id: u1
    customFields:
      dateJoined: 5
      note: x y`,
  );
});
