import type {
  CreateWebhookRequest,
  CreateWebhookResponse,
  DeleteWebhookRequest,
  DeleteWebhookResponse,
  ListWebhookDeliveriesRequest,
  ListWebhookDeliveriesResponse,
  ListWebhooksRequest,
  ListWebhooksResponse,
  ReplayWebhookDeliveriesRequest,
  ReplayWebhookDeliveriesResponse,
  WebhookDeliveryMessage,
  WebhookMessage,
  WebhookServiceServer,
} from '@advocate/contracts';
import { WebhookServiceService } from '@advocate/contracts';
import type { Webhook } from '@advocate/domain';
import type { DeliveryPlace, WebhookDelivery } from '@advocate/ports';
import type { GrpcService, Logger } from '@advocate/service';
import { GrpcHandlers, pageOf, readPageSize, readResourceName, readTenant, RequestError, resourceName } from '@advocate/service';
import type { CreateWebhookDependencies } from '../application/create-webhook.ts';
import { createWebhook } from '../application/create-webhook.ts';

export interface WebhookServiceDependencies extends CreateWebhookDependencies {
  readonly logger: Logger;
}

/** Serves WebhookService. */
export function webhookService(dependencies: WebhookServiceDependencies): GrpcService {
  const handlers = new GrpcHandlers(dependencies.logger);
  const calls = new WebhookCalls(dependencies);
  const implementation: WebhookServiceServer = {
    createWebhook: handlers.unary((request: CreateWebhookRequest) => calls.create(request)),
    listWebhooks: handlers.unary((request: ListWebhooksRequest) => calls.list(request)),
    deleteWebhook: handlers.unary((request: DeleteWebhookRequest) => calls.delete(request)),
    listWebhookDeliveries: handlers.unary((request: ListWebhookDeliveriesRequest) => calls.deliveries(request)),
    replayWebhookDeliveries: handlers.unary((request: ReplayWebhookDeliveriesRequest) => calls.replay(request)),
  };
  return { definition: WebhookServiceService, implementation };
}

const defaultPageSize = 100;

class WebhookCalls {
  readonly #dependencies: WebhookServiceDependencies;

  constructor(dependencies: WebhookServiceDependencies) {
    this.#dependencies = dependencies;
  }

  async create({ parent, webhook }: CreateWebhookRequest): Promise<CreateWebhookResponse> {
    const tenant = readTenant('parent', parent);
    if (webhook === undefined) throw invalid('webhook', 'WEBHOOK_MISSING', 'The webhook is missing: its url is required.');
    const created = await createWebhook(this.#dependencies, tenant, webhook);
    return { webhook: { ...webhookToMessage(created), secret: created.secret } };
  }

  async list({ parent }: ListWebhooksRequest): Promise<ListWebhooksResponse> {
    const webhooks = await this.#dependencies.webhooks.list(readTenant('parent', parent));
    return { webhooks: webhooks.map(webhookToMessage) };
  }

  async delete({ name }: DeleteWebhookRequest): Promise<DeleteWebhookResponse> {
    const { tenant, id } = readWebhookName('name', name);
    if (!(await this.#dependencies.webhooks.remove(tenant, id))) throw notFound(name);
    return {};
  }

  async deliveries({ parent, pageSize, pageToken }: ListWebhookDeliveriesRequest): Promise<ListWebhookDeliveriesResponse> {
    const { tenant, id } = await this.#webhook('parent', parent);
    const size = readPageSize(pageSize, defaultPageSize);
    const after = pageToken === '' ? undefined : readPageToken(pageToken);
    const found = await this.#dependencies.webhooks.deliveries(tenant, id, size + 1, after);
    const { items, nextPageToken } = pageOf(found, size, ({ event }) => `${event.date}/${event.id}`);
    return { deliveries: items.map(deliveryToMessage), nextPageToken };
  }

  async replay({ name, dateFrom, failedOnly }: ReplayWebhookDeliveriesRequest): Promise<ReplayWebhookDeliveriesResponse> {
    const { webhooks, now } = this.#dependencies;
    const { tenant, id } = await this.#webhook('name', name);
    if (dateFrom < 0) throw invalid('date_from', 'INVALID_DATE', 'date_from must not be negative; it is in epoch milliseconds.');
    return { replayed: await webhooks.replay(tenant, id, { dateFrom, failedOnly }, now()) };
  }

  async #webhook(field: string, name: string): Promise<Webhook> {
    const { tenant, id } = readWebhookName(field, name);
    const webhook = await this.#dependencies.webhooks.get(tenant, id);
    if (webhook === undefined) throw notFound(name);
    return webhook;
  }
}

function readWebhookName(field: string, name: string): { readonly tenant: string; readonly id: string } {
  const [tenant = '', id = ''] = readResourceName(field, name, 'tenants', 'webhooks');
  return { tenant, id };
}

function readPageToken(token: string): DeliveryPlace {
  const [, date = '', eventId = ''] = /^(\d{1,15})\/(.+)$/.exec(token) ?? [];
  if (eventId === '') throw invalid('page_token', 'INVALID_PAGE_TOKEN', `'${token}' is no page token; start again without one.`);
  return { date: Number(date), eventId };
}

function invalid(field: string, reason: string, description: string): RequestError {
  return new RequestError('INVALID_ARGUMENT', reason, description, [{ field, description, reason }]);
}

function notFound(name: string): RequestError {
  return new RequestError('NOT_FOUND', 'WEBHOOK_NOT_FOUND', `There is no webhook ${name}. List the tenant's webhooks to find it.`);
}

/** Without its secret. */
const webhookToMessage = ({ id, tenant, url, eventTypes, dateCreated }: Webhook): WebhookMessage => ({
  ...{ name: resourceName('tenants', tenant, 'webhooks', id), url, eventTypes: [...eventTypes], secret: '', dateCreated },
});

const deliveryToMessage = ({ event, state, attempts, nextAttempt = 0, lastError }: WebhookDelivery): WebhookDeliveryMessage => ({
  ...{ eventId: event.id, jobId: event.jobId, type: event.type, date: event.date },
  ...{ state, attempts, dateNextAttempt: nextAttempt, lastError },
});
