import type { JobEvent_Type } from '@advocate/contracts';
import { ask, ListWebhooksResponse, WebhookMessage } from '@advocate/contracts';
import { openSession } from '../client/session.ts';
import { defaultTenant } from '../command-table.ts';
import { CommandError } from '../errors.ts';
import { ExitStatus } from '../exit-status.ts';
import { formatTable, formatTime, plainText } from '../output/format.ts';
import { tenantName, webhookName } from '../resource-names.ts';
import type { Command } from './command.ts';

export const createWebhook: Command = async ({ operands: [url = ''], options, output, signal }) => {
  await using session = await openSession(options, signal);
  const { webhooks } = session.api;
  const eventTypes = (options.event ?? []).map((type) => type.toUpperCase() as JobEvent_Type);
  const asked = WebhookMessage.fromPartial({ url, eventTypes, secret: options.secret ?? '' });
  const request = { parent: tenantName(options.tenant ?? defaultTenant), webhook: asked };
  const { webhook } = await ask(webhooks.createWebhook.bind(webhooks), request, { signal });
  if (webhook === undefined) throw new CommandError('The server answered without a webhook.');
  output.answer(
    () => `Webhook ${idOf(webhook)} is told of ${eventsText(webhook)}.\nIts secret, not shown again: ${plainText(webhook.secret)}`,
    () => WebhookMessage.toJSON(webhook),
  );
  return ExitStatus.fine;
};

export const listWebhooks: Command = async ({ options, output, signal }) => {
  await using session = await openSession(options, signal);
  const { webhooks: service } = session.api;
  const { webhooks } = await ask(service.listWebhooks.bind(service), { parent: tenantName(options.tenant ?? defaultTenant) }, { signal });
  output.answer(
    () => webhookTable(webhooks),
    () => ({ webhooks: [], ...(ListWebhooksResponse.toJSON({ webhooks }) as object) }),
  );
  return ExitStatus.fine;
};

export const deleteWebhook: Command = async ({ operands: [webhook = ''], options, output, signal }) => {
  const name = webhookName(options.tenant ?? defaultTenant, webhook);
  await using session = await openSession(options, signal);
  const { webhooks } = session.api;
  await ask(webhooks.deleteWebhook.bind(webhooks), { name }, { signal });
  output.answer(
    () => `Webhook ${idOf({ name })} is deleted.`,
    () => ({}),
  );
  return ExitStatus.fine;
};

function webhookTable(webhooks: readonly WebhookMessage[]): string {
  if (webhooks.length === 0) return 'No webhooks.';
  const rows = webhooks.map((webhook) => [idOf(webhook), formatTime(webhook.dateCreated), eventsText(webhook), plainText(webhook.url)]);
  return formatTable([['ID', 'CREATED', 'EVENTS', 'URL'], ...rows]).join('\n');
}

const idOf = ({ name }: Pick<WebhookMessage, 'name'>): string => name.slice(name.lastIndexOf('/') + 1);

const eventsText = ({ eventTypes }: WebhookMessage): string => eventTypes.join(',').toLowerCase() || 'all';
