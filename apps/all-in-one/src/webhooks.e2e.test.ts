import { createHmac } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ImportJob, WebhookDeliveryMessage, WebhookMessage } from '@advocate/contracts';
import { ImportJob as ImportJobMessage, WebhookMessage as WebhookCodec } from '@advocate/contracts';
import type { Received, Receiver } from '@advocate/testing';
import { startReceiver } from '@advocate/testing';
import { spawnSuite } from './testing/spawn-suite.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import type { SuiteClient } from './testing/suite-client.ts';
import { parent, refusal, until } from './testing/suite-client.ts';

const users = 'accountId,id\na1,u1\na2,u2\n,u3\n';
const secret = 'a secret of the receiver';
const names = ['CREATED', 'STARTED', 'COMPLETED'] as const;

async function receiving(...args: Parameters<typeof startReceiver>): Promise<Receiver> {
  const receiver = await startReceiver(...args);
  onTestFinished(() => receiver[Symbol.asyncDispose]());
  return receiver;
}

async function addWebhook(client: SuiteClient, url: string, webhook: Partial<WebhookMessage> = {}): Promise<WebhookMessage> {
  const created = await client.ask('createWebhook', { parent, webhook: WebhookCodec.fromPartial({ url, secret, ...webhook }) });
  return created.webhook!;
}

async function deliveriesOf(client: SuiteClient, webhook: WebhookMessage): Promise<readonly WebhookDeliveryMessage[]> {
  return (await client.ask('listWebhookDeliveries', { parent: webhook.name, pageSize: 0, pageToken: '' })).deliveries;
}

/** Waits until so many deliveries have arrived and are noted so. */
const delivered = (client: SuiteClient, webhook: WebhookMessage, count: number): Promise<readonly WebhookDeliveryMessage[]> =>
  until(async () => {
    const done = (await deliveriesOf(client, webhook)).filter(({ state }) => state === 'DELIVERED');
    return done.length === count ? done : undefined;
  }, `${count} deliveries`);

interface CloudEvent {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
}

const eventOf = ({ body }: Received): CloudEvent => JSON.parse(body) as CloudEvent;
const idsOf = (received: readonly Received[]): string[] => received.map((one) => eventOf(one).id);
const eventIds = ({ id }: ImportJob): string[] => names.map((name) => `${id}/${name}`);

function isSigned({ headers, body }: Received): boolean {
  const [, seconds, signature] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['advocate-signature'])) ?? [];
  return signature === createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex') && Date.now() / 1000 - Number(seconds) < 60;
}

