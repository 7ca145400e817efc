import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebhookMessage } from '@advocate/contracts';
import { maxWebhooks } from '@advocate/domain';
import { openEmbeddedEngine } from '@advocate/embedded';
import { RequestError } from '@advocate/service';
import { expect, onTestFinished, test } from 'vitest';
import type { CreateWebhookDependencies } from './create-webhook.ts';
import { createWebhook } from './create-webhook.ts';

const url = 'https://93.184.216.34/hook';

async function open(): Promise<CreateWebhookDependencies> {
  const dataDir = await mkdtemp(join(tmpdir(), 'webhooks-'));
  const engine = await openEmbeddedEngine({ dataDir });
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true });
  });
  return { webhooks: engine.webhooks, now: () => 7 };
}

const create = (dependencies: CreateWebhookDependencies, webhook: Partial<WebhookMessage>) =>
  createWebhook(dependencies, 'acme', WebhookMessage.fromPartial(webhook));

/** The fields that are refused, with why. */
async function refusal(dependencies: CreateWebhookDependencies, webhook: Partial<WebhookMessage>): Promise<Record<string, string>> {
  const error: unknown = await create(dependencies, webhook).catch((reason: unknown) => reason);
  if (!(error instanceof RequestError)) throw new Error(`It was not refused: ${JSON.stringify(error)}`);
  expect(error.code).toBe('INVALID_ARGUMENT');
  expect(await dependencies.webhooks.list('acme')).toEqual([]);
  return Object.fromEntries(error.violations.map(({ field, description }) => [field.replace('webhook.', ''), description]));
}

test('adds a webhook, and makes an id, and a secret when none is given', async () => {
  const dependencies = await open();
  const made = await create(dependencies, { url });
  expect(made).toEqual({
    ...{
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      tenant: 'acme',
      url,
      eventTypes: [],
      secret: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
    dateCreated: 7,
  });
  const given = await create(dependencies, { url, secret: 'sixteen letters!', eventTypes: ['COMPLETED', 'CREATED', 'COMPLETED'] });
  expect(given).toMatchObject({ secret: 'sixteen letters!', eventTypes: ['CREATED', 'COMPLETED'] });
  expect(await dependencies.webhooks.list('acme')).toEqual(expect.arrayContaining([made, given]));
});

test.for([
  ['', 'The url is missing'],
  ['example.com/hook', 'is no address: it must look like https://example.com/hook.'],
  ['https://', 'is no address'],
  ['ftp://example.com', 'is no address'],
  ['file:///etc/passwd', 'is no address'],
  ['javascript:alert(1)', 'is no address'],
  ['https://user@example.com', 'holds a user or password'],
  ['https://:secret@example.com', 'holds a user or password'],
  [`https://example.com/${'a'.repeat(2048)}`, 'longer than 2048'],
  ['http://127.0.0.1:8080', '127.0.0.1 is inside a private network'],
  ['http://localhost', /^localhost, which is (127\.0\.0\.1|::1), is inside/],
  ['http://2130706433', '127.0.0.1 is inside'],
  ['http://10.0.0.1', 'ADVOCATE_WEBHOOK_ALLOW_PRIVATE=true'],
  ['http://169.254.169.254/latest/meta-data', '169.254.169.254 is inside'],
  ['http://[::1]/', '::1 is inside'],
  ['http://[::ffff:10.0.0.1]/', '::ffff:a00:1 is inside'],
  ['http://[fd00:ec2::254]/', 'fd00:ec2::254 is inside'],
] as const)('refuses the url %j', async ([refused, why]) => {
  expect(await refusal(await open(), { url: refused })).toEqual({ url: expect.stringMatching(why) });
});

test('takes private addresses when they are allowed', async () => {
  const dependencies = { ...(await open()), allowPrivateWebhooks: true };
  for (const allowed of ['http://localhost:8080/hook', 'https://10.0.0.1']) {
    expect(await create(dependencies, { url: allowed })).toMatchObject({ url: allowed });
  }
});

test('names all that is wrong', async () => {
  expect(await refusal(await open(), { url: 'nowhere', secret: 'too short', eventTypes: ['COMPLETED', 'PROGRESS'] })).toEqual({
    url: expect.stringContaining('is no address'),
    secret: 'The secret has 9 characters, but needs 16 to 255. Leave it out to have one made.',
    event_types: 'PROGRESS is never sent; WatchImportJob tells of it.',
  });
  expect(await refusal(await open(), { url, eventTypes: ['TYPE_UNSPECIFIED'] })).toEqual({
    event_types: 'TYPE_UNSPECIFIED is no type of event: it takes CREATED, STARTED, COMPLETED, ABORTED, CANCELLED.',
  });
});

test('refuses more webhooks than a tenant may have', async () => {
  const dependencies = await open();
  for (let count = 0; count < maxWebhooks; count += 1) await create(dependencies, { url });
  await expect(create(dependencies, { url })).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'TOO_MANY_WEBHOOKS' });
  await createWebhook(dependencies, 'other', WebhookMessage.fromPartial({ url }));
});
