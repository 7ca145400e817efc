import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { JobDrained, JobEvent } from '@advocate/contracts';
import type { Job, RowOutcome } from '@advocate/domain';
import { noOutcomes } from '@advocate/domain';
import { openEmbeddedEngine } from '@advocate/embedded';
import { encodeChunkOutcome, jobFiles } from '@advocate/messages';
import type { Engine, Mailer } from '@advocate/ports';
import { createLogger, defaultFilePolicy } from '@advocate/service';
import { buildJob } from '@advocate/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { ResultsDrafts } from './application/results-drafts.ts';
import { startNotification } from './service.ts';

const ended = 1_767_225_600_000;
const content = '{"accountId":"a1","id":"ann"}\n{"accountId":"a1","id":"bob"}\n';
const name = 'imports/acme/file.jsonl';
const source = { name, bytes: content.length, start: { offset: 0, recordNumber: 1, line: 1 } };

interface Opened {
  readonly engine: Engine;
  readonly dataDir: string;
  /** The public events so far, as `{id} {status}`. */
  readonly events: readonly string[];
  /** The ids of the mails so far. */
  readonly mails: string[];
}

async function open(): Promise<Opened> {
  const dataDir = await mkdtemp(join(tmpdir(), 'notification-'));
  const engine = await openEmbeddedEngine({ dataDir, partitions: 2 });
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true });
  });
  const events: string[] = [];
  await engine.log.consume('advocate.job-events', 'test', async ({ value }) => {
    const { id, job } = JobEvent.decode(value);
    events.push(`${id} ${job?.status}`);
  });
  await engine.files.write(name, [Buffer.from(content)].values() as unknown as AsyncIterable<Uint8Array>);
  return { engine, dataDir, events, mails: [] };
}

async function start({ engine, mails }: Opened): Promise<void> {
  const mailer: Mailer = {
    async send(mail) {
      mails.push(mail.id);
      await engine.mailer.send(mail);
    },
  };
  const notification = await startNotification({
    ...engine,
    mailer,
    instance: crypto.randomUUID(),
    filePolicy: defaultFilePolicy,
    now: () => ended,
    logger: createLogger('test', 'silent'),
  });
  onTestFinished(() => notification[Symbol.asyncDispose]());
}

/** A deletions' job of two slices of one row each. */
async function createJob({ jobs }: Engine, job: Partial<Job> = {}): Promise<Job> {
  const plan = { type: 'deletions' } as const;
  const created = await jobs.create(
    buildJob({ source, mailtoEmail: 'ann@example.com', claimed: true, dateStarted: 1, ...job, plan }),
    undefined,
  );
  for (const index of [0, 1]) {
    const start = { offset: index * 30, recordNumber: index + 1, line: index + 1 };
    await jobs.putSlice(created.id, { index, start, bytes: content.length / 2, records: 1, partitions: [index] });
  }
  return created;
}

const cut = { slices: 2, records: 2 };

/** Has the row of a slice deleted, as deletion does. */
async function applySlice({ log }: Engine, { tenant, id: jobId }: Job, slice: number): Promise<void> {
  const outcomes: RowOutcome[] = [{ kind: 'deleted', result: ['a1', slice === 0 ? 'ann' : 'bob'] }];
  const place = { tenant, jobId, slice, partition: slice, sliceChunks: 1, recordNumbers: [slice + 1], ignoredFields: ['colour'] };
  await log.publish('chunks.outcomes', [{ key: jobId, partition: slice, value: encodeChunkOutcome({ ...place, outcomes }) }]);
}

async function askToEnd({ log }: Engine, { tenant, id: jobId }: Job, partition: number): Promise<void> {
  await log.publish('jobs.drained', [{ key: jobId, partition, value: JobDrained.encode({ tenant, jobId }).finish() }]);
}

const eventually = (assertion: () => Promise<void> | void): Promise<void> => vi.waitFor(assertion, { timeout: 10_000, interval: 5 });

test('a job that two instances are asked to end at once has one event of its end and one mail, and the files of all its slices', async () => {
  const opened = await open();
  const { engine, events } = opened;
  await start(opened);
  await start(opened);
  for (let round = 0; round < 10; round += 1) {
    const job = await createJob(engine, { id: `job-${round}`, cut });
    // Each instance hears of one slice.
    for (const slice of [0, 1]) await applySlice(engine, job, slice);
    await eventually(async () => expect((await engine.jobs.slices(job.id)).every(({ finished }) => finished)).toBe(true));
    await Promise.all([0, 1].map((partition) => askToEnd(engine, job, partition)));
    await eventually(async () =>
      expect(await engine.jobs.get(job.tenant, job.id)).toMatchObject({ eventOwed: false, mailOwed: false, status: 'COMPLETED' }),
    );
    const { results } = jobFiles(job);
    expect(Buffer.concat(await Array.fromAsync(engine.files.read(results.stored))).toString()).toBe(
      '{"accountId":"a1","id":"ann"}\n{"accountId":"a1","id":"bob"}\n',
    );
    expect(await engine.jobs.get(job.tenant, job.id)).toMatchObject({ dateCompleted: ended, ignoredFields: ['colour'] });
  }
  const ids = Array.from({ length: 10 }, (_, round) => `job-${round}`);
  await eventually(() => expect([...events].sort()).toEqual(ids.map((id) => `${id}/COMPLETED COMPLETED`)));
  expect(opened.mails.toSorted()).toEqual(ids);
});

