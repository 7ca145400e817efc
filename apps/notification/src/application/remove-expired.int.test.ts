import {
  connectMongodb,
  openGridFsFileStore,
  openMongodbJobStore,
  openMongodbParticipantStore,
  openMongodbWebhookStore,
} from '@advocate/mongodb';
import { mongodbUri } from '@advocate/test-servers';
import { describe } from 'vitest';
import { expiryContract } from '../testing/expiry-contract.ts';

const uri = mongodbUri();

describe.skipIf(uri === undefined)('MongoDB', () => {
  expiryContract('MongoDB', async () => {
    await using resources = new AsyncDisposableStack();
    const { db } = resources.use(await connectMongodb({ uri: uri!, database: `test-${crypto.randomUUID()}` }));
    resources.defer(async () => {
      await db.dropDatabase();
    });
    const participants = resources.use(await openMongodbParticipantStore(db));
    const owned = resources.move();
    return {
      ...{ participants, jobs: openMongodbJobStore(db), files: openGridFsFileStore(db), webhooks: openMongodbWebhookStore(db) },
      [Symbol.asyncDispose]: () => owned.disposeAsync(),
    };
  });
});
