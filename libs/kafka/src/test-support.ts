import type { EventLog } from '@advocate/ports';
import { randomUUID } from 'node:crypto';
import { createClient } from './create-client.ts';
import { openKafkaEventLog, type KafkaEventLogOptions } from './open-kafka-event-log.ts';

/** Topics of its own, which are deleted with it. */
export interface Installation extends AsyncDisposable {
  readonly options: KafkaEventLogOptions;
  open(options?: Partial<KafkaEventLogOptions>): Promise<EventLog>;
}

export function freshInstallation(brokers: string): Installation {
  const options = {
    brokers: brokers.split(','),
    clientId: 'test',
    topicPrefix: `test-${randomUUID()}.`,
    partitions: 4,
    replicationFactor: 1,
  };
  const resources = new AsyncDisposableStack();
  resources.defer(() => deleteTopics(options));
  return {
    options,
    open: async (more) => resources.use(await openKafkaEventLog({ ...options, ...more })),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

async function deleteTopics(options: KafkaEventLogOptions): Promise<void> {
  const admin = createClient(options).admin();
  await admin.connect();
  const topics = await admin.listTopics();
  await admin.deleteTopics({ topics: topics.filter((topic) => topic.startsWith(options.topicPrefix!)) });
  await admin.disconnect();
}
