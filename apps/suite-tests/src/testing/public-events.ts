import { randomUUID } from 'node:crypto';
import kafkajs from 'kafkajs';
import { JobEvent, ParticipantEvent } from '@advocate/contracts';
import type { DistributedSuite } from './distributed-suite.ts';

/** All events of jobs that have been published so far, repeats included, as anybody may read them. */
export const jobEvents = (suite: DistributedSuite): Promise<JobEvent[]> => readTopic(suite, 'advocate.job-events', JobEvent.decode);

/** All events of participants that have been published so far, repeats included, as anybody may read them. */
export const participantEvents = (suite: DistributedSuite): Promise<ParticipantEvent[]> =>
  readTopic(suite, 'advocate.participant-events', ParticipantEvent.decode);

async function readTopic<Event>(
  { servers, topicPrefix }: DistributedSuite,
  name: string,
  decode: (value: Uint8Array) => Event,
): Promise<Event[]> {
  const kafka = new kafkajs.Kafka({ brokers: servers.kafka.split(','), logLevel: kafkajs.logLevel.NOTHING });
  const topic = `${topicPrefix}${name}`;
  await using resources = new AsyncDisposableStack();
  const admin = resources.adopt(kafka.admin(), (client) => client.disconnect());
  const ends = new Map((await admin.fetchTopicOffsets(topic)).map(({ partition, high }) => [partition, Number(high)]));
  const events: Event[] = [];
  const isWhole = (): boolean => ends.values().every((end) => end === 0);
  if (isWhole()) return events;
  const whole = Promise.withResolvers<void>();
  const consumer = resources.adopt(kafka.consumer({ groupId: `${topic}.${randomUUID()}` }), (client) => client.disconnect());
  await consumer.subscribe({ topics: [topic], fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ partition, message }) => {
      const end = ends.get(partition) ?? 0;
      if (message.value !== null && Number(message.offset) < end) events.push(decode(message.value));
      if (Number(message.offset) + 1 >= end) ends.set(partition, 0);
      if (isWhole()) whole.resolve();
    },
  });
  await whole.promise;
  return events;
}
