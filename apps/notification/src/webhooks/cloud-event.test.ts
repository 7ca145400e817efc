import { ImportJob, JobEvent } from '@advocate/contracts';
import { expect, test } from 'vitest';
import { cloudEventOf } from './cloud-event.ts';

test("an event is a CloudEvents document whose data is the job in protobuf's JSON form", () => {
  const job = ImportJob.fromPartial({
    ...{ name: 'tenants/acme/importJobs/job-1', id: 'job-1', type: 'USERS', status: 'COMPLETED', displayName: 'Größe "1"' },
    ...{
      dateCreated: 1_767_225_600_000,
      stats: { recordsTotal: 3, recordsProcessed: 3, created: 2, errors: 1, bytesTotal: 100, bytesProcessed: 100 },
    },
  });
  const content = JobEvent.encode({ id: 'job-1/COMPLETED', type: 'COMPLETED', tenant: 'acme', job, date: 1_767_225_601_002 }).finish();
  expect(JSON.parse(cloudEventOf(content))).toEqual({
    specversion: '1.0',
    id: 'job-1/COMPLETED',
    source: '/tenants/acme',
    type: 'com.advocate.bulk.job.completed',
    subject: 'tenants/acme/importJobs/job-1',
    time: '2026-01-01T00:00:01.002Z',
    datacontenttype: 'application/json',
    data: {
      ...{ name: 'tenants/acme/importJobs/job-1', id: 'job-1', type: 'USERS', status: 'COMPLETED', displayName: 'Größe "1"' },
      ...{
        dateCreated: 1_767_225_600_000,
        stats: { recordsTotal: 3, recordsProcessed: 3, created: 2, errors: 1, bytesTotal: 100, bytesProcessed: 100 },
      },
    },
  });
});
