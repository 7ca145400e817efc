import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createApplyChunk, startRowConsumer, upsertLogic } from '@advocate/apply';
import { JobEvent, SliceFinished } from '@advocate/contracts';
import type { Job } from '@advocate/domain';
import { defaultTenantSettings, noOutcomes } from '@advocate/domain';
import { openEmbeddedEngine } from '@advocate/embedded';
import { JobEvents, summariseChunkOutcome } from '@advocate/messages';
import type { Engine } from '@advocate/ports';
import { createLogger, defaultFilePolicy, RequestError } from '@advocate/service';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { JobRequest } from './application/create-job.ts';
import { createJob, validateJob } from './application/create-job.ts';
import { resumeJob } from './application/resume-job.ts';
import { startIngestion } from './service.ts';

const logger = createLogger('test', 'silent');
const tenant = 'acme';

interface Opened {
  readonly engine: Engine;
  readonly dataDir: string;
  /** The public events so far, as `{id} {status}`. */
  readonly events: readonly string[];
}

async function open(): Promise<Opened> {
  const dataDir = await mkdtemp(join(tmpdir(), 'ingestion-'));
  const engine = await openEmbeddedEngine({ dataDir });
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true });
  });
  const events: string[] = [];
  await engine.log.consume('advocate.job-events', 'test', async ({ value }) => {
    const { id, job } = JobEvent.decode(value);
    events.push(`${id} ${job?.status}`);
  });
  return { engine, dataDir, events };
}

const filePolicy = defaultFilePolicy;
const { fileRetentionMs } = filePolicy;

async function start(engine: Engine, instance = 'one', resendMs = 60_000): Promise<AsyncDisposable> {
  const settings = defaultTenantSettings;
  const ingestion = await startIngestion({ ...engine, instance, settings, maxFileBytes: 1e6, filePolicy, resendMs, now: Date.now, logger });
  onTestFinished(() => ingestion[Symbol.asyncDispose]());
  return ingestion;
}

/** Applies rows and stores their outcomes, as participant and notification do. */
async function applyRows(engine: Engine, { isTelling }: { readonly isTelling: boolean }): Promise<void> {
  const { log, jobs, participants } = engine;
  const apply = createApplyChunk(participants, upsertLogic);
  await startRowConsumer('rows.users', 'participant', { log, apply, logger, patienceMs: 200 });
  await log.consume('chunks.outcomes', 'notification', async ({ value: outcome }) => {
    const { jobId, slice, partition, sliceChunks, counts } = summariseChunkOutcome(outcome);
    const { sliceFinished } = await jobs.putOutcome({ tenant, jobId, slice, partition, sliceChunks, counts, storedAt: 0, outcome });
    const value = SliceFinished.encode({ tenant, jobId, slice }).finish();
    if (sliceFinished && isTelling) await log.publish('slices.finished', [{ key: jobId, partition: 0, value }]);
  });
}

const usersOf = (rows: number): string => `accountId,id\n${Array.from({ length: rows }, (_, index) => `account-${index},user\n`).join('')}`;

async function upload({ files }: Engine, content: Uint8Array | string): Promise<string> {
  const fileRef = 'imports/acme/users_0.csv';
  await files.write(fileRef, [Buffer.from(content)].values() as unknown as AsyncIterable<Uint8Array>);
  return fileRef;
}

function requestOf(fileRef: string, request: Partial<JobRequest> = {}): JobRequest {
  const params = { segments: [], preserveEmptyAccounts: false, doNotTrack: false };
  const texts = { displayName: '', requester: '', mailtoEmail: '' };
  return { tenant, type: 'users', fileRef, format: undefined, params, ...texts, requestId: undefined, ...request };
}

const creating = (engine: Engine) => ({ ...engine, settings: defaultTenantSettings, partitions: 1, now: Date.now });

/** A job that was stored, and no more: its instance was killed then. */
const accept = async (engine: Engine, rows: number): Promise<Job> =>
  createJob(creating(engine), requestOf(await upload(engine, usersOf(rows))));

const eventually = (assertion: () => Promise<void> | void, timeout = 15_000): Promise<void> =>
  vi.waitFor(assertion, { timeout, interval: 5 });

