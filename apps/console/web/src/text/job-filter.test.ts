import { expect, test } from 'vitest';
import { filterQuery, isFiltered, readFilter } from './job-filter.ts';

test('the address says which jobs', () => {
  const filter = readFilter({ type: 'USERS', status: 'PENDING', from: '2026-11-22', to: '2026-11-23', other: 'x' });
  expect(isFiltered(filter)).toBe(true);
  expect(filterQuery(filter)).toEqual({
    type: 'USERS',
    status: 'PENDING',
    createdFrom: new Date(2026, 10, 22).getTime(),
    createdBefore: new Date(2026, 10, 24).getTime(),
  });
});

test('what is not valid does not restrict', () => {
  const filter = readFilter({ type: 'users', status: 'DONE', from: '2026-02-30', to: 'tomorrow' });
  expect(isFiltered(filter)).toBe(false);
  expect(filterQuery(filter)).toEqual({ type: '', status: '', createdFrom: undefined, createdBefore: undefined });
});

test('the last day of a month ends with the month', () => {
  expect(filterQuery(readFilter({ to: '2026-11-30' })).createdBefore).toBe(new Date(2026, 11, 1).getTime());
});
