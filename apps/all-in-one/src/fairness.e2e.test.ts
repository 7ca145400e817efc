import { describe, expect, test } from 'vitest';
import { peek } from './testing/peek.ts';
import { spawnSuite } from './testing/spawn-suite.ts';
import { temporaryFolder } from './testing/start-suite.ts';
import { until } from './testing/suite-client.ts';

/** Every fifth user has a code, so that there are claims to make. */
const usersOf = (rows: number, account: string): string =>
  `accountId,id,referralCodes.default\n${Array.from({ length: rows }, (_, index) => `${account}-${index},user,${index % 5 === 0 ? `${account}${index}` : ''}`).join('\n')}\n`;

describe('a small job does not wait for a big one', () => {
  test('whether that one claims codes, applies rows or writes its files', { timeout: 120_000 }, async () => {
    const dataDir = await temporaryFolder();
    await using suite = await spawnSuite(dataDir);
    const { client } = suite;
    const phases = ['claiming', 'applying', 'writing'] as const;
    const small = await Promise.all(phases.map((phase) => client.upload(usersOf(100, phase))));
    const big = await client.start(usersOf(200_000, 'big'));
    for (const [index, phase] of phases.entries()) {
      await until(() => peek(dataDir, big.id).phase === phase || undefined, phase);
      const started = performance.now();
      const { name } = await client.create(small[index]?.fileRef ?? '');
      expect(await client.ended(name), `a small job while the big one is ${phase}`).toMatchObject({
        status: 'COMPLETED',
        stats: { created: 100 },
      });
      expect(performance.now() - started, `milliseconds while the big one is ${phase}`).toBeLessThan(3_000);
      expect(await client.job(big.name), `the big job, then still ${phase}`).toMatchObject({ status: 'PENDING' });
    }
    expect(await client.ended(big.name)).toMatchObject({ status: 'COMPLETED', stats: { created: 200_000 } });
  });
});