const isCut = (engine: Engine, { id }: Job, slices: number, timeout?: number): Promise<void> =>
  eventually(async () => {
    const finished = (await engine.jobs.slices(id)).map((slice) => slice.finished);
    expect(finished).toEqual(Array.from({ length: slices }, () => true));
    expect(await engine.jobs.get(tenant, id)).toMatchObject({ cut: { slices } });
  }, timeout);

describe('a job whose instance was killed', () => {
  test('right after it was stored is taken up, and was told as created and started', async () => {
    const { engine, events } = await open();
    const { id } = await accept(engine, 10);
    await start(engine);
    await eventually(() => expect(events).toEqual([`${id}/CREATED PENDING`, `${id}/STARTED PENDING`]));
    await eventually(async () => expect(await engine.jobs.get(tenant, id)).toHaveProperty('dateStarted'));
  });

  test('is left alone while that one may still live, and taken up when its lease has run out', async () => {
    const { engine, events } = await open();
    const { id } = await accept(engine, 10);
    const until = Date.now() + 2000;
    await engine.jobs.lease(tenant, id, { holder: 'killed', until }, Date.now());
    await start(engine);
    await eventually(() => expect(events).toContain(`${id}/STARTED PENDING`));
    expect((await engine.jobs.get(tenant, id))?.dateStarted).toBeGreaterThanOrEqual(until);
  });

  test('goes on at once when the same instance comes back', async () => {
    const { engine, events } = await open();
    const { id } = await accept(engine, 10);
    await engine.jobs.lease(tenant, id, { holder: 'one', until: Date.now() + 60_000 }, Date.now());
    const started = performance.now();
    await start(engine, 'one');
    await eventually(() => expect(events).toContain(`${id}/STARTED PENDING`));
    expect(performance.now() - started).toBeLessThan(2000);
  });
});

test('an instance that stops gives its jobs back, so that another takes them up at once', async () => {
  const { engine, events } = await open();
  const { id } = await accept(engine, 10);
  const one = await start(engine);
  await eventually(() => expect(events).toContain(`${id}/STARTED PENDING`));
  const holder = 'other';
  expect(await engine.jobs.lease(tenant, id, { holder, until: Date.now() + 1000 }, Date.now())).toBe(false);
  await one[Symbol.asyncDispose]();
  expect(await engine.jobs.lease(tenant, id, { holder, until: Date.now() + 1000 }, Date.now())).toBe(true);
});

test('a slice whose message never comes is found finished in the job store', async () => {
  const { engine } = await open();
  await applyRows(engine, { isTelling: false });
  const job = await accept(engine, 4000);
  await start(engine);
  await isCut(engine, job, 4);
});

test('a job goes on when the log comes back, however often it could not be reached', async () => {
  const { engine } = await open();
  await applyRows(engine, { isTelling: true });
  const { log } = engine;
  const publish = log.publish.bind(log);
  let failures = 4;
  vi.spyOn(log, 'publish').mockImplementation(async (topic, messages) => {
    if (topic === 'rows.users' && (failures -= 1) >= 0) throw new Error('The log cannot be reached');
    await publish(topic, messages);
  });
  const job = await accept(engine, 4000);
  await start(engine);
  await isCut(engine, job, 4);
});

describe('a slice is dispatched again', () => {
  type Messages = Parameters<Engine['log']['publish']>[1];

  test.each([
    ['was lost', (): Messages => []],
    ['is among the dead letters', (messages: Messages): Messages => messages.map((one) => ({ ...one, value: Buffer.from('torn') }))],
  ])(
    'when it is without its outcomes for long, as its chunk %s, and those behind it come after it',
    { timeout: 60_000 },
    async (_, spoil) => {
      const { engine } = await open();
      await applyRows(engine, { isTelling: true });
      const { log } = engine;
      const publish = log.publish.bind(log);
      let sent = 0;
      vi.spyOn(log, 'publish').mockImplementation(async (topic, messages) => {
        if (topic === 'rows.users') sent += 1;
        await publish(topic, topic === 'rows.users' && sent === 2 ? spoil(messages) : messages);
      });
      const job = await accept(engine, 4000);
      await start(engine, 'one', 1000);
      await isCut(engine, job, 4, 45_000);
      expect(sent).toBeGreaterThan(4);
      expect(await log.deadLetters(10)).toHaveLength(spoil([{ key: '', partition: 0, value: Buffer.of() }]).length);
      expect(await engine.participants.account(tenant, 'account-3999')).toBeDefined();
    },
  );
});

