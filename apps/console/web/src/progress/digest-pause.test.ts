import { expect, test } from 'vitest';
import { digestPauseMs } from './digest-pause.ts';

test('answers that take longer are asked for less often, and none more than every three seconds', () => {
  expect([0, 150, 151, 2000].map(digestPauseMs)).toEqual([3000, 3000, 3020, 40_000]);
});
