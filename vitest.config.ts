import { defineConfig } from 'vitest/config';

const shared = {
  environment: 'node',
  testTimeout: 20_000,
  hookTimeout: 30_000,
  expect: { poll: { timeout: 10_000, interval: 5 } },
} as const;
const suffixed = ['**/*.e2e.test.ts', '**/*.int.test.ts'];
const ignored = ['**/node_modules/**', '**/dist/**'];

/** The suffix of a test file picks its project: `x.test.ts` needs nothing, `x.e2e.test.ts` runs whole services, `x.int.test.ts` needs servers. */
export default defineConfig({
  test: {
    projects: [
      { test: { ...shared, name: 'unit', include: ['**/*.test.ts'], exclude: [...ignored, ...suffixed] } },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['**/*.e2e.test.ts'],
          exclude: ignored,
          testTimeout: 240_000,
          hookTimeout: 60_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          ...shared,
          name: 'int',
          include: ['**/*.int.test.ts'],
          exclude: ignored,
          globalSetup: 'libs/test-servers/src/global-setup.ts',
          // Of the Kafka driver, where tests use it as it comes; the suite's own clients do not have it.
          execArgv: ['--disable-warning=TimeoutNegativeWarning'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
    maxWorkers: 2,
  },
});
