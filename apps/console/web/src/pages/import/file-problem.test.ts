import { expect, test } from 'vitest';
import { fileProblem } from './file-problem.ts';

test('CSV and JSONL files within the limit are fine', () => {
  for (const name of ['users.csv', 'USERS.CSV', 'users.jsonl', 'users.ndjson']) expect(fileProblem({ name, size: 10 }, 10)).toBeUndefined();
  expect(fileProblem({ name: 'users.csv', size: 1e12 }, 0)).toBeUndefined();
});

test.each([
  [{ name: 'users.xlsx', size: 10 }, /Save it as CSV/],
  [{ name: 'users.csv', size: 0 }, /is empty/],
  [{ name: 'users.csv', size: 11_000_000 }, /11\.0 MB, and at most 10\.0 MB are taken. Split it/],
])('%j is told what to do', (file, message) => {
  expect(fileProblem(file, 10_000_000)).toMatch(message);
});
