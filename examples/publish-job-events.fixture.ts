import { randomUUID } from 'node:crypto';
import { ImportJob, JobEvent } from '@advocate/contracts';
import { openKafkaEventLog } from '@advocate/kafka';
import { Kafka, logLevel } from 'kafkajs';

/** What the consumers should see: a job that runs to its end, of which one event comes twice. */
const told = [
  { type: 'CREATED', recordsProcessed: 0, recordsTotal: 0 },
  { type: 'STARTED', recordsProcessed: 0, recordsTotal: 0 },
  { type: 'STARTED', recordsProcessed: 0, recordsTotal: 0 },
  { type: 'PROGRESS', recordsProcessed: 1200, recordsTotal: 5000 },
  { type: 'COMPLETED', recordsProcessed: 5000, recordsTotal: 5000 },
] as const;

/** Publishes the events as the suite does, to topics with a prefix of their own, which are deleted with it. */
export async function publishJobEvents(brokers: string): Promise<AsyncDisposable & { readonly topicPrefix: string }> {
  const topicPrefix = `example-${randomUUID()}.`;
  const connection = { brokers: brokers.split(','), clientId: 'test' };
  await using log = await openKafkaEventLog({ ...connection, topicPrefix, partitions: 1, replicationFactor: 1 });
  const messages = told.map(({ type, ...stats }) => {
    const job = ImportJob.fromPartial({ id: 'j1', displayName: 'Spring', stats: { ...stats, errors: 0 } });
    const id = type === 'PROGRESS' ? `j1/${type}/${stats.recordsProcessed}` : `j1/${type}`;
    return { key: 'default/j1', partition: 3, value: JobEvent.encode({ id, type, tenant: 'default', job, date: 1 }).finish() };
  });
  await log.publish('advocate.job-events', messages);
  return { topicPrefix, [Symbol.asyncDispose]: () => deleteTopics(connection, topicPrefix) };
}

async function deleteTopics(connection: { readonly brokers: string[] }, prefix: string): Promise<void> {
  const admin = new Kafka({ ...connection, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.deleteTopics({ topics: (await admin.listTopics()).filter((topic) => topic.startsWith(prefix)) });
  await admin.disconnect();
}
