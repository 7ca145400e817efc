import { readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { ImportJob } from '@advocate/contracts';
import { JobEvent } from '@advocate/contracts';
import { joinEmbeddedEngine } from '@advocate/embedded';
import { dumpStore, firstDifference } from './testing/dump-store.ts';
import { holdWrites } from './testing/hold-writes.ts';
import { usersFile } from './testing/import-files.ts';
import { peek } from './testing/peek.ts';
import { spawnSuite } from './testing/spawn-suite.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import { parent, refusal, until } from './testing/suite-client.ts';

const shape = { consumers: 2, partitions: 3 };
const linesOf = (text: string | undefined): string[] => text?.split('\n') ?? [];
/** Data rows of a CSV file; what is in quotes may have line ends. */
const rowsIn = (text: string | undefined): number =>
  (text ?? 'header\n')
    .replaceAll(/"[^"]*"/g, '')
    .trimEnd()
    .split('\n').length - 1;

describe('a job that was aborted', () => {
  test('goes on when it is resumed, and ends with the same store and files as an undisturbed run', async () => {
    const file = usersFile(30_000, 7);
    const options = { requestId: 'users', mailtoEmail: 'ann@example.com' };
    const calm = await temporaryFolder();
    const undisturbed = await (async () => {
      await using suite = await startSuite({ dataDir: calm, ...shape });
      return await suite.importFile(file.content, options);
    })();

    const dataDir = await temporaryFolder();
    const kept = join(await temporaryFolder(), 'kept.csv');
    let name: string;
    let stored: string;
    {
      await using suite = await spawnSuite(dataDir, shape);
      const job = await suite.client.start(file.content, options);
      ({ name } = job);
      stored = join(dataDir, 'files', job.fileRef);
      await until(() => peek(dataDir, job.id).outcomes >= 6 || undefined, 'some slices are finished');
      await suite.kill();
    }
    renameSync(stored, kept);
    const outcome = await (async () => {
      await using suite = await startSuite({ dataDir, ...shape });
      const { client } = suite;
      await using engine = await joinEmbeddedEngine({ dataDir });
      const events: string[] = [];
      await engine.log.consume('advocate.job-events', 'test', async ({ value }) => {
        const { id, type, job } = JobEvent.decode(value);
        if (type !== 'PROGRESS') events.push(`${id.replace(`${job?.id}/`, '')} ${job?.status}`);
      });
      const aborted = await client.outcome(name);
      expect(aborted.job).toMatchObject({
        status: 'ABORTED',
        abortReason: expect.stringContaining('Restore it and resume the job') as string,
      });
      const { recordsProcessed = 0 } = aborted.job.stats ?? {};
      expect(recordsProcessed).toBeGreaterThan(0);
      expect(recordsProcessed).toBeLessThan(30_000);
      expect(rowsIn(aborted.results) + rowsIn(aborted.errors), 'rows in its files').toBe(recordsProcessed);

      const again = await client.ask('resumeImportJob', { name });
      expect(again.importJob).toMatchObject({ status: 'PENDING', abortReason: '', dateCompleted: 0, stats: { recordsProcessed } });
      expect(await client.ended(name), 'as the file is still gone').toMatchObject({ status: 'ABORTED', stats: { recordsProcessed } });

      renameSync(kept, stored);
      await client.ask('resumeImportJob', { name });
      const resumed = await client.outcome(name);
      await until(
        () => events.length === 5 || undefined,
        () => `the last event after ${events.join(', ')}`,
      );
      expect(events).toEqual([
        ...['ABORTED ABORTED', 'STARTED/1 PENDING', 'ABORTED/1 ABORTED'],
        ...['STARTED/2 PENDING', 'COMPLETED/2 COMPLETED'],
      ]);
      expect(await refusal(client.ask('resumeImportJob', { name }))).toEqual({
        code: 'FAILED_PRECONDITION',
        message: `Job ${resumed.job.id} is COMPLETED; only a job that is ABORTED can be resumed.`,
      });
      return resumed;
    })();
    expect(firstDifference(linesOf(outcome.results), linesOf(undisturbed.results)), 'results').toBeUndefined();
    expect(firstDifference(linesOf(outcome.errors), linesOf(undisturbed.errors)), 'errors').toBeUndefined();
    const lasting = ({ fileRef: _, dateCompleted: __, dateExpires: ___, ...job }: ImportJob) => job;
    expect(lasting(outcome.job)).toEqual(lasting(undisturbed.job));
    expect(firstDifference(dumpStore(dataDir), dumpStore(calm)), 'store').toBeUndefined();
    const mails = readdirSync(join(dataDir, 'mail')).filter((mail) => mail.endsWith('.eml'));
    expect(mails.sort()).toEqual([`${outcome.job.id}.eml`, `${outcome.job.id}-1.eml`, `${outcome.job.id}-2.eml`].sort());
  });

  test('is not resumed when it is not there, runs or was cancelled', async () => {
    await using suite = await startSuite();
    const { client } = suite;
    const missing = `${parent}/importJobs/0123456789abcdef01234567`;
    expect(await refusal(client.ask('resumeImportJob', { name: missing }))).toMatchObject({ code: 'NOT_FOUND' });
    const held = holdWrites(suite.dataDir, 'participants.db');
    const { name, id } = await client.start(usersFile(5_000, 1).content);
    expect(await refusal(client.ask('resumeImportJob', { name }))).toEqual({
      code: 'FAILED_PRECONDITION',
      message: `Job ${id} is PENDING; only a job that is ABORTED can be resumed.`,
    });
    await client.ask('cancelImportJob', { name });
    held[Symbol.dispose]();
    await client.ended(name);
    expect(await refusal(client.ask('resumeImportJob', { name }))).toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: expect.stringMatching('only a job that is ABORTED can be resumed') as string,
    });
  });
});
