import { expect, test } from 'vitest';
import { CauseCounter } from './error-causes.ts';
import { badRequest, rowError } from './row-error.ts';
import { wording } from './wording.ts';

test('rows are counted by what is wrong with them, the most frequent first, whatever values they have', () => {
  const counter = new CauseCounter();
  const taken = (code: string) => rowError('CONFLICT', wording`The code ${code} is taken`);
  for (const error of [badRequest('Once'), taken('A'), badRequest('Also once'), taken('B'), taken('A')]) counter.add(error);
  expect(counter.top()).toEqual([
    { message: 'The code … is taken', apiErrorCode: 'CONFLICT', count: 3 },
    { message: 'Once', apiErrorCode: 'BAD_REQUEST', count: 1 },
    { message: 'Also once', apiErrorCode: 'BAD_REQUEST', count: 1 },
  ]);
});

test('the same text with another code is another cause', () => {
  const counter = new CauseCounter();
  counter.add(badRequest('No'));
  counter.add(rowError('NOT_FOUND', 'No'));
  expect(counter.top()).toHaveLength(2);
});

test('a file that makes up causes without end takes no memory without end, and what is frequent from the start is found', () => {
  const counter = new CauseCounter();
  const counted = Array.from({ length: 5000 }, (_, index) => {
    counter.add(badRequest('Frequent'));
    return counter.add(badRequest(`Cause ${index}`));
  });
  expect(counted.filter(Boolean)).toHaveLength(999);
  expect(counter.top()).toHaveLength(50);
  expect(counter.top()[0]).toMatchObject({ message: 'Frequent', count: 5000 });
});
