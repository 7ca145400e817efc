import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Segment } from '@advocate/ports';

interface SegmentRow {
  readonly key: string;
  readonly display_name: string;
  readonly date: number;
}

export class SegmentTable {
  readonly #insert: StatementSync;
  readonly #read: StatementSync;
  readonly #page: StatementSync;

  constructor(database: DatabaseSync) {
    this.#insert = database.prepare('INSERT OR IGNORE INTO segment (tenant, key, display_name, date) VALUES (?, ?, ?, ?)');
    this.#read = database.prepare('SELECT key, display_name, date FROM segment WHERE tenant = ? AND key = ?');
    this.#page = database.prepare('SELECT key, display_name, date FROM segment WHERE tenant = ? AND key > ? ORDER BY key LIMIT ?');
  }

  insert(tenant: string, { key, displayName, dateCreated }: Segment): void {
    this.#insert.run(tenant, key, displayName, dateCreated);
  }

  read(tenant: string, key: string): Segment | undefined {
    const row = this.#read.get(tenant, key) as SegmentRow | undefined;
    return row === undefined ? undefined : toSegment(row);
  }

  page(tenant: string, limit: number, after: string): Segment[] {
    return (this.#page.all(tenant, after, limit) as unknown as SegmentRow[]).map(toSegment);
  }
}

const toSegment = (row: SegmentRow): Segment => ({ key: row.key, displayName: row.display_name, dateCreated: row.date });
