import { MongoNetworkError, MongoServerError } from 'mongodb';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { withRetry } from './retry.ts';

vi.mock('node:timers/promises', () => ({ setTimeout: (ms: number) => new Promise((resolve) => setTimeout(resolve, ms)) }));

describe('an operation', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test.each([
    new MongoNetworkError('connection closed'),
    new MongoServerError({ message: 'not primary', code: 10107 }),
    new MongoServerError({ message: 'write conflict', code: 112 }),
    new MongoServerError({ message: 'shutting down', errorLabels: ['RetryableWriteError'] }),
    Object.assign(new Error('write EPIPE'), { code: 'EPIPE', syscall: 'write' }),
  ])('is repeated until it succeeds after $message', async (error) => {
    let failures = 5;
    const retried = withRetry(async () => {
      if (failures-- > 0) throw error;
      return 'done';
    });
    await vi.runAllTimersAsync();
    expect(await retried).toBe('done');
  });

  test.each([new Error('a bug'), new MongoServerError({ message: 'duplicate key', code: 11000 })])(
    'is not repeated after $message',
    async (error) => {
      const operation = vi.fn(() => Promise.reject(error));
      await expect(withRetry(operation)).rejects.toBe(error);
      expect(operation).toHaveBeenCalledTimes(1);
    },
  );

  test('is repeated when the driver waits for ever', async () => {
    let attempts = 0;
    const retried = withRetry(() => (++attempts === 1 ? new Promise<string>(() => {}) : Promise.resolve('done')));
    await vi.runAllTimersAsync();
    expect(await retried).toBe('done');
  });

  test('is given up after a minute, at pauses that grow', async () => {
    const error = new MongoNetworkError('connection refused');
    const begun = Date.now();
    const attempts: number[] = [];
    const retried = withRetry(() => {
      attempts.push(Date.now() - begun);
      return Promise.reject(error);
    });
    const outcome = expect(retried).rejects.toBe(error);
    await vi.runAllTimersAsync();
    await outcome;
    expect(attempts.at(-1)).toBeGreaterThan(60_000);
    expect(attempts.at(-1)).toBeLessThan(62_001);
    expect(attempts.filter((at) => at < 1_000).length).toBeGreaterThan(3);
    expect(attempts.length).toBeLessThan(300);
  });
});
