/**
 * What a user would write instead: fast-csv into `bulkWrite` upserts of 1,000, four in flight, one document per user. No outcomes, no results, no codes, no
 * recovery. Prints a Measurement as JSON. Arguments: MongoDB's URI, database, USERS or USER_DELETIONS, file.
 */
import { createReadStream } from 'node:fs';
import { parse } from 'fast-csv';
import { MongoClient, type AnyBulkWriteOperation } from 'mongodb';
import { measure } from './measurement.ts';

const [uri = '', database = '', type = '', file = ''] = process.argv.slice(2);
const batchRows = 1000;
const inFlight = 4;

interface UserDocument {
  readonly _id: string;
}

const client = await new MongoClient(uri).connect();
const users = client.db(database).collection<UserDocument>('users');

await measure(async () => {
  let rows = 0;
  let batch: AnyBulkWriteOperation<UserDocument>[] = [];
  const writing = new Set<Promise<unknown>>();
  const flush = async (): Promise<void> => {
    const write = users.bulkWrite(batch, { ordered: false }).finally(() => writing.delete(write));
    writing.add(write);
    batch = [];
    if (writing.size >= inFlight) await Promise.race(writing);
  };
  for await (const row of createReadStream(file).pipe(parse({ headers: true })) as AsyncIterable<Record<string, string>>) {
    const filter = { _id: `${row.accountId}/${row.id}` };
    batch.push(type === 'USERS' ? { updateOne: { filter, update: { $set: row }, upsert: true } } : { deleteOne: { filter } });
    rows += 1;
    if (batch.length === batchRows) await flush();
  }
  if (batch.length > 0) await flush();
  await Promise.all(writing);
  return { rows };
});
await client.close();
