// Reads the topic argv[3] from the broker argv[2] with the driver as it comes, and prints the value of its first message.
import kafkajs from 'kafkajs';

const [, , broker, topic] = process.argv;
const consumer = new kafkajs.Kafka({ brokers: [broker!], logLevel: kafkajs.logLevel.NOTHING }).consumer({ groupId: `${topic}.reader` });
await consumer.subscribe({ topics: [topic!], fromBeginning: true });
await consumer.run({ eachMessage: async ({ message }) => console.log(message.value?.toString()) });
consumer.on(consumer.events.CRASH, ({ payload }) => console.log(payload.error.message));
