import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { webhookStoreContract } from '@advocate/ports/contracts';
import { openSqliteWebhookStore } from './sqlite-webhook-store.ts';

webhookStoreContract('SQLite', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'webhooks-'));
  const file = join(dir, 'webhooks.db');
  const store = openSqliteWebhookStore(file);
  const peer = openSqliteWebhookStore(file);
  return {
    store,
    peer,
    async [Symbol.asyncDispose]() {
      peer[Symbol.dispose]();
      store[Symbol.dispose]();
      await rm(dir, { recursive: true });
    },
  };
});
