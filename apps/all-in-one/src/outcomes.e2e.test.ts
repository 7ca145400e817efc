import { appendFile, rm, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dumpStore, firstDifference } from './testing/dump-store.ts';
import { holdWrites } from './testing/hold-writes.ts';
import { deletionsFile, usersFile } from './testing/import-files.ts';
import { peek } from './testing/peek.ts';
import type { Suite } from './testing/start-suite.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import { until } from './testing/suite-client.ts';

describe('every row has exactly one outcome, in input order', () => {
  const rows = Array.from({ length: 9_000 }, (_, index) => {
    const accountId = `account-${(index * 7919) % 2_000}`;
    const isValid = index % 13 !== 5;
    return {
      recordNumber: index + 2,
      line: `${accountId},user-${index},${isValid ? `user${index}@example.com` : 'nowhere'}`,
      accountId,
      id: `user-${index}`,
      isValid,
    };
  });

  test('with many partitions and consumers, over several slices', async () => {
    await using suite = await startSuite({ partitions: 7, consumers: 2 });
    const { job, results, errors } = await suite.importFile(['accountId,id,email', ...rows.map(({ line }) => line)].join('\n'));
    expect(job).toMatchObject({
      status: 'COMPLETED',
      stats: { recordsTotal: 9_000, recordsProcessed: 9_000, created: 8_308, errors: 692 },
    });
    const succeeded = results?.trimEnd().split('\n').slice(1);
    expect(succeeded?.map((line) => line.split(',').slice(0, 2))).toEqual(
      rows.filter(({ isValid }) => isValid).map(({ id, accountId }) => [id, accountId]),
    );
    const failed = errors?.trimEnd().split('\n').slice(1);
    expect(failed?.map((line) => Number(line.split(',')[0]))).toEqual(
      rows.filter(({ isValid }) => !isValid).map(({ recordNumber }) => recordNumber),
    );
  });

  test('with the same store and files under any number of partitions and consumers', async () => {
    const file = usersFile(8_000, 2);
    const deletions = deletionsFile(file, 2);
    const run = async (partitions: number, consumers: number) => {
      const dataDir = await temporaryFolder();
      const imports = [];
      {
        await using suite = await startSuite({ dataDir, partitions, consumers });
        imports.push(await suite.importFile(file.content, { requestId: 'users' }));
        imports.push(await suite.importFile(deletions, { requestId: 'deletions', type: 'USER_DELETIONS' }));
      }
      return {
        imports: imports.map(({ job: { stats, status, id }, ...files }) => ({ stats, status, id, ...files })),
        store: dumpStore(dataDir),
      };
    };
    const alone = await run(1, 1);
    expect(alone.imports).toMatchObject([{ status: 'COMPLETED' }, { status: 'COMPLETED' }]);
    expect(alone.store.length).toBeGreaterThan(5_000);
    for (const [partitions, consumers] of [
      [16, 1],
      [16, 8],
      [1, 8],
    ] as const) {
      const { imports, store } = await run(partitions, consumers);
      const name = `${partitions} partitions, ${consumers} consumers`;
      for (const [index, { results, errors, failedRows, ...job }] of imports.entries()) {
        const expected = alone.imports[index];
        expect(firstDifference(linesOf(results), linesOf(expected?.results)), `${name}: results`).toBeUndefined();
        expect(firstDifference(linesOf(errors), linesOf(expected?.errors)), `${name}: errors`).toBeUndefined();
        expect(firstDifference(linesOf(failedRows), linesOf(expected?.failedRows)), `${name}: failed rows`).toBeUndefined();
        expect(job, name).toEqual({ stats: expected?.stats, status: expected?.status, id: expected?.id });
      }
      expect(firstDifference(store, alone.store), `${name}: store`).toBeUndefined();
    }
  });
});

const linesOf = (text: string | undefined): string[] => text?.split('\n') ?? [];

describe('a job does not complete before an independent recount of its file agrees', () => {
  const header = 'accountId,id,referralCodes.default';
  const content = `${[header, ...Array.from({ length: 20 }, (_, index) => `account,user-${index},CODE${index}`)].join('\n')}\n`;
  const lastRows = 'account,user-18,CODE18\naccount,user-19,CODE19\n';

  /** Starts a job, changes its stored file while the job is held in a phase, and answers how it ended. */
  async function changeWhile(suite: Suite, phase: 'claiming' | 'applying', change: (path: string, bytes: number) => Promise<void>) {
    // Without code columns there is nothing to claim.
    const file = phase === 'claiming' ? content : content.replaceAll(/,[^,\n]*$/gm, '');
    const held = holdWrites(suite.dataDir, 'participants.db');
    const { name, id, fileRef } = await suite.client.start(file);
    await until(
      () => (peek(suite.dataDir, id).phase === phase && (phase === 'claiming' || peek(suite.dataDir, id).slices > 0)) || undefined,
      phase,
    );
    await change(join(suite.dataDir, 'files', fileRef), file.length);
    held[Symbol.dispose]();
    return (await suite.client.outcome(name)).job;
  }

  const lastRow = 'account,user-19\n'.length;
  const changed = (bytes: number): string =>
    `The file has ${content.length + bytes} bytes, but ${content.length} when the job was accepted; it was changed behind the job's back. Upload it again and start a new job.`;
  const miscounted = (rows: number): string =>
    `The file has ${rows} rows, but 20 have an outcome. Its results are incomplete; please report this.`;

  test.each([
    ['loses a row after it was cut', 'applying', -lastRow, miscounted(19)],
    ['gains a row after it was cut', 'applying', lastRow, miscounted(21)],
    ['loses rows before it is cut', 'claiming', -lastRows.length, changed(-lastRows.length)],
    ['gains a row before it is cut', 'claiming', lastRow, changed(lastRow)],
  ] as const)('a file that %s aborts its job', async (_, phase, growth, abortReason) => {
    await using suite = await startSuite();
    const change = (path: string, bytes: number) => (growth < 0 ? truncate(path, bytes + growth) : appendFile(path, 'account,user-20\n'));
    expect(await changeWhile(suite, phase, change)).toMatchObject({ status: 'ABORTED', abortReason });
  });

  test('a file that is gone aborts its job, with what to do', async () => {
    await using suite = await startSuite();
    const claiming = await changeWhile(suite, 'claiming', (path) => rm(path));
    expect(claiming).toMatchObject({
      status: 'ABORTED',
      abortReason: `There is no file ${claiming.fileRef}: the uploaded file is gone. Restore it and resume the job, or upload it again and start a new job.`,
      stats: { recordsProcessed: 0 },
    });
    const applying = await changeWhile(suite, 'applying', (path) => rm(path));
    expect(applying).toMatchObject({
      status: 'ABORTED',
      abortReason: `There is no file ${applying.fileRef}: the uploaded file is gone, so its rows could not be recounted. Restore it and resume the job.`,
      stats: { recordsProcessed: 20, created: 20 },
    });
    expect(await suite.importFile(content)).toMatchObject({ job: { status: 'COMPLETED', stats: { updated: 0 } } });
  });
});
