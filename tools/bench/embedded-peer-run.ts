/**
 * What a user would write instead, in one thread: fast-csv, zod, and `node:sqlite` upserts in batches of 1,000. One row per user; no outcomes, no results, no
 * codes, no recovery. Prints a Measurement as JSON. Arguments: database file, USERS or USER_DELETIONS, file.
 */
import { createReadStream } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { parse } from 'fast-csv';
import { z } from 'zod';
import { measure } from './measurement.ts';

const [databaseFile = '', type = '', file = ''] = process.argv.slice(2);
const batchRows = 1000;

const userRow = z.object({
  accountId: z.string().min(1),
  id: z.string().min(1),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  email: z.email().optional(),
  referable: z.stringbool().optional(),
  locale: z
    .string()
    .regex(/^[a-z]{2,3}_[A-Z]{2}$/)
    .optional(),
  countryCode: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .optional(),
  dateCreated: z.coerce.number().int().optional(),
  'customFields.province': z.string().optional(),
  'customFields.postal': z.string().optional(),
});
const deletionRow = z.object({ accountId: z.string().min(1), id: z.string().min(1) });

const database = new DatabaseSync(databaseFile);
database.exec(`
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = NORMAL;
  CREATE TABLE IF NOT EXISTS user (
    account_id TEXT NOT NULL, id TEXT NOT NULL, first_name TEXT, last_name TEXT, email TEXT, referable INTEGER, locale TEXT,
    country_code TEXT, date_created INTEGER, custom_fields TEXT, PRIMARY KEY (account_id, id)
  ) WITHOUT ROWID;
`);
const upsert = database.prepare(`
  INSERT INTO user VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET first_name = excluded.first_name, last_name = excluded.last_name,
    email = excluded.email, referable = excluded.referable, locale = excluded.locale, country_code = excluded.country_code, custom_fields = excluded.custom_fields
`);
const remove = database.prepare('DELETE FROM user WHERE account_id = ? AND id = ?');

await measure(async () => {
  let rows = 0;
  for await (const row of createReadStream(file).pipe(parse({ headers: true }))) {
    if (rows % batchRows === 0) database.exec(rows === 0 ? 'BEGIN' : 'COMMIT; BEGIN');
    if (type === 'USERS') upsertUser(userRow.parse(row));
    else deleteUser(deletionRow.parse(row));
    rows += 1;
  }
  database.exec('COMMIT');
  return { rows };
});
database.close();

function upsertUser(row: z.output<typeof userRow>): void {
  const customFields = JSON.stringify({ province: row['customFields.province'], postal: row['customFields.postal'] });
  upsert.run(
    ...[row.accountId, row.id, row.firstName ?? null, row.lastName ?? null, row.email ?? null, Number(row.referable ?? true)],
    ...[row.locale ?? null, row.countryCode ?? null, row.dateCreated ?? null, customFields],
  );
}

function deleteUser(row: z.output<typeof deletionRow>): void {
  remove.run(row.accountId, row.id);
}
