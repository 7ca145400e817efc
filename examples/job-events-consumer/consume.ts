/**
 * Follows the jobs of a suite by its public events, and says how each goes. To be run anywhere: it needs kafkajs, protobufjs and the folder `proto`.
 *
 *   KAFKA_BROKERS=localhost:9092 node --disable-warning=TimeoutNegativeWarning examples/job-events-consumer/consume.ts
 *
 * The warning, which means nothing, is about timers of kafkajs.
 */
import { Kafka, logLevel } from 'kafkajs';
import { describeEvent } from './describe-event.ts';
import { decodeJobEvent } from './job-event.ts';

const {
  KAFKA_BROKERS: brokers = 'localhost:9092',
  TOPIC_PREFIX: prefix = '',
  CONSUMER_GROUP: groupId = 'job-events-example',
} = process.env;

const kafka = new Kafka({ brokers: brokers.split(','), clientId: 'job-events-example', logLevel: logLevel.ERROR });
const consumer = kafka.consumer({ groupId });

/** Events that were handled. A consumer that acts on them keeps the ids where it keeps what it did, and in the same transaction. */
const handled = new Set<string>();

for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void consumer.disconnect());

await consumer.connect();
await consumer.subscribe({ topics: [`${prefix}advocate.job-events`], fromBeginning: true });
await consumer.run({
  // Resolving commits the offset; an error has the same event delivered again.
  eachMessage: async ({ message: { value, headers } }) => {
    const event = decodeJobEvent(value, headers?.['advocate-version']?.toString());
    if (handled.has(event.id)) return;
    console.log(describeEvent(event));
    handled.add(event.id);
  },
});