describe('an aborted job', () => {
  async function abort(engine: Engine): Promise<Job> {
    const { id } = await accept(engine, 10);
    const dateCompleted = Date.now();
    const ending = { dateCompleted, dateExpires: dateCompleted + fileRetentionMs, counts: noOutcomes, ignoredFields: [], errorCauses: [] };
    await engine.jobs.finish(tenant, id, { ...ending, status: 'ABORTED' });
    return (await engine.jobs.get(tenant, id)) ?? expect.fail('the job is gone');
  }

  test('that is resumed is told as aborted, whatever was killed at its end, and then as started again', async () => {
    const { engine, events } = await open();
    const job = await abort(engine);
    const resuming = { ...engine, events: new JobEvents({ ...engine, now: Date.now }), fileRetentionMs, now: Date.now };
    expect(await resumeJob(resuming, job)).toMatchObject({ id: job.id, status: 'PENDING', resumptions: 1 });
    await start(engine);
    await eventually(() => expect(events).toEqual([`${job.id}/ABORTED ABORTED`, `${job.id}/STARTED/1 PENDING`]));
    await expect(resumeJob(resuming, job)).rejects.toThrow(`Job ${job.id} is PENDING; only a job that is ABORTED can be resumed.`);
  });

  test('is not resumed when what it would go on from has expired', async () => {
    const { engine } = await open();
    const job = await abort(engine);
    const { dateExpires = 0, plan } = job;
    for (const [time, fileRetentionMs] of [
      [plan.acceptedAt + 1000, 1000],
      [dateExpires, 1e12],
    ] as const) {
      const now = () => time;
      const resuming = { ...engine, events: new JobEvents({ ...engine, now }), fileRetentionMs, now };
      await expect(resumeJob(resuming, job)).rejects.toMatchObject({ code: 'FAILED_PRECONDITION', reason: 'JOB_EXPIRED' });
    }
    expect(await engine.jobs.get(tenant, job.id)).toEqual(job);
  });
});

describe('of a file in UTF-16, whose rows are read from a copy, nothing but the upload is left', () => {
  const utf16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le');
  const filesOf = async ({ dataDir }: Opened): Promise<string[]> =>
    (await readdir(join(dataDir, 'files'), { recursive: true, withFileTypes: true })).flatMap((entry) =>
      entry.isFile() ? [entry.name] : [],
    );

  test('by a validation', async () => {
    const opened = await open();
    const fileRef = await upload(opened.engine, utf16(usersOf(3)));
    const { validation, job } = await validateJob(creating(opened.engine), requestOf(fileRef));
    expect(validation).toMatchObject({ records: 3, invalid: 0 });
    expect(job.source.name).not.toBe(fileRef);
    expect(await filesOf(opened)).toEqual(['users_0.csv']);
  });

  test('by a job that is refused', async () => {
    const opened = await open();
    const fileRef = await upload(opened.engine, utf16('accountId\na1\n'));
    await expect(createJob(creating(opened.engine), requestOf(fileRef))).rejects.toThrow(RequestError);
    expect(await filesOf(opened)).toEqual(['users_0.csv']);
  });

  test('but the one copy of the job, when a request comes twice at a time', async () => {
    const opened = await open();
    const fileRef = await upload(opened.engine, utf16(usersOf(3)));
    const request = requestOf(fileRef, { requestId: 'once' });
    const created = await Promise.all([1, 2, 3].map(() => createJob(creating(opened.engine), request)));
    const copies = new Set(created.map(({ source }) => source.name.split('/').at(-1)));
    expect(copies.size).toBe(1);
    expect((await filesOf(opened)).sort()).toEqual([...copies, 'users_0.csv'].sort());
  });
});
