import type { Webhook, WebhookEventType } from '@advocate/domain';

/** Tenants' webhooks, and what is owed to them. What a method changed is durable when it resolves. */
export interface WebhookStore {
  /** Adds a webhook with an id that no other has. False, and nothing changed, when the tenant has as many as it may, see `maxWebhooks` in the domain. */
  create(webhook: Webhook): Promise<boolean>;

  /** Reads a webhook. */
  get(tenant: string, webhookId: string): Promise<Webhook | undefined>;

  /** A tenant's webhooks, oldest first (by date, then id). */
  list(tenant: string): Promise<readonly Webhook[]>;

  /** Removes a webhook with its deliveries; false when there is none. */
  remove(tenant: string, webhookId: string): Promise<boolean>;

  /** Owes an event, from its date on, to each of the tenant's webhooks that want it. A webhook that has a delivery of the event already keeps that one. */
  owe(tenant: string, event: WebhookEvent): Promise<void>;

  /** The webhooks of all tenants that have something to be sent at `now`, epoch milliseconds. Some of it may have to wait for other deliveries. */
  due(now: number): Promise<readonly Webhook[]>;

  /**
   * Takes at most `limit` of a webhook's deliveries that are due at `now`, those first that have waited for the longest, and counts a try of each. Nobody else gets
   * one of them before `until`, nor a later event of its job before it is settled: deliveries of a job are sent in the order of their `sequence`,
   * one after the other. May answer nothing though something is due later.
   */
  take(webhook: Webhook, now: number, until: number, limit: number): Promise<readonly WebhookDelivery[]>;

  /**
   * Notes what became of a delivery that was taken, unless it was taken or replayed again since. Once it is no longer owed, the job's next one is due at `now`.
   */
  settle(webhook: Webhook, delivery: WebhookDelivery, result: DeliveryResult, now: number): Promise<void>;

  /** A webhook's deliveries, newest first (by the event's date, then id). */
  deliveries(tenant: string, webhookId: string, limit: number, after?: DeliveryPlace): Promise<readonly WebhookDelivery[]>;

  /** Owes deliveries anew, due at `now` and as if never tried, whatever became of them. Answers how many. */
  replay(tenant: string, webhookId: string, filter: ReplayFilter, now: number): Promise<number>;

  /** Removes the deliveries of events before a time, epoch milliseconds; those that are owed stay. */
  removeDeliveriesBefore(time: number): Promise<void>;
}

/** An event of a job, of any type but PROGRESS. */
export interface WebhookEvent {
  readonly id: string;
  readonly jobId: string;
  readonly type: WebhookEventType;
  /** Its place among the events of its job, see `eventSequence` in the domain. */
  readonly sequence: number;
  /** Epoch milliseconds. */
  readonly date: number;
  /** The encoded JobEvent; opaque to the store. */
  readonly content: Uint8Array;
}

export interface WebhookDelivery {
  readonly event: WebhookEvent;
  readonly state: 'OWED' | 'DELIVERED' | 'FAILED';
  /** How often it was tried since it was owed, the try in hand included. */
  readonly attempts: number;
  /** Epoch milliseconds; while somebody has taken it, until when nobody else may. Absent unless OWED. */
  readonly nextAttempt?: number;
  /** Why the last try failed; empty when it did not. */
  readonly lastError: string;
}

export type DeliveryResult =
  | { readonly state: 'DELIVERED' }
  | { readonly state: 'FAILED'; readonly lastError: string }
  /** To be tried again. */
  | { readonly state: 'OWED'; readonly lastError: string; readonly nextAttempt: number };

/** Where a delivery stands in the list. */
export interface DeliveryPlace {
  readonly date: number;
  readonly eventId: string;
}

export interface ReplayFilter {
  /** Those of events from this time on, epoch milliseconds. */
  readonly dateFrom: number;
  /** Only those that were given up. */
  readonly failedOnly: boolean;
}
