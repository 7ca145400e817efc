import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Takes the write lock of one of a data folder's databases, so that jobs stand still where they would write next, until it is disposed. */
export function holdWrites(dataDir: string, name: 'participants.db' | 'jobs.db'): Disposable {
  const database = new DatabaseSync(join(dataDir, name), { timeout: 10_000 });
  database.exec('BEGIN IMMEDIATE');
  return {
    [Symbol.dispose]() {
      if (database.isOpen) database.close();
    },
  };
}
