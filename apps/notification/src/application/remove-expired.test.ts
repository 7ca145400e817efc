import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedEngine } from '@advocate/embedded';
import { expiryContract } from '../testing/expiry-contract.ts';

expiryContract('SQLite and a folder', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'expiry-'));
  const engine = await openEmbeddedEngine({ dataDir });
  return {
    ...engine,
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await rm(dataDir, { recursive: true });
    },
  };
});
