import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImportJob, JobEvent } from '@advocate/contracts';
import type { Webhook, WebhookEventType } from '@advocate/domain';
import { eventSequence } from '@advocate/domain';
import { openEmbeddedEngine } from '@advocate/embedded';
import { JobEvents } from '@advocate/messages';
import type { Engine, EventLog, WebhookDelivery, WebhookStore } from '@advocate/ports';
import { createLogger } from '@advocate/service';
import { expect, onTestFinished, test, vi } from 'vitest';
import { signatureOf } from './signature.ts';
import { buildJob, startReceiver } from '@advocate/testing';
import { WebhookSender, type WebhookSenderDependencies } from './webhook-sender.ts';

const begin = 1_767_225_600_000;
const secret = 'a secret for tests';

async function openEngine(): Promise<Engine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'webhooks-'));
  const engine = await openEmbeddedEngine({ dataDir });
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true });
  });
  return engine;
}

const openStore = async (): Promise<WebhookStore> => (await openEngine()).webhooks;

async function receiving(...args: Parameters<typeof startReceiver>): Promise<Awaited<ReturnType<typeof startReceiver>>> {
  const receiver = await startReceiver(...args);
  onTestFinished(() => receiver[Symbol.asyncDispose]());
  return receiver;
}

async function addWebhook(webhooks: WebhookStore, url: string, id = 'hook-1'): Promise<Webhook> {
  const webhook: Webhook = { id, tenant: 'acme', url, eventTypes: [], secret, dateCreated: begin };
  await webhooks.create(webhook);
  return webhook;
}

async function owe(webhooks: WebhookStore, type: WebhookEventType, jobId = 'job-1'): Promise<void> {
  const id = `${jobId}/${type}`;
  const job = ImportJob.fromPartial({ id: jobId, name: `tenants/acme/importJobs/${jobId}` });
  const content = JobEvent.encode({ id, type, tenant: 'acme', job, date: begin }).finish();
  await webhooks.owe('acme', { id, jobId, type, sequence: eventSequence(type), date: begin, content });
}

function createSender(webhooks: WebhookStore, dependencies: Partial<WebhookSenderDependencies> = {}): WebhookSender {
  const sender = new WebhookSender({
    ...{ webhooks, allowPrivateWebhooks: true, now: () => begin, random: () => 0.5, logger: createLogger('test', 'silent') },
    ...dependencies,
  });
  onTestFinished(() => sender[Symbol.asyncDispose]());
  return sender;
}

const deliveriesOf = (webhooks: WebhookStore): Promise<readonly WebhookDelivery[]> => webhooks.deliveries('acme', 'hook-1', 10);
const idOf = ({ body }: { readonly body: string }): string => (JSON.parse(body) as { id: string }).id;
const eventually = (assertion: () => Promise<void> | void): Promise<void> => vi.waitFor(assertion, { timeout: 10_000, interval: 5 });

test('sends an event once, as a CloudEvents document with its signature', async () => {
  const webhooks = await openStore();
  const { url, received } = await receiving();
  await addWebhook(webhooks, url);
  await owe(webhooks, 'CREATED');
  const sender = createSender(webhooks, { now: () => begin + 1999 });
  await sender.sendDue();
  await eventually(async () => expect(await deliveriesOf(webhooks)).toMatchObject([{ state: 'DELIVERED', attempts: 1, lastError: '' }]));
  await sender.sendDue();
  await sender[Symbol.asyncDispose]();
  expect(received).toHaveLength(1);
  const [{ headers, body } = { headers: {}, body: '' }] = received;
  expect(headers).toMatchObject({
    'content-type': 'application/cloudevents+json; charset=utf-8',
    'advocate-signature': signatureOf(secret, body, begin + 1000),
  });
  expect(JSON.parse(body)).toMatchObject({ specversion: '1.0', id: 'job-1/CREATED', data: { id: 'job-1' } });
});

test('sends the events of a job in their order, though the receiver refuses each at first, and those of other jobs meanwhile', async () => {
  const webhooks = await openStore();
  const seen = new Set<string>();
  const { url, received } = await receiving((response, { body }) => {
    const status = seen.has(body) ? 200 : 503;
    seen.add(body);
    response.writeHead(status).end();
  });
  await addWebhook(webhooks, url);
  for (const type of ['COMPLETED', 'CREATED', 'STARTED'] as const) await owe(webhooks, type);
  await owe(webhooks, 'CREATED', 'job-2');
  let now = begin;
  const sender = createSender(webhooks, { now: () => now });
  await eventually(async () => {
    now += 100;
    await sender.sendDue();
    expect((await deliveriesOf(webhooks)).map(({ state, attempts }) => `${state} ${attempts}`)).toEqual(Array(4).fill('DELIVERED 2'));
  });
  const twice = (id: string): string[] => [id, id];
  const ids = received.map(idOf);
  expect(ids.filter((id) => id.startsWith('job-1'))).toEqual(['job-1/CREATED', 'job-1/STARTED', 'job-1/COMPLETED'].flatMap(twice));
  expect(ids.slice(0, 2).sort()).toEqual(['job-1/CREATED', 'job-2/CREATED']);
});

