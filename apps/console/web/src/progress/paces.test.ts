import type { ImportJob } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { Paces } from './paces.ts';

const job = (id: string, recordsProcessed: number, status: ImportJob['status'] = 'PENDING'): ImportJob =>
  ({ id, status, stats: { recordsProcessed, bytesProcessed: recordsProcessed } }) as ImportJob;

test('each job that moves has its own pace, which goes when it ends', () => {
  const paces = new Paces();
  paces.note([job('a', 0), job('b', 0), job('c', 9, 'COMPLETED')], 0);
  paces.note([job('a', 1000), job('b', 500)], 1000);
  expect(paces.of('a')?.rowsPerSecond).toBe(1000);
  expect(paces.of('b')?.rowsPerSecond).toBe(500);
  expect(paces.of('c')).toBeUndefined();
  paces.note([job('a', 1000, 'COMPLETED')], 2000);
  expect(paces.of('a')).toBeUndefined();
});
