import { ImportJob, JobEvent } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { describeEvent } from './describe-event.ts';
import { decodeJobEvent } from './job-event.ts';

const encoded = (more: Partial<JobEvent> = {}): Uint8Array =>
  JobEvent.encode(JobEvent.fromPartial({ id: 'j1/ABORTED', type: 'ABORTED', job: ImportJob.fromPartial({ id: 'j1' }), ...more })).finish();

test('an event is read with all fields, also those that have their zero values', () => {
  const job = ImportJob.fromPartial({ id: 'j1', abortReason: 'The file is gone.', stats: {} });
  expect(decodeJobEvent(encoded({ job, date: 1_800_000_000_000 }), '1.3')).toMatchObject({
    ...{ id: 'j1/ABORTED', type: 'ABORTED', tenant: '', date: 1_800_000_000_000 },
    job: { id: 'j1', displayName: '', abortReason: 'The file is gone.', stats: { recordsTotal: 0, recordsProcessed: 0, errors: 0 } },
  });
});

test('a type that is newer than the contracts, and fields that they do not know, are no error', () => {
  const type = [0x10, 99];
  const field = [0xf8, 0x07, 1];
  const event = decodeJobEvent(Uint8Array.from([...encoded({ job: ImportJob.fromPartial({ id: 'j1', stats: {} }) }), ...type, ...field]));
  expect(describeEvent(event)).toBe('j1: event of a type that this consumer does not know (99)');
});

test('an event of another major version is refused', () => {
  expect(() => decodeJobEvent(encoded(), '2')).toThrow('version 1 of job events, not 2');
});
