import type { WebhookDeliveryMessage } from '@advocate/contracts';
import { ask, ListWebhookDeliveriesResponse, ReplayWebhookDeliveriesResponse } from '@advocate/contracts';
import { formatCount } from '@advocate/format';
import { openSession } from '../client/session.ts';
import { defaultTenant } from '../command-table.ts';
import { ExitStatus } from '../exit-status.ts';
import { formatTable, formatTime, plainText } from '../output/format.ts';
import { webhookName } from '../resource-names.ts';
import { readSince } from '../since.ts';
import type { Command } from './command.ts';

const pageSize = 1000;

export const listDeliveries: Command = async ({ operands: [webhook = ''], options, output, signal }) => {
  const parent = webhookName(options.tenant ?? defaultTenant, webhook);
  await using session = await openSession(options, signal);
  const { webhooks } = session.api;
  const deliveries: WebhookDeliveryMessage[] = [];
  let pageToken = '';
  do {
    const page = await ask(webhooks.listWebhookDeliveries.bind(webhooks), { parent, pageSize, pageToken }, { signal });
    deliveries.push(...page.deliveries);
    pageToken = page.nextPageToken;
  } while (pageToken !== '');
  output.answer(
    () => deliveryTable(deliveries),
    () => ({ deliveries: [], ...(ListWebhookDeliveriesResponse.toJSON({ deliveries, nextPageToken: '' }) as object) }),
  );
  return ExitStatus.fine;
};

export const replayDeliveries: Command = async ({ operands: [webhook = ''], options, output, signal }) => {
  const name = webhookName(options.tenant ?? defaultTenant, webhook);
  const dateFrom = options.since === undefined ? 0 : (readSince(options.since, Date.now()) ?? 0);
  await using session = await openSession(options, signal);
  const { webhooks } = session.api;
  const request = { name, dateFrom, failedOnly: options.failed ?? false };
  const answer = await ask(webhooks.replayWebhookDeliveries.bind(webhooks), request, { signal });
  output.answer(
    () => `${formatCount(answer.replayed, 'event')} will be sent again.`,
    () => ({ replayed: 0, ...(ReplayWebhookDeliveriesResponse.toJSON(answer) as object) }),
  );
  return ExitStatus.fine;
};

function deliveryTable(deliveries: readonly WebhookDeliveryMessage[]): string {
  if (deliveries.length === 0) return 'No deliveries.';
  const rows = deliveries.map(({ date, jobId, type, state, attempts, dateNextAttempt, lastError }) => [
    ...[formatTime(date), jobId, type, state, String(attempts), formatTime(dateNextAttempt), plainText(lastError)],
  ]);
  return formatTable([['DATE', 'JOB', 'EVENT', 'STATE', 'TRIES', 'NEXT TRY', 'LAST ERROR'], ...rows], [4]).join('\n');
}