test('a job that has something left is not ended, whoever asks, until it has nothing left', async () => {
  const opened = await open();
  const { engine, events } = opened;
  await start(opened);
  const job = await createJob(engine);
  const other = await createJob(engine, { id: 'job-2', cancelRequested: true });
  await applySlice(engine, job, 0);
  await askToEnd(engine, job, 0);
  await askToEnd(engine, other, 0);
  for (const slice of [0, 1]) await applySlice(engine, other, slice);
  await eventually(async () => expect((await engine.jobs.slices(other.id)).every(({ finished }) => finished)).toBe(true));
  await askToEnd(engine, job, 0);
  await askToEnd(engine, other, 0);
  await eventually(() => expect(events).toEqual(['job-2/CANCELLED CANCELLED']));
  expect(await engine.jobs.get(job.tenant, job.id)).toMatchObject({ status: 'PENDING' });
  await applySlice(engine, job, 1);
  await eventually(async () => expect((await engine.jobs.slices(job.id)).every(({ finished }) => finished)).toBe(true));
  await askToEnd(engine, job, 0);
  await engine.jobs.advance(job.tenant, job.id, { cut });
  await askToEnd(engine, job, 0);
  await eventually(() => expect(events).toContain('job-1/COMPLETED COMPLETED'));
});

test('an end that a crash left untold is told at the next start, under the same ids', async () => {
  const opened = await open();
  const { engine, events } = opened;
  const ending = {
    dateCompleted: ended,
    dateExpires: ended + 1,
    counts: { ...noOutcomes, deleted: 2 },
    ignoredFields: [],
    errorCauses: [],
  };
  const job = await createJob(engine, { cut });
  await engine.jobs.advance(job.tenant, job.id, { abortReason: 'The file was gone.' });
  await engine.jobs.finish(job.tenant, job.id, { ...ending, status: 'ABORTED' });
  const resumed = await createJob(engine, { id: 'job-2' });
  await engine.jobs.finish(resumed.tenant, resumed.id, { ...ending, status: 'ABORTED' });
  await engine.jobs.resume(resumed.tenant, resumed.id);
  await engine.jobs.finish(resumed.tenant, resumed.id, { ...ending, status: 'COMPLETED' });
  await start(opened);
  await eventually(() => expect([...events].sort()).toEqual(['job-1/ABORTED ABORTED', 'job-2/COMPLETED/1 COMPLETED']));
  await eventually(async () => expect(await engine.jobs.unfinished()).toEqual([]));
  expect(opened.mails.toSorted()).toEqual(['job-1', 'job-2-1']);
  expect(await readFile(join(opened.dataDir, 'mail', 'job-1.eml'), 'utf8')).toContain('The file was gone.');
});

test('the draft of a job that another instance ended is dropped, and its file with it; that of a running job is kept', async () => {
  const opened = await open();
  const { engine, dataDir } = opened;
  const { jobs, files } = engine;
  await using drafts = new ResultsDrafts(jobs, files);
  const partials = async (): Promise<number> =>
    (await readdir(dataDir, { recursive: true, withFileTypes: true })).filter(
      (entry) => entry.isFile() && entry.name.startsWith(`${process.pid}-`),
    ).length;
  for (const id of ['ended', 'running']) {
    const job = await createJob(engine, { id });
    const outcomes: RowOutcome[] = [{ kind: 'deleted', result: ['a1', 'ann'] }];
    const place = {
      tenant: job.tenant,
      jobId: id,
      slice: 0,
      partition: 0,
      sliceChunks: 1,
      recordNumbers: [1],
      ignoredFields: [],
    };
    const counts = { ...noOutcomes, deleted: 1 };
    await jobs.putOutcome({ ...place, counts, storedAt: 0, outcome: encodeChunkOutcome({ ...place, outcomes }) });
    await drafts.sliceFinished(job.tenant, id, 0);
  }
  await eventually(async () => expect(await partials()).toBe(2));
  await jobs.finish('acme', 'ended', {
    status: 'CANCELLED',
    dateCompleted: ended,
    dateExpires: ended + 1,
    counts: noOutcomes,
    ignoredFields: [],
    errorCauses: [],
  });
  await drafts.discardEnded();
  expect(await partials()).toBe(1);
  expect(drafts.take('ended')).toBeUndefined();
  const kept = drafts.take('running');
  expect(await kept?.complete([0], [])).toBe(true);
  expect(await partials()).toBe(0);
});
