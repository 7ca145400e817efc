// Joins the log at the path argv[2] as a consumer that never finishes its message, and prints the message's key.
import { connectEventLog } from './connect-event-log.ts';

const log = await connectEventLog(process.argv[2]!);
await log.consume('rows.users', 'group', async ({ key }) => {
  console.log(key);
  await new Promise(() => {});
});
