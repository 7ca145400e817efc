// Joins the group "group" of rows.users as a consumer that never finishes its message, and prints the message's key. argv[2] is its options.
import { type KafkaEventLogOptions, openKafkaEventLog } from './open-kafka-event-log.ts';

const log = await openKafkaEventLog(JSON.parse(process.argv[2]!) as KafkaEventLogOptions);
await log.consume('rows.users', 'group', async ({ key }) => {
  console.log(key);
  await new Promise(() => {});
});
