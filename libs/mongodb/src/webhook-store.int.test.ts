import { webhookStoreContract } from '@advocate/ports/contracts';
import { mongodbUri } from '@advocate/test-servers';
import { describe, expect, test } from 'vitest';
import { ownDatabase } from './testing/own-database.ts';
import { openMongodbWebhookStore } from './webhook-store.ts';

const uri = mongodbUri();

describe.skipIf(uri === undefined)('MongoDB', () => {
  webhookStoreContract('MongoDB', async () => {
    const database = await ownDatabase(uri!);
    const peer = await database.peer();
    return {
      store: openMongodbWebhookStore(database.db),
      peer: openMongodbWebhookStore(peer.db),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  });

  test('what came to be owed while its webhook was removed goes too', async () => {
    await using database = await ownDatabase(uri!);
    const store = openMongodbWebhookStore(database.db);
    await store.create({ id: 'hook-1', tenant: 'acme', url: 'https://example.com', eventTypes: [], secret: '', dateCreated: 0 });
    const event = { id: 'job-1/CREATED', jobId: 'job-1', type: 'CREATED', sequence: 0, date: 1, content: Buffer.from('event') } as const;
    await store.owe('acme', event);
    await database.db.collection('webhooks').deleteMany({});
    expect(await store.due(10)).toEqual([]);
    expect(await database.db.collection('webhookDeliveries').countDocuments()).toBe(0);
  });
});
