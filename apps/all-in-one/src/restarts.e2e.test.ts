import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { JobEvent } from '@advocate/contracts';
import { joinEmbeddedEngine } from '@advocate/embedded';
import { expect, test } from 'vitest';
import { createRandom } from './testing/random.ts';
import { spawnService } from './testing/spawn-service.ts';
import { temporaryFolder } from './testing/start-suite.ts';
import { SuiteClient, until } from './testing/suite-client.ts';

const restarts = 100;
const seed = 7;
/** From an instance that has not begun to work to one that has been idle for long. */
const longestLifeMs = 400;

/** The next job's rows: some few, some of them wrong. */
const fileOf = (job: number): string =>
  `accountId,id\n${Array.from({ length: 3 + (job % 5) }, (_, row) => `account-${job},${row % 4 === 3 ? '' : `user-${row}`}\n`).join('')}`;

test(
  `a job has exactly one mail and one event of its end, though notification is killed and started again ${restarts} times while jobs run`,
  { timeout: 600_000 },
  async () => {
    const random = createRandom(seed);
    const dataDir = await temporaryFolder();
    // A process that starts so often need not compile its modules each time.
    const environment = { NODE_COMPILE_CACHE: await temporaryFolder() };
    await using ingestion = await spawnService('ingestion', dataDir);
    await using _participant = await spawnService('participant', dataDir);
    await using listener = await joinEmbeddedEngine({ dataDir });
    const ends: string[] = [];
    await listener.log.consume('advocate.job-events', 'test', async ({ value }) => {
      const { id, type, job } = JobEvent.decode(value);
      if (type === 'COMPLETED') ends.push(`${job?.id} ${id}`);
    });
    using client = new SuiteClient(ingestion.port);

    const jobs: { readonly id: string; readonly name: string }[] = [];
    const startJob = async (): Promise<void> => {
      jobs.push(await client.start(fileOf(jobs.length), { mailtoEmail: 'ann@example.com' }));
    };
    for (let kill = 0; kill < restarts; kill += 1) {
      const started = Promise.all([startJob(), startJob()]);
      await using notification = await spawnService('notification', dataDir, environment);
      await started;
      await pause(random.below(longestLifeMs));
      await notification.kill();
    }

    await using _notification = await spawnService('notification', dataDir);
    for (const { name } of jobs) expect(await client.ended(name)).toMatchObject({ status: 'COMPLETED' });
    await until(async () => ((await listener.jobs.unfinished()).length === 0 ? true : undefined), 'the last mail and event');
    const ids = jobs.map(({ id }) => id).toSorted();
    await until(() => (new Set(ends).size >= ids.length ? true : undefined), 'the last event');

    const mails = (await readdir(join(dataDir, 'mail'))).filter((name) => name.endsWith('.eml'));
    expect(mails.toSorted()).toEqual(ids.map((id) => `${id}.eml`));
    for (const id of ids) expect(await readFile(join(dataDir, 'mail', `${id}.eml`), 'utf8')).toContain(`Message-ID: <${id}@`);
    // An event is promised at least once, each time under the same id: a kill right after it went out has it told again.
    expect([...new Set(ends)].toSorted()).toEqual(ids.map((id) => `${id} ${id}/COMPLETED`));
    console.log(
      `${ids.length} jobs, ${mails.length} mails, ${ends.length} events of their ends, of which ${ends.length - ids.length} repeated`,
    );
  },
);
