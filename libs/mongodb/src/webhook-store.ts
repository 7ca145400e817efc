import type { Webhook } from '@advocate/domain';
import { maxWebhooks, wantsEvent } from '@advocate/domain';
import type { DeliveryPlace, DeliveryResult, ReplayFilter, WebhookDelivery, WebhookEvent, WebhookStore } from '@advocate/ports';
import type { Collection, Db, Filter } from 'mongodb';
import { idsUnder, insertUnlessThere } from './documents.ts';
import { withRetry } from './retry.ts';

/** Opens the webhooks of a database. */
export function openMongodbWebhookStore(db: Db): WebhookStore {
  return new MongodbWebhookStore(db);
}

interface WebhookDocument {
  /** `tenant/place`: a tenant has as many places as it may have webhooks. */
  readonly _id: string;
  readonly webhook: Webhook;
}

interface DeliveryDocument extends Omit<WebhookDelivery, 'nextAttempt'> {
  /** `tenant/webhook/event` */
  readonly _id: string;
  /** `tenant/webhook` */
  readonly queue: string;
  /** Null unless OWED. */
  readonly nextAttempt: number | null;
}

/**
 * Every method is repeated as a whole when the connection is lost. What is taken by an attempt whose answer was lost is nobody's until its time is over.
 */
class MongodbWebhookStore implements WebhookStore {
  readonly #webhooks: Collection<WebhookDocument>;
  readonly #deliveries: Collection<DeliveryDocument>;

  constructor(db: Db) {
    this.#webhooks = db.collection('webhooks');
    this.#deliveries = db.collection('webhookDeliveries');
  }

