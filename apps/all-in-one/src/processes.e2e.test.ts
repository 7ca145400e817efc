import { describe, expect, test } from 'vitest';
import type { ImportJob } from '@advocate/contracts';
import { dumpStore, firstDifference } from './testing/dump-store.ts';
import { deletionsFile, usersFile } from './testing/import-files.ts';
import { peek } from './testing/peek.ts';
import type { SpawnedService } from './testing/spawn-service.ts';
import { spawnService } from './testing/spawn-service.ts';
import { startSuite, temporaryFolder } from './testing/start-suite.ts';
import type { Import, JobOptions } from './testing/suite-client.ts';
import { SuiteClient, until } from './testing/suite-client.ts';

const partitions = 4;
const users: JobOptions = { requestId: 'users' };
const deletions: JobOptions = { requestId: 'deletions', type: 'USER_DELETIONS', filename: 'deletions.csv' };

/** What a job came to, but for when its work was done and where its upload lies. */
function lasting({ fileRef: _, dateStarted: __, dateCompleted: ___, dateExpires: ____, ...job }: ImportJob) {
  return job;
}

function expectSame(outcome: Import, other: Import): void {
  expect(firstDifference(outcome.results?.split('\n') ?? [], other.results?.split('\n') ?? []), 'results').toBeUndefined();
  expect(firstDifference(outcome.errors?.split('\n') ?? [], other.errors?.split('\n') ?? []), 'errors').toBeUndefined();
  expect(lasting(outcome.job)).toEqual(lasting(other.job));
}

describe('the services as processes of their own over one data folder', () => {
  test('end with the same store and files as all in one, though the consumer of each kind of rows is killed in mid-job and started again', async () => {
    const file = usersFile(20_000, 1);
    const deletionsContent = deletionsFile(file, 1);
    const dataDir = await temporaryFolder();

    await using ingestion = await spawnService('ingestion', dataDir, { ADVOCATE_PARTITIONS: `${partitions}` });
    await using notification = await spawnService('notification', dataDir);
    await using participant = await spawnService('participant', dataDir);
    await using deletion = await spawnService('deletion', dataDir);
    using client = new SuiteClient(ingestion.port);

    /** Runs a file, whose consumer dies as soon as it has applied some of it. */
    const runThroughKill = async (content: string, options: JobOptions, consumer: SpawnedService): Promise<Import> => {
      const { name } = await client.start(content, options);
      const jobId = name.split('/').at(-1) ?? '';
      await until(() => peek(dataDir, jobId).outcomes > partitions || undefined, 'some outcomes');
      await consumer.kill();
      expect(peek(dataDir, jobId).phase, 'where the job stands without its consumer').toBe('applying');
      await using _ = await spawnService(consumer === participant ? 'participant' : 'deletion', dataDir);
      return await client.outcome(name);
    };
    const imported = await runThroughKill(file.content, users, participant);
    const deleted = await runThroughKill(deletionsContent, deletions, deletion);
    for (const service of [notification, ingestion]) expect(await service.stop()).toBe(0);

    const undivided = await temporaryFolder();
    let now = imported.job.dateCreated;
    {
      await using suite = await startSuite({ dataDir: undivided, partitions, now: () => now });
      const importedInOne = await suite.importFile(file.content, users);
      now = deleted.job.dateCreated;
      const deletedInOne = await suite.importFile(deletionsContent, deletions);
      expect(importedInOne.job).toMatchObject({ status: 'COMPLETED', stats: { recordsProcessed: 20_000 } });
      expect(deletedInOne.job).toMatchObject({ status: 'COMPLETED' });
      expectSame(imported, importedInOne);
      expectSame(deleted, deletedInOne);
    }
    expect(firstDifference(dumpStore(dataDir), dumpStore(undivided)), 'store').toBeUndefined();
  });
});
