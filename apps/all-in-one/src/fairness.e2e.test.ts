import { describe, expect, test } from 'vitest';
import type { ImportJob } from '@advocate/contracts';
import { peek } from './testing/peek.ts';
import { spawnSuite } from './testing/spawn-suite.ts';
import { temporaryFolder } from './testing/start-suite.ts';
import type { SuiteClient } from './testing/suite-client.ts';
import { until } from './testing/suite-client.ts';

/** Every fifth user has a code, so that there are claims to make. */
const usersOf = (rows: number, account: string): string =>
  `accountId,id,referralCodes.default\n${Array.from({ length: rows }, (_, index) => `${account}-${index},user,${index % 5 === 0 ? `${account}${index}` : ''}`).join('\n')}\n`;

/** Runs a job of 100 rows while a big one is in a phase, which it must not leave meanwhile. */
async function runSmall(client: SuiteClient, fileRef: string, bigName: string, phase: string): Promise<void> {
  const started = performance.now();
  const { name } = await client.create(fileRef);
  expect(await client.ended(name), `a small job while the big one is ${phase}`).toMatchObject({
    status: 'COMPLETED',
    stats: { created: 100 },
  });
  expect(performance.now() - started, `milliseconds while the big one is ${phase}`).toBeLessThan(3_000);
  expect(await client.job(bigName), `the big job, then still ${phase}`).toMatchObject({ status: 'PENDING' });
}

describe('a small job does not wait for a big one', () => {
  test('whether that one claims codes, applies rows or writes its files', async () => {
    const dataDir = await temporaryFolder();
    const small: Record<string, string> = {};
    let big: ImportJob;
    {
      await using suite = await spawnSuite(dataDir);
      const { client } = suite;
      for (const phase of ['claiming', 'applying', 'writing']) small[phase] = (await client.upload(usersOf(100, phase))).fileRef;
      big = await client.start(usersOf(200_000, 'big'));
      for (const phase of ['claiming', 'applying']) {
        await until(() => peek(dataDir, big.id).phase === phase || undefined, phase);
        await runSmall(client, small[phase] ?? '', big.name, phase);
      }
      await suite.kill();
    }
    // A job that was taken up again writes all its results at its end.
    await using suite = await spawnSuite(dataDir);
    await until(() => peek(dataDir, big.id).phase === 'writing' || undefined, 'writing');
    await runSmall(suite.client, small.writing ?? '', big.name, 'writing');
    expect(await suite.client.ended(big.name)).toMatchObject({ status: 'COMPLETED', stats: { created: 200_000 } });
  });
});
