import { ImportJob, JobEvent } from '@advocate/contracts';
import { resourceName } from '@advocate/service';

export const cloudEventType = 'application/cloudevents+json; charset=utf-8';

/** An encoded JobEvent as a CloudEvents 1.0 document in the structured JSON form; its data is the job in protobuf's JSON form. */
export function cloudEventOf(content: Uint8Array): string {
  const { id, type, tenant, job, date } = JobEvent.decode(content);
  if (job === undefined) throw new TypeError(`The event ${id} lacks its job`);
  return JSON.stringify({
    specversion: '1.0',
    id,
    source: `/${resourceName('tenants', tenant)}`,
    type: `com.advocate.bulk.job.${type.toLowerCase()}`,
    subject: job.name,
    time: new Date(date).toISOString(),
    datacontenttype: 'application/json',
    data: ImportJob.toJSON(job),
  });
}
