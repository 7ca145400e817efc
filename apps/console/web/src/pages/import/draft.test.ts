import { expect, test } from 'vitest';
import { type Draft, draftJob, emptyDraft, newRequestId } from './draft.ts';

const draft: Draft = {
  ...emptyDraft,
  operations: [
    { kind: 'clear', key: '' },
    { kind: 'add', key: 'vip' },
  ],
  preserveEmptyAccounts: true,
  doNotTrack: true,
  displayName: ' Spring ',
  mailtoEmail: ' bo@example.com ',
};

test('a job has the options of its type only', () => {
  expect(draftJob(draft, 'imports/default/f')).toEqual({
    type: 'USERS',
    displayName: 'Spring',
    mailtoEmail: 'bo@example.com',
    fileRef: 'imports/default/f',
    params: { programId: '', segments: ['~*', 'vip'], preserveEmptyAccounts: false, doNotTrack: false },
  });
  expect(draftJob({ ...draft, type: 'USER_DELETIONS' }, 'f').params).toEqual({
    programId: '',
    segments: [],
    preserveEmptyAccounts: true,
    doNotTrack: true,
  });
});

test('request ids differ', () => {
  expect(newRequestId()).toMatch(/^console-[0-9a-f]{32}$/);
  expect(newRequestId()).not.toBe(newRequestId());
});
