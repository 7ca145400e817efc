import type { DatabaseSync } from 'node:sqlite';
import type { Webhook } from '@advocate/domain';
import { maxWebhooks, wantsEvent } from '@advocate/domain';
import type { DeliveryPlace, DeliveryResult, ReplayFilter, WebhookDelivery, WebhookEvent, WebhookStore } from '@advocate/ports';
import { inTransaction, openDatabase, prepareAll } from './database.ts';

const migrations: readonly string[] = [
  `
  CREATE TABLE webhook (
    id TEXT PRIMARY KEY,
    tenant TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    document TEXT NOT NULL
  ) WITHOUT ROWID;
  CREATE INDEX webhook_by_time ON webhook (tenant, created_at, id);

  CREATE TABLE delivery (
    webhook TEXT NOT NULL REFERENCES webhook ON DELETE CASCADE,
    event TEXT NOT NULL,
    job TEXT NOT NULL,
    type TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    date INTEGER NOT NULL,
    content BLOB NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt INTEGER,
    last_error TEXT NOT NULL
  );
  CREATE UNIQUE INDEX delivery_of_event ON delivery (webhook, event);
  CREATE INDEX delivery_owed ON delivery (webhook, next_attempt, sequence) WHERE next_attempt IS NOT NULL;
  CREATE INDEX delivery_owed_of_job ON delivery (webhook, job, sequence) WHERE next_attempt IS NOT NULL;
  CREATE INDEX delivery_by_time ON delivery (webhook, date, event);
  CREATE INDEX delivery_settled ON delivery (date) WHERE next_attempt IS NULL;
  `,
];

const newestFirst = 'ORDER BY date DESC, event DESC LIMIT :limit';

const statements = {
  webhook: 'SELECT document FROM webhook WHERE tenant = ? AND id = ?',
  webhooks: 'SELECT document FROM webhook WHERE tenant = ? ORDER BY created_at, id',
  insertWebhook: 'INSERT INTO webhook (id, tenant, created_at, document) VALUES (?, ?, ?, ?)',
  deleteWebhook: 'DELETE FROM webhook WHERE tenant = ? AND id = ?',
  insertDelivery: `INSERT OR IGNORE INTO delivery (webhook, event, job, type, sequence, date, content, state, attempts, next_attempt, last_error)
    VALUES (:webhook, :event, :job, :type, :sequence, :date, :content, 'OWED', 0, :date, '')`,
  due: `SELECT document FROM webhook WHERE EXISTS (SELECT 1 FROM delivery WHERE webhook = webhook.id AND next_attempt <= ?)`,
  dueOf: 'SELECT * FROM delivery WHERE webhook = ? AND next_attempt <= ? ORDER BY next_attempt, sequence LIMIT ?',
  earlierOwed:
    'SELECT next_attempt FROM delivery WHERE webhook = ? AND job = ? AND sequence < ? AND next_attempt IS NOT NULL ORDER BY sequence LIMIT 1',
  postpone: 'UPDATE delivery SET next_attempt = ? WHERE webhook = ? AND event = ?',
  take: 'UPDATE delivery SET next_attempt = ?, attempts = attempts + 1 WHERE webhook = ? AND event = ?',
  settle: `UPDATE delivery SET state = :state, last_error = :lastError, next_attempt = :nextAttempt
    WHERE webhook = :webhook AND event = :event AND attempts = :attempts AND next_attempt IS NOT NULL`,
  hasten: `UPDATE delivery SET next_attempt = :now WHERE webhook = :webhook AND job = :job AND sequence > :sequence AND next_attempt > :now`,
  deliveries: `SELECT * FROM delivery WHERE webhook = :webhook ${newestFirst}`,
  deliveriesAfter: `SELECT * FROM delivery WHERE webhook = :webhook AND (date, event) < (:date, :event) ${newestFirst}`,
  replay: `UPDATE delivery SET state = 'OWED', attempts = 0, next_attempt = :now, last_error = ''
    WHERE webhook = :webhook AND date >= :dateFrom AND (:failedOnly = 0 OR state = 'FAILED')`,
  removeSettled: 'DELETE FROM delivery WHERE next_attempt IS NULL AND date < ?',
} as const;

const cacheMb = 2;

/** Webhooks in SQLite. Every change is synced to disk before its promise resolves. */
export function openSqliteWebhookStore(file: string): WebhookStore & Disposable {
  return new SqliteWebhookStore(openDatabase(file, migrations, cacheMb));
}

interface DeliveryRow {
  readonly event: string;
  readonly job: string;
  readonly type: WebhookEvent['type'];
  readonly sequence: number;
  readonly date: number;
  readonly content: Uint8Array;
  readonly state: WebhookDelivery['state'];
  readonly attempts: number;
  readonly next_attempt: number | null;
  readonly last_error: string;
}

