import { createHmac, randomBytes } from 'node:crypto';
import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { UserKey } from '@advocate/domain';
import { userText } from '@advocate/domain';

/** Users who must not be stored again, as hashes that cannot be turned back into ids: HMAC-SHA256 over the length-prefixed ids. */
export class DoNotTrackTable {
  readonly #secret: string;
  readonly #any: StatementSync;
  readonly #exists: StatementSync;
  readonly #insert: StatementSync;

  constructor(database: DatabaseSync, secret: string) {
    this.#secret = secret;
    this.#any = database.prepare('SELECT 1 FROM do_not_track WHERE tenant = ? LIMIT 1');
    this.#exists = database.prepare('SELECT 1 FROM do_not_track WHERE tenant = ? AND hash = ?');
    this.#insert = database.prepare('INSERT OR IGNORE INTO do_not_track (tenant, hash, date) VALUES (?, ?, ?)');
  }

  /** Those of the users who are on the list, as {@link userText}. */
  among(tenant: string, users: Iterable<UserKey>): Set<string> {
    const found = new Set<string>();
    if (this.#any.get(tenant) === undefined) return found;
    for (const user of users) if (this.#exists.get(tenant, this.#hash(user)) !== undefined) found.add(userText(user));
    return found;
  }

  add(tenant: string, user: UserKey, date: number): void {
    this.#insert.run(tenant, this.#hash(user), date);
  }

  #hash(user: UserKey): string {
    return createHmac('sha256', this.#secret).update(userText(user)).digest('hex');
  }
}

/** The secret that a data folder made for itself, once. Must run in a transaction. */
export function keptSecret(database: DatabaseSync): string {
  const name = 'do-not-track-secret';
  database.prepare('INSERT OR IGNORE INTO setting (name, value) VALUES (?, ?)').run(name, randomBytes(32).toString('hex'));
  return (database.prepare('SELECT value FROM setting WHERE name = ?').get(name) as { value: string }).value;
}
