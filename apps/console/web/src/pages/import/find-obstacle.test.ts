import { expect, test } from 'vitest';
import { emptyDraft } from './draft.ts';
import { findObstacle } from './find-obstacle.ts';

const fine = { problems: [], recordsTotal: 3 };

test('a file without problems can be started', () => {
  expect(findObstacle(emptyDraft, 'stored', fine)).toBeUndefined();
});

test.each([
  ['none', undefined, /Select a file/],
  ['sending', undefined, /still being uploaded/],
  ['refused', undefined, /could not be uploaded/],
  ['stored', undefined, /preview is being made/],
  ['stored', { problems: ['No header'], recordsTotal: 0 }, /has problems/],
  ['stored', { problems: [], recordsTotal: 0 }, /has no rows/],
] as const)('an upload that is %s with the preview %j says what is missing', (state, preview, message) => {
  expect(findObstacle(emptyDraft, state, preview && { ...preview, problems: [...preview.problems] })).toMatch(message);
});

test('a segment that was typed and not added is not forgotten silently', () => {
  const draft = { ...emptyDraft, typedSegment: ' vip ' };
  expect(findObstacle(draft, 'stored', fine)).toMatch('Add the segment “vip”');
  expect(findObstacle({ ...draft, type: 'USER_DELETIONS' }, 'stored', fine)).toBeUndefined();
});