class SqliteWebhookStore implements WebhookStore, Disposable {
  readonly #database: DatabaseSync;
  readonly #statements;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#statements = prepareAll(database, statements);
  }

  async create(webhook: Webhook): Promise<boolean> {
    return inTransaction(this.#database, () => {
      const { id, tenant, dateCreated } = webhook;
      if (this.#statements.webhooks.all(tenant).length >= maxWebhooks) return false;
      this.#statements.insertWebhook.run(id, tenant, dateCreated, JSON.stringify(webhook));
      return true;
    });
  }

  async get(tenant: string, webhookId: string): Promise<Webhook | undefined> {
    return webhooksOf(this.#statements.webhook.all(tenant, webhookId))[0];
  }

  async list(tenant: string): Promise<readonly Webhook[]> {
    return webhooksOf(this.#statements.webhooks.all(tenant));
  }

  async remove(tenant: string, webhookId: string): Promise<boolean> {
    return inTransaction(this.#database, () => this.#statements.deleteWebhook.run(tenant, webhookId).changes === 1);
  }

  async owe(tenant: string, { id: event, jobId: job, type, sequence, date, content }: WebhookEvent): Promise<void> {
    const wants = (webhook: Webhook): boolean => wantsEvent(webhook, type);
    if (!(await this.list(tenant)).some(wants)) return;
    await inTransaction(this.#database, () => {
      for (const webhook of webhooksOf(this.#statements.webhooks.all(tenant)).filter(wants)) {
        this.#statements.insertDelivery.run({ webhook: webhook.id, event, job, type, sequence, date, content });
      }
    });
  }

  async due(now: number): Promise<readonly Webhook[]> {
    return webhooksOf(this.#statements.due.all(now));
  }

  async take(webhook: Webhook, now: number, until: number, limit: number): Promise<readonly WebhookDelivery[]> {
    return inTransaction(this.#database, () => {
      const due = this.#statements.dueOf.all(webhook.id, now, limit) as unknown as DeliveryRow[];
      return due
        .filter((row) => this.#takeRow(webhook.id, row, now, until))
        .map((row) => deliveryOf({ ...row, attempts: row.attempts + 1, next_attempt: until }));
    });
  }

  /** Takes a delivery, unless an earlier one of its job is owed: then it waits for that one's time, and does not look due meanwhile. */
  #takeRow(webhookId: string, { event, job, sequence }: DeliveryRow, now: number, until: number): boolean {
    const earlier = this.#statements.earlierOwed.get(webhookId, job, sequence) as Pick<DeliveryRow, 'next_attempt'> | undefined;
    if (earlier !== undefined) this.#statements.postpone.run(Math.max(earlier.next_attempt ?? 0, now + 1), webhookId, event);
    else this.#statements.take.run(until, webhookId, event);
    return earlier === undefined;
  }

  async settle(webhook: Webhook, { event, attempts }: WebhookDelivery, result: DeliveryResult, now: number): Promise<void> {
    const { state } = result;
    const lastError = state === 'DELIVERED' ? '' : result.lastError;
    const nextAttempt = state === 'OWED' ? result.nextAttempt : null;
    await inTransaction(this.#database, () => {
      this.#statements.settle.run({ webhook: webhook.id, event: event.id, attempts, state, lastError, nextAttempt });
      if (state !== 'OWED') this.#statements.hasten.run({ webhook: webhook.id, job: event.jobId, sequence: event.sequence, now });
    });
  }

  async deliveries(tenant: string, webhookId: string, limit: number, after?: DeliveryPlace): Promise<readonly WebhookDelivery[]> {
    if ((await this.get(tenant, webhookId)) === undefined) return [];
    const page = { webhook: webhookId, limit };
    const rows =
      after === undefined
        ? this.#statements.deliveries.all(page)
        : this.#statements.deliveriesAfter.all({ ...page, date: after.date, event: after.eventId });
    return (rows as unknown as DeliveryRow[]).map(deliveryOf);
  }

  async replay(tenant: string, webhookId: string, { dateFrom, failedOnly }: ReplayFilter, now: number): Promise<number> {
    if ((await this.get(tenant, webhookId)) === undefined) return 0;
    return inTransaction(this.#database, () =>
      Number(this.#statements.replay.run({ webhook: webhookId, dateFrom, failedOnly: Number(failedOnly), now }).changes),
    );
  }

  async removeDeliveriesBefore(time: number): Promise<void> {
    await inTransaction(this.#database, () => this.#statements.removeSettled.run(time));
  }

  [Symbol.dispose](): void {
    this.#database.close();
  }
}

const webhooksOf = (rows: readonly unknown[]): readonly Webhook[] =>
  (rows as readonly { readonly document: string }[]).map(({ document }) => JSON.parse(document) as Webhook);

function deliveryOf(row: DeliveryRow): WebhookDelivery {
  const { event: id, job: jobId, type, sequence, date, content, state, attempts, next_attempt: nextAttempt, last_error: lastError } = row;
  return {
    event: { id, jobId, type, sequence, date, content },
    state,
    attempts,
    lastError,
    ...(nextAttempt === null ? {} : { nextAttempt }),
  };
}
