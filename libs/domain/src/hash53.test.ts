import { describe, expect, test } from 'vitest';
import { hash53, partitionOf } from './hash53.ts';

const ids: Readonly<Record<string, (number: number) => string>> = {
  'plain numbers': (number) => String(number),
  'padded numbers': (number) => `customer-${String(number).padStart(9, '0')}`,
  'e-mail addresses': (number) => `user.${number.toString(36)}@example.com`,
  'hex ids with a common start': (number) => `64f1a0b2c3d4e5f6${number.toString(16).padStart(8, '0')}`,
};

describe('hash53', () => {
  test('is a whole number below 2 to the 53, the same for ever', () => {
    expect(hash53('acme', 'a1')).toBe(hash53('acme', 'a1'));
    // Stored in databases: these may never change.
    expect([hash53('', ''), hash53('acme', 'a1'), hash53('acme', 'жük/ß 李🎉')]).toEqual([
      1585626162588426, 1983635944042028, 8059310347293091,
    ]);
    for (let number = 0; number < 1000; number += 1) {
      const hash = hash53('acme', `a${number}`);
      expect(Number.isSafeInteger(hash) && hash >= 0).toBe(true);
    }
  });

  test('gives a million ids of different shapes a million hashes', () => {
    const hashes = new Set<number>();
    const each = 250_000;
    for (const id of Object.values(ids)) for (let number = 0; number < each; number += 1) hashes.add(hash53('acme', id(number)));
    expect(hashes.size).toBe(each * Object.keys(ids).length);
  });

  test('tells tenants apart', () => {
    const hashes = new Set<number>();
    for (let tenant = 0; tenant < 300; tenant += 1) {
      for (let number = 0; number < 300; number += 1) hashes.add(hash53(`tenant-${tenant}`, `a${number}`));
    }
    expect(hashes.size).toBe(300 * 300);
    expect(hash53('ab', 'c')).not.toBe(hash53('a', 'bc'));
  });
});

describe('partitionOf', () => {
  describe.each([2, 3, 4, 7, 8, 12, 16, 60, 64])('of %i', (partitions) => {
    test.each(Object.entries(ids))('deals %s evenly', (_, id) => {
      const rows = 40_000;
      const counts = new Array<number>(partitions).fill(0);
      for (let number = 0; number < rows; number += 1) {
        const partition = partitionOf('acme', id(number), partitions);
        counts[partition] = (counts[partition] ?? Number.NaN) + 1;
      }
      const mean = rows / partitions;
      // Five standard deviations of a fair deal.
      for (const count of counts) expect(Math.abs(count - mean)).toBeLessThan(5 * Math.sqrt(mean));
      expect(counts).toHaveLength(partitions);
    });
  });
});