describe('a webhook', () => {
  test('is told once of all that happened to a job but progress, in order, in the CloudEvents form and signed', async () => {
    const { url, received } = await receiving();
    await using suite = await startSuite({ allowPrivateWebhooks: true });
    const webhook = await addWebhook(suite.client, url);
    const { job } = await suite.importFile(users, { displayName: 'Größe "1"' });
    const deliveries = await delivered(suite.client, webhook, 3);
    expect(idsOf(received)).toEqual(eventIds(job));
    expect(received.map(isSigned)).toEqual([true, true, true]);
    expect(received.at(-1)?.headers['content-type']).toBe('application/cloudevents+json; charset=utf-8');
    expect(eventOf(received.at(-1)!)).toEqual({
      ...{ specversion: '1.0', id: `${job.id}/COMPLETED`, source: '/tenants/default', type: 'com.advocate.bulk.job.completed' },
      ...{ subject: job.name, time: expect.any(String), datacontenttype: 'application/json', data: ImportJobMessage.toJSON(job) },
    });
    expect(deliveries.map(({ eventId, jobId, type, attempts, lastError }) => [eventId, jobId, type, attempts, lastError])).toEqual(
      names.toReversed().map((name) => [`${job.id}/${name}`, job.id, name, 1, '']),
    );
  });

  test('is told only of what it wants, and a removed one of nothing', async () => {
    const { url, received } = await receiving();
    await using suite = await startSuite({ allowPrivateWebhooks: true });
    const ends = await addWebhook(suite.client, url, { eventTypes: ['COMPLETED', 'ABORTED', 'CANCELLED'] });
    const removed = await addWebhook(suite.client, url);
    await suite.client.ask('deleteWebhook', { name: removed.name });
    const { job } = await suite.importFile(users);
    await delivered(suite.client, ends, 1);
    expect(idsOf(received)).toEqual([`${job.id}/COMPLETED`]);
    expect((await suite.client.ask('listWebhooks', { parent })).webhooks).toEqual([{ ...ends, secret: '' }]);
    expect(await refusal(deliveriesOf(suite.client, removed))).toMatchObject({ code: 'NOT_FOUND' });
    expect(await refusal(suite.client.ask('deleteWebhook', { name: removed.name }))).toMatchObject({ code: 'NOT_FOUND' });
  });

  test('that fails twice gets the same event again after growing pauses, and later ones only then', async () => {
    const times: number[] = [];
    const { url, received } = await receiving((response, _, count) => {
      times.push(performance.now());
      response.writeHead(count < 3 ? 500 : 200).end();
    });
    await using suite = await startSuite({ allowPrivateWebhooks: true });
    const webhook = await addWebhook(suite.client, url);
    const { job } = await suite.importFile(users);
    const deliveries = await delivered(suite.client, webhook, 3);
    const [created, started, completed] = eventIds(job);
    expect(idsOf(received)).toEqual([created, created, created, started, completed]);
    expect(new Set(received.slice(0, 3).map(({ body }) => body)).size).toBe(1);
    expect(received.every(isSigned)).toBe(true);
    expect(deliveries.map(({ attempts }) => attempts)).toEqual([1, 1, 3]);
    expect(times[1]! - times[0]!).toBeGreaterThan(700);
    expect(times[2]! - times[1]!).toBeGreaterThan(1500);
  });

  test('that is away while the suite is killed gets everything once both are back', async () => {
    const dataDir = await temporaryFolder();
    const away = await startReceiver();
    const { url } = away;
    await away[Symbol.asyncDispose]();
    const { webhook, job } = await (async () => {
      await using suite = await spawnSuite(dataDir, { allowPrivateWebhooks: true });
      const added = await addWebhook(suite.client, url);
      const outcome = await suite.client.importFile(users);
      await until(async () => (await deliveriesOf(suite.client, added)).some(({ lastError }) => lastError !== '') || undefined, 'a try');
      expect(await deliveriesOf(suite.client, added)).toEqual(
        expect.arrayContaining([expect.objectContaining({ state: 'OWED', lastError: expect.stringContaining('ECONNREFUSED') })]),
      );
      await suite.kill();
      return { webhook: added, job: outcome.job };
    })();
    const { received } = await receiving(undefined, Number(new URL(url).port));
    await using suite = await spawnSuite(dataDir, { allowPrivateWebhooks: true });
    await delivered(suite.client, webhook, 3);
    expect(idsOf(received)).toEqual(eventIds(job));
    expect(received.every(isSigned)).toBe(true);
  });

  test('gets deliveries again when they are replayed', async () => {
    const { url, received } = await receiving();
    await using suite = await startSuite({ allowPrivateWebhooks: true });
    const webhook = await addWebhook(suite.client, url);
    const { job } = await suite.importFile(users);
    await delivered(suite.client, webhook, 3);
    const replay = (dateFrom: number, failedOnly: boolean) =>
      suite.client.ask('replayWebhookDeliveries', { name: webhook.name, dateFrom, failedOnly });
    expect(await replay(0, true)).toEqual({ replayed: 0 });
    expect(await replay(0, false)).toEqual({ replayed: 3 });
    await delivered(suite.client, webhook, 3);
    expect(idsOf(received)).toEqual([...eventIds(job), ...eventIds(job)]);
    expect(received[3]?.body).toBe(received[0]?.body);
    expect(await replay(Date.now() + 1e6, false)).toEqual({ replayed: 0 });
  });

  test('has pages of deliveries', async () => {
    const { url } = await receiving();
    await using suite = await startSuite({ allowPrivateWebhooks: true });
    const webhook = await addWebhook(suite.client, url);
    for (let jobs = 0; jobs < 3; jobs += 1) await suite.importFile(users);
    const all = await delivered(suite.client, webhook, 9);
    const paged: WebhookDeliveryMessage[] = [];
    let pageToken = '';
    do {
      const page = await suite.client.ask('listWebhookDeliveries', { parent: webhook.name, pageSize: 2, pageToken });
      expect(page.deliveries.length).toBeLessThanOrEqual(2);
      paged.push(...page.deliveries);
      pageToken = page.nextPageToken;
    } while (pageToken !== '');
    expect(paged).toEqual(all);
    const wrong = suite.client.ask('listWebhookDeliveries', { parent: webhook.name, pageSize: 2, pageToken: 'nonsense' });
    expect(await refusal(wrong)).toMatchObject({ code: 'INVALID_ARGUMENT' });
  });

  test('inside a private network is refused unless that is allowed, and gets nothing that was owed before', async () => {
    const dataDir = await temporaryFolder();
    const { url, received } = await receiving((response) => void response.writeHead(500).end());
    let webhook: WebhookMessage | undefined;
    {
      await using suite = await startSuite({ dataDir, allowPrivateWebhooks: true });
      webhook = await addWebhook(suite.client, url);
      await suite.importFile(users);
    }
    const count = received.length;
    await using suite = await startSuite({ dataDir });
    expect(await refusal(addWebhook(suite.client, url))).toEqual({
      code: 'INVALID_ARGUMENT',
      message: expect.stringContaining('127.0.0.1 is inside a private network'),
    });
    await until(
      async () => (await deliveriesOf(suite.client, webhook)).some(({ lastError }) => lastError.includes('private network')) || undefined,
      'a refused try',
    );
    expect(received).toHaveLength(count);
  });
});