test('tries again after the pauses that are due, and gives up after a day of them', async () => {
  const webhooks = await openStore();
  const { url, received } = await receiving((response) => void response.writeHead(410).end());
  await addWebhook(webhooks, url);
  await owe(webhooks, 'CREATED');
  let now = begin;
  const sendDue = async (): Promise<void> => {
    const sender = createSender(webhooks, { now: () => now });
    await sender.sendDue();
    await sender[Symbol.asyncDispose]();
  };
  const tried: number[] = [];
  for (let attempts = 1; ; attempts += 1) {
    await sendDue();
    tried.push(now);
    const [delivery] = await deliveriesOf(webhooks);
    expect(delivery).toMatchObject({ attempts, lastError: 'HTTP 410' });
    if (delivery?.nextAttempt === undefined) break;
    now = delivery.nextAttempt - 1;
    await sendDue();
    expect(received).toHaveLength(attempts);
    now += 1;
  }
  expect(tried.slice(0, 4).map((time) => time - begin)).toEqual([0, 1000, 3000, 7000]);
  expect((tried.at(-1)! - begin) / 3_600_000).toBeCloseTo(24, 0);
  expect(await deliveriesOf(webhooks)).toMatchObject([{ state: 'FAILED', attempts: tried.length }]);
  now += 1e9;
  await sendDue();
  expect(received).toHaveLength(tried.length);
});

test('a receiver that does not answer holds up no other', async () => {
  const webhooks = await openStore();
  const silent = await receiving(() => {});
  const { url, received } = await receiving();
  await addWebhook(webhooks, silent.url, 'silent');
  await addWebhook(webhooks, url);
  await owe(webhooks, 'CREATED');
  const sender = createSender(webhooks);
  await sender.sendDue();
  await eventually(() => expect([received.length, silent.received.length]).toEqual([1, 1]));
  await owe(webhooks, 'STARTED');
  await eventually(async () => {
    await sender.sendDue();
    expect(received).toHaveLength(2);
  });
  expect(silent.received).toHaveLength(1);
});

test('two senders over one store send everything once', async () => {
  const webhooks = await openStore();
  const { url, received } = await receiving();
  await addWebhook(webhooks, url);
  const jobs = Array.from({ length: 20 }, (_, index) => `job-${index}`);
  for (const job of jobs) for (const type of ['CREATED', 'STARTED'] as const) await owe(webhooks, type, job);
  const senders = [createSender(webhooks), createSender(webhooks)];
  await eventually(async () => {
    await Promise.all(senders.map((sender) => sender.sendDue()));
    expect(await webhooks.due(begin)).toEqual([]);
  });
  await Promise.all(senders.map((sender) => sender[Symbol.asyncDispose]()));
  expect(received.map(idOf).sort()).toEqual(jobs.flatMap((job) => [`${job}/CREATED`, `${job}/STARTED`]).sort());
});

test('at the stop, what is broken off is owed at once', async () => {
  const webhooks = await openStore();
  const { url, received } = await receiving(() => {});
  await addWebhook(webhooks, url);
  await owe(webhooks, 'CREATED');
  const sender = createSender(webhooks);
  await sender.sendDue();
  await eventually(() => expect(received).toHaveLength(1));
  await sender[Symbol.asyncDispose]();
  expect(await deliveriesOf(webhooks)).toMatchObject([
    { state: 'OWED', attempts: 1, nextAttempt: begin, lastError: 'The service was stopped' },
  ]);
});

test('says why it sends nothing to the computer itself', async () => {
  const webhooks = await openStore();
  const { url, received } = await receiving();
  await addWebhook(webhooks, url);
  await owe(webhooks, 'CREATED');
  const sender = createSender(webhooks, { allowPrivateWebhooks: false });
  await sender.sendDue();
  await eventually(async () =>
    expect(await deliveriesOf(webhooks)).toMatchObject([
      { state: 'OWED', lastError: 'The address 127.0.0.1 is inside a private network; see ADVOCATE_WEBHOOK_ALLOW_PRIVATE' },
    ]),
  );
  expect(received).toEqual([]);
});

test('an event is owed before it is published, once however often that fails, and progress never', async () => {
  const engine = await openEngine();
  await addWebhook(engine.webhooks, 'http://localhost');
  let isAway = true;
  const log = Object.create(engine.log) as EventLog;
  log.partitions = (topic) => engine.log.partitions(topic);
  log.publish = async (topic, messages) => {
    if (isAway) throw new Error('The log is away');
    await engine.log.publish(topic, messages);
  };
  const events = new JobEvents({ ...engine, log, now: () => begin });
  const job = buildJob({ resumptions: 2 });
  await expect(events.publish(job, 'STARTED')).rejects.toThrow('The log is away');
  expect(await deliveriesOf(engine.webhooks)).toMatchObject([
    { state: 'OWED', event: { id: 'job-1/STARTED/2', jobId: 'job-1', type: 'STARTED', sequence: 7, date: begin } },
  ]);
  isAway = false;
  await events.publish(job, 'STARTED');
  await events.publish(job, 'PROGRESS');
  expect(await deliveriesOf(engine.webhooks)).toHaveLength(1);
});
