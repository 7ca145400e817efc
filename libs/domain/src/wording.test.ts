import { expect, test } from 'vitest';
import { common, wording } from './wording.ts';

test('a text has its values in the message, and "…" in their place in the cause', () => {
  expect(wording`Byte ${3} of ${'the row'}`).toEqual({ message: 'Byte 3 of the row', cause: 'Byte … of …' });
  expect(wording`${''}.`).toEqual({ message: '.', cause: '….' });
  expect(wording`No value`).toEqual({ message: 'No value', cause: 'No value' });
});

test('what is common to all rows is in the cause too', () => {
  expect(wording`${5} of at most ${common(4)}`).toEqual({ message: '5 of at most 4', cause: '… of at most 4' });
});

test('a wording may be part of another, and keeps its own cause', () => {
  const where = wording`in record ${7}`;
  expect(wording`The code ${'ABC'} is ${where}`).toEqual({ message: 'The code ABC is in record 7', cause: 'The code … is in record …' });
});
