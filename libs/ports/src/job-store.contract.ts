import { describe, expect, onTestFinished, test } from 'vitest';
import { jobsContract } from './job-store-contract/jobs.contract.ts';
import { leasesContract } from './job-store-contract/leases.contract.ts';
import { lifeContract } from './job-store-contract/life.contract.ts';
import { outcomesContract } from './job-store-contract/outcomes.contract.ts';
import { removalContract } from './job-store-contract/removal.contract.ts';
import type { JobStoreUnderTest } from './job-store-contract/test-support.ts';

export type { JobStoreUnderTest } from './job-store-contract/test-support.ts';

const timeout = 60_000;

/** The promises of JobStore. `create` answers an empty store. */
export function jobStoreContract(name: string, create: () => Promise<JobStoreUnderTest>): void {
  describe(`${name} as a job store`, { timeout }, () => {
    const open = async () => {
      const opened = await create();
      onTestFinished(() => opened[Symbol.asyncDispose]());
      return opened;
    };

    jobsContract(open);
    lifeContract(open);
    leasesContract(open);
    outcomesContract(open);
    removalContract(open);

    test('keeps a secret by its name, the same for two who ask at a time', async () => {
      const { store, peer } = await open();
      const secrets = await Promise.all([store, peer, store].map((asking) => asking.secret('links')));
      expect(new Set(secrets).size).toBe(1);
      expect(secrets[0]).toMatch(/^[0-9a-f]{64}$/);
      expect(await peer.secret('links')).toBe(secrets[0]);
      expect(await peer.secret('other')).not.toBe(secrets[0]);
    });
  });
}
