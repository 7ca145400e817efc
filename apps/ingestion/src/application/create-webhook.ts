import { randomBytes } from 'node:crypto';
import type { WebhookMessage } from '@advocate/contracts';
import type { Webhook, WebhookEventType } from '@advocate/domain';
import { maxWebhooks, webhookEventTypes } from '@advocate/domain';
import type { WebhookStore } from '@advocate/ports';
import { RequestError } from '@advocate/service';
import { webhookUrlProblem } from './check-webhook-url.ts';

export interface CreateWebhookDependencies {
  readonly webhooks: WebhookStore;
  /** Whether webhooks may have addresses inside private networks; default false. */
  readonly allowPrivateWebhooks?: boolean;
  readonly now: () => number;
}

const secretLength = { min: 16, max: 255 } as const;

/** Adds a webhook; makes its secret when none is given. Throws INVALID_ARGUMENT with all that is wrong, and FAILED_PRECONDITION when the tenant has as many as it may. */
export async function createWebhook(dependencies: CreateWebhookDependencies, tenant: string, asked: WebhookMessage): Promise<Webhook> {
  const { webhooks, allowPrivateWebhooks = false, now } = dependencies;
  const { url, secret, eventTypes } = asked;
  const problems = {
    'webhook.url': await webhookUrlProblem(url, allowPrivateWebhooks),
    'webhook.secret': secretProblem(secret),
    'webhook.event_types': eventTypes.map(eventTypeProblem).find((problem) => problem !== undefined),
  };
  const violations = Object.entries(problems).flatMap(([field, description]) =>
    description === undefined ? [] : [{ field, description, reason: 'INVALID_WEBHOOK' }],
  );
  if (violations.length > 0) {
    throw new RequestError('INVALID_ARGUMENT', 'INVALID_WEBHOOK', violations.map(({ description }) => description).join(' '), violations);
  }
  const webhook: Webhook = {
    id: randomBytes(12).toString('hex'),
    tenant,
    url,
    eventTypes: webhookEventTypes.filter((type) => eventTypes.includes(type)),
    secret: secret || randomBytes(32).toString('hex'),
    dateCreated: now(),
  };
  if (await webhooks.create(webhook)) return webhook;
  const message = `Tenant ${tenant} has ${maxWebhooks} webhooks, and may not have more. Delete one that is not needed any more.`;
  throw new RequestError('FAILED_PRECONDITION', 'TOO_MANY_WEBHOOKS', message);
}

function secretProblem(secret: string): string | undefined {
  if (secret === '' || (secret.length >= secretLength.min && secret.length <= secretLength.max)) return undefined;
  return `The secret has ${secret.length} characters, but needs ${secretLength.min} to ${secretLength.max}. Leave it out to have one made.`;
}

function eventTypeProblem(type: WebhookMessage['eventTypes'][number]): string | undefined {
  if (type === 'PROGRESS') return 'PROGRESS is never sent; WatchImportJob tells of it.';
  if (webhookEventTypes.includes(type as WebhookEventType)) return undefined;
  return `${type} is no type of event: it takes ${webhookEventTypes.join(', ')}.`;
}