  async create(webhook: Webhook): Promise<boolean> {
    return withRetry(async () => {
      for (let place = 0; place < maxWebhooks; place += 1) {
        const _id = `${webhook.tenant}/${place}`;
        if (await insertUnlessThere(this.#webhooks, { _id, webhook })) return true;
        // An attempt whose answer was lost.
        if ((await this.#webhooks.findOne({ _id }))?.webhook.id === webhook.id) return true;
      }
      return false;
    });
  }

  async get(tenant: string, webhookId: string): Promise<Webhook | undefined> {
    return (await this.list(tenant)).find(({ id }) => id === webhookId);
  }

  async list(tenant: string): Promise<readonly Webhook[]> {
    const documents = await withRetry(() => this.#webhooks.find({ _id: idsUnder(tenant) }).toArray());
    const webhooks = documents.map(({ webhook }) => webhook);
    return webhooks.toSorted((a, b) => a.dateCreated - b.dateCreated || (a.id < b.id ? -1 : 1));
  }

  async remove(tenant: string, webhookId: string): Promise<boolean> {
    const isThere = (await this.get(tenant, webhookId)) !== undefined;
    await withRetry(() => this.#webhooks.deleteOne({ _id: idsUnder(tenant), 'webhook.id': webhookId }));
    await this.#removeDeliveries(queueOf(tenant, webhookId));
    return isThere;
  }

  async #removeDeliveries(queue: string): Promise<void> {
    await withRetry(() => this.#deliveries.deleteMany({ _id: idsUnder(queue) }));
  }

  async owe(tenant: string, event: WebhookEvent): Promise<void> {
    for (const webhook of await this.list(tenant)) {
      if (!wantsEvent(webhook, event.type)) continue;
      const queue = queueOf(tenant, webhook.id);
      const owed = { state: 'OWED', attempts: 0, nextAttempt: event.date, lastError: '' } as const;
      await withRetry(() => insertUnlessThere(this.#deliveries, { _id: `${queue}/${event.id}`, queue, event, ...owed }));
    }
  }

  async due(now: number): Promise<readonly Webhook[]> {
    const queues = await withRetry(() => this.#deliveries.distinct('queue', { nextAttempt: { $lte: now } }));
    const due: Webhook[] = [];
    for (const queue of queues) {
      const [tenant = '', webhookId = ''] = queue.split('/');
      const webhook = await this.get(tenant, webhookId);
      if (webhook !== undefined) due.push(webhook);
      // Came to be owed while the webhook was removed.
      else await this.#removeDeliveries(queue);
    }
    return due;
  }

  async take(webhook: Webhook, now: number, until: number, limit: number): Promise<readonly WebhookDelivery[]> {
    const ofQueue = { queue: queueOf(webhook.tenant, webhook.id), nextAttempt: { $lte: now } };
    const due = await withRetry(() => this.#deliveries.find(ofQueue).sort({ nextAttempt: 1, 'event.sequence': 1 }).limit(limit).toArray());
    const taken: WebhookDelivery[] = [];
    for (const document of due)
      if (await this.#takeOne(document, now, until))
        taken.push(deliveryOf({ ...document, attempts: document.attempts + 1, nextAttempt: until }));
    return taken;
  }

  /** Takes a delivery, unless an earlier one of its job is owed: then it waits for that one's time, and does not look due meanwhile. */
  async #takeOne({ _id, queue, event, attempts, nextAttempt }: DeliveryDocument, now: number, until: number): Promise<boolean> {
    return withRetry(async () => {
      const [earlier] = await this.#deliveries
        .find(owedOfJob(queue, event, '$lt'))
        .sort({ 'event.sequence': 1 })
        .limit(1)
        .toArray();
      const change =
        earlier === undefined
          ? { nextAttempt: until, attempts: attempts + 1 }
          : { nextAttempt: Math.max(earlier.nextAttempt ?? 0, now + 1) };
      const { matchedCount } = await this.#deliveries.updateOne({ _id, attempts, nextAttempt }, { $set: change });
      return earlier === undefined && matchedCount === 1;
    });
  }

  async settle(webhook: Webhook, { event, attempts }: WebhookDelivery, result: DeliveryResult, now: number): Promise<void> {
    const queue = queueOf(webhook.tenant, webhook.id);
    const { state } = result;
    const lastError = state === 'DELIVERED' ? '' : result.lastError;
    const nextAttempt = state === 'OWED' ? result.nextAttempt : null;
    await withRetry(async () => {
      await this.#deliveries.updateOne(
        { _id: `${queue}/${event.id}`, state: 'OWED', attempts },
        { $set: { state, lastError, nextAttempt } },
      );
      if (state === 'OWED') return;
      const waiting = { ...owedOfJob(queue, event, '$gt'), nextAttempt: { $gt: now } };
      await this.#deliveries.updateMany(waiting, { $set: { nextAttempt: now } });
    });
  }

  async deliveries(tenant: string, webhookId: string, limit: number, after?: DeliveryPlace): Promise<readonly WebhookDelivery[]> {
    const queue = queueOf(tenant, webhookId);
    const page: Filter<DeliveryDocument> = { queue };
    if (after !== undefined) {
      const { date, eventId } = after;
      page.$or = [{ 'event.date': { $lt: date } }, { 'event.date': date, _id: { $lt: `${queue}/${eventId}` } }];
    }
    const find = () => this.#deliveries.find(page).sort({ 'event.date': -1, _id: -1 }).limit(limit).toArray();
    return (await withRetry(find)).map(deliveryOf);
  }

  async replay(tenant: string, webhookId: string, { dateFrom, failedOnly }: ReplayFilter, now: number): Promise<number> {
    const ofQueue = {
      queue: queueOf(tenant, webhookId),
      'event.date': { $gte: dateFrom },
      ...(failedOnly ? { state: 'FAILED' as const } : {}),
    };
    // Counted first: an update that is repeated, as its answer was lost, finds fewer.
    const replayed = await withRetry(() => this.#deliveries.countDocuments(ofQueue));
    await withRetry(() => this.#deliveries.updateMany(ofQueue, { $set: { state: 'OWED', attempts: 0, nextAttempt: now, lastError: '' } }));
    return replayed;
  }

  async removeDeliveriesBefore(time: number): Promise<void> {
    await withRetry(() => this.#deliveries.deleteMany({ 'event.date': { $lt: time }, nextAttempt: null }));
  }
}

/** No tenant and no webhook's id has a `/`. */
const queueOf = (tenant: string, webhookId: string): string => `${tenant}/${webhookId}`;

const owedOfJob = (queue: string, { jobId, sequence }: WebhookEvent, which: '$lt' | '$gt'): Filter<DeliveryDocument> => ({
  queue,
  'event.jobId': jobId,
  'event.sequence': { [which]: sequence },
  state: 'OWED',
});

const deliveryOf = ({ event, state, attempts, nextAttempt, lastError }: DeliveryDocument): WebhookDelivery => ({
  ...{ event, state, attempts, lastError },
  ...(nextAttempt === null ? {} : { nextAttempt }),
});
