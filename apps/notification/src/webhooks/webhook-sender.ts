import type { Webhook } from '@advocate/domain';
import type { DeliveryResult, WebhookDelivery, WebhookStore } from '@advocate/ports';
import type { Logger } from '@advocate/service';
import { pauseAfter } from './back-off.ts';
import { cloudEventOf, cloudEventType } from './cloud-event.ts';
import { post } from './post.ts';
import { signatureOf } from './signature.ts';

export interface WebhookSenderDependencies {
  readonly webhooks: WebhookStore;
  /** Whether webhooks may have addresses inside private networks; default false. */
  readonly allowPrivateWebhooks?: boolean;
  readonly now: () => number;
  /** From 0 up to 1; `Math.random` when absent. */
  readonly random?: () => number;
  readonly logger: Logger;
}

/** For one webhook at a time. */
const concurrency = 4;
const timeoutMs = 10_000;
/** Longer than a try takes. */
const leaseMs = 30_000;
/** What is on its way at the stop may take so long. */
const graceMs = 2000;
const stopped = 'The service was stopped';

/** Sends what is owed to webhooks, to each webhook on its own, so that none waits for another. Any number of senders may work on one store. */
export class WebhookSender implements AsyncDisposable {
  readonly #dependencies: WebhookSenderDependencies;
  /** The webhooks that are being served, by id. */
  readonly #serving = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  /** Those tries that are on their way. */
  readonly #tries = new Set<AbortController>();

  constructor(dependencies: WebhookSenderDependencies) {
    this.#dependencies = dependencies;
  }

  /** Begins to send what is due; does not wait for it. */
  async sendDue(): Promise<void> {
    const { webhooks, now } = this.#dependencies;
    for (const webhook of await webhooks.due(now())) {
      if (this.#serving.has(webhook.id) || this.#stop.signal.aborted) continue;
      this.#serving.set(
        webhook.id,
        this.#serve(webhook).finally(() => this.#serving.delete(webhook.id)),
      );
    }
  }

  /** Sends until nothing is due to the webhook. Never throws. */
  async #serve(webhook: Webhook): Promise<void> {
    const { webhooks, now, logger } = this.#dependencies;
    try {
      while (!this.#stop.signal.aborted) {
        const time = now();
        const taken = await webhooks.take(webhook, time, time + leaseMs, concurrency);
        if (taken.length === 0) return;
        const sent = await Promise.allSettled(taken.map((delivery) => this.#send(webhook, delivery)));
        for (const one of sent) if (one.status === 'rejected') throw one.reason;
      }
    } catch (error) {
      logger.error({ webhookId: webhook.id, err: error }, 'A webhook was not served; it is tried again');
    }
  }

  async #send(webhook: Webhook, delivery: WebhookDelivery): Promise<void> {
    const { webhooks, now, logger } = this.#dependencies;
    const problem = await this.#try(webhook, delivery);
    const result = this.#judge(delivery, problem);
    await webhooks.settle(webhook, delivery, result, now());
    const what = { webhookId: webhook.id, eventId: delivery.event.id, attempts: delivery.attempts };
    if (result.state === 'FAILED') logger.warn({ ...what, problem }, 'A delivery to a webhook was given up');
    else logger.debug({ ...what, problem }, 'A delivery to a webhook was tried');
  }

  /** What a try failed by; undefined when the receiver has taken it. */
  async #try({ url, secret }: Webhook, { event }: WebhookDelivery): Promise<string | undefined> {
    const { now, allowPrivateWebhooks = false } = this.#dependencies;
    const attempt = new AbortController();
    const timer = setTimeout(() => attempt.abort(new Error(`No answer within ${timeoutMs / 1000} s`)), timeoutMs);
    this.#tries.add(attempt);
    try {
      const body = cloudEventOf(event.content);
      const headers = {
        'content-type': cloudEventType,
        'user-agent': 'Advocate-Bulk',
        'advocate-signature': signatureOf(secret, body, now()),
      };
      const status = await post({ url, headers, body, allowPrivate: allowPrivateWebhooks, signal: attempt.signal });
      return status >= 200 && status < 300 ? undefined : `HTTP ${status}`;
    } catch (error) {
      return messageOf(attempt.signal.aborted ? attempt.signal.reason : error);
    } finally {
      clearTimeout(timer);
      this.#tries.delete(attempt);
    }
  }

  #judge({ attempts }: WebhookDelivery, problem: string | undefined): DeliveryResult {
    const { now, random = Math.random } = this.#dependencies;
    if (problem === undefined) return { state: 'DELIVERED' };
    const lastError = problem.slice(0, maxErrorLength);
    const pause = problem === stopped ? 0 : pauseAfter(attempts, random());
    return pause === undefined ? { state: 'FAILED', lastError } : { state: 'OWED', lastError, nextAttempt: now() + pause };
  }

  /** What is on its way has a moment to arrive; what is broken off then is due at once. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    const grace = setTimeout(() => {
      for (const attempt of this.#tries) attempt.abort(new Error(stopped));
    }, graceMs);
    await Promise.all(this.#serving.values());
    clearTimeout(grace);
  }
}

const maxErrorLength = 300;

/** When every address of a name fails, the errors are in an AggregateError without a message of its own. */
function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}
