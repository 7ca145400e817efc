import { setTimeout as pause } from 'node:timers/promises';
import type { StatementSync } from 'node:sqlite';
import { DatabaseSync } from 'node:sqlite';

/**
 * Opens a database file in WAL mode and brings its schema up to date. Every commit is synced to disk (`synchronous=FULL`) before it returns. Other
 * threads and processes may have the same file open.
 *
 * @param migrations the schema's steps, oldest first; `user_version` counts those applied
 * @param cacheMb the page cache of this connection
 */
export function openDatabase(file: string, migrations: readonly string[], cacheMb: number): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(`
    PRAGMA busy_timeout = 10000;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA cache_size = ${-cacheMb * 1024};
    PRAGMA wal_autocheckpoint = 16000;
    PRAGMA journal_size_limit = 67108864;
  `);
  database.exec('BEGIN IMMEDIATE');
  const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > migrations.length) {
    database.exec('ROLLBACK');
    database.close();
    throw new Error(
      `${file} was written by a newer version of Advocate Bulk (schema ${version}, this version knows ${migrations.length}). Run that version.`,
    );
  }
  for (const step of migrations.slice(version)) database.exec(step);
  database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT; PRAGMA busy_timeout = 0;`);
  return database;
}

/** Statements by name, ready to be run. */
export function prepareAll<Name extends string>(
  database: DatabaseSync,
  statements: Readonly<Record<Name, string>>,
): Readonly<Record<Name, StatementSync>> {
  const prepared = Object.entries<string>(statements).map(([name, sql]) => [name, database.prepare(sql)] as const);
  return Object.fromEntries(prepared) as Record<Name, StatementSync>;
}

const sqliteBusy = 5;

/** How long a writer waits for others before it gives up. */
const lockWaitMs = 30_000;

/**
 * Runs a write in one transaction; `write` must not wait for anything. Waits for other writers without blocking the thread. When `write` throws,
 * nothing was written.
 */
export async function inTransaction<Result>(database: DatabaseSync, write: () => Result): Promise<Result> {
  const deadline = Date.now() + lockWaitMs;
  while (!begin(database, deadline)) await pause(1);
  // Nothing is awaited from here to the commit: another call on this connection would find itself inside this transaction.
  try {
    const result = write();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Begins a transaction; false when another writer has the lock. */
function begin(database: DatabaseSync, deadline: number): boolean {
  try {
    database.exec('BEGIN IMMEDIATE');
    return true;
  } catch (error) {
    if ((error as { errcode?: number }).errcode !== sqliteBusy || Date.now() > deadline) throw error;
    return false;
  }
}
