import { describe, expect, test } from 'vitest';
import { peek } from './testing/peek.ts';
import { startSuite } from './testing/start-suite.ts';
import { until } from './testing/suite-client.ts';

const usersOf = (rows: number, account: string): string =>
  `accountId,id,referralCodes.default\n${Array.from({ length: rows }, (_, index) => `${account}-${index},user,${account}${index}`).join('\n')}\n`;

describe('a small job does not wait for a big one', () => {
  test('whether that one claims codes, applies rows or writes its files', { timeout: 120_000 }, async () => {
    await using suite = await startSuite();
    const { client } = suite;
    const big = await client.start(usersOf(200_000, 'big'), { displayName: 'big' });
    const tookMs: Record<string, number> = {};
    for (const phase of ['applying', 'writing'] as const) {
      const small = await client.upload(usersOf(100, phase));
      await until(() => (peek(suite.dataDir, big.id).phase === phase && peek(suite.dataDir, big.id).slices > 3) || undefined, phase);
      const started = performance.now();
      const { name } = await client.create(small.fileRef);
      expect(await client.ended(name)).toMatchObject({ status: 'COMPLETED', stats: { created: 100 } });
      tookMs[phase] = performance.now() - started;
      console.log(tookMs);
      if (phase !== 'writing') expect(await client.job(big.name), `the big job, still ${phase}`).toMatchObject({ status: 'PENDING' });
    }
    console.log(tookMs);
    expect(Math.max(...Object.values(tookMs))).toBeLessThan(3_000);
    expect(await client.ended(big.name)).toMatchObject({ status: 'COMPLETED', stats: { created: 200_000 } });
  });
});
