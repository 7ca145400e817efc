import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Account } from '@advocate/domain';
import { hash53, keysOf } from '@advocate/domain';

/**
 * All that the participant store of a data folder says, as sorted lines. Left out is what chance or the order of writes decides: tokens, row ids and
 * numbers, which are resolved. Decision records are left out too, as they depend on how rows were dealt to chunks.
 *
 * Nobody may have the folder open.
 */
export function dumpStore(dataDir: string): readonly string[] {
  using database = new DatabaseSync(join(dataDir, 'participants.db'));
  const jobs = new Map(rows(database, 'SELECT number, job FROM job_number').map(({ number, job }) => [number, job]));
  const lines: string[] = [];
  const accountIds = new Map<unknown, string>();
  const keyOfListing = new Map<string, string>();
  for (const { number, hash, tenant, id, document } of rows(database, 'SELECT number, hash, tenant, id, document FROM account')) {
    const account = { id, ...(JSON.parse(document as string) as object) } as Account;
    const name = `${tenant}/${id}`;
    if (hash !== hash53(String(tenant), String(id))) lines.push(`account under a wrong hash: ${name}`);
    accountIds.set(number, name);
    lines.push(`account ${name} ${inKeyOrder(account)}`);
    for (const key of account.users.flatMap(keysOf)) keyOfListing.set(`${hash53(String(tenant), key)} ${number}`, key);
  }
  for (const { hash, account, job } of rows(database, 'SELECT hash, account, job FROM listed_code')) {
    const listing = `${hash} ${account}`;
    const key = keyOfListing.get(listing);
    keyOfListing.delete(listing);
    lines.push(`listed ${key ?? 'A CODE THAT NO USER HAS'} ${accountIds.get(account) ?? 'BY NO ACCOUNT'} ${jobNamed(jobs.get(job))}`);
  }
  for (const key of keyOfListing.values()) lines.push(`held but not listed: ${key}`);
  for (const { hash: _, number: __, job, ...claim } of rows(database, 'SELECT * FROM claim')) {
    lines.push(`claim ${jobNamed(jobs.get(job))} ${inKeyOrder(claim)}`);
  }
  for (const table of ['referral', 'history', 'do_not_track', 'segment']) {
    for (const row of rows(database, `SELECT * FROM ${table}`)) lines.push(`${table} ${inKeyOrder(row)}`);
  }
  return lines.sort();
}

/** Direct calls are jobs of their own with names of chance. */
const jobNamed = (job: unknown): string => (typeof job === 'string' && /^[0-9a-f]{24}$/.test(job) ? job : 'direct');

type Row = Record<string, unknown>;

function rows(database: DatabaseSync, sql: string): Row[] {
  const statement = database.prepare(sql);
  statement.setReadBigInts(false);
  return statement.all();
}

/** JSON with the keys of every object in order, so that equal documents are equal texts. */
export function inKeyOrder(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([one], [other]) => (one < other ? -1 : 1)))
      : part,
  );
}

/** Where two lists of lines part, with both sides; undefined when they are the same. Says more than the difference of two long texts. */
export function firstDifference(one: readonly string[], other: readonly string[]): string | undefined {
  const length = Math.max(one.length, other.length);
  for (let index = 0; index < length; index += 1) {
    if (one[index] !== other[index]) return `line ${index + 1}:\n  ${one[index] ?? '(end)'}\n  ${other[index] ?? '(end)'}`;
  }
  return undefined;
}
