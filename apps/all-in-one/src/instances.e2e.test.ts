import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, onTestFinished, test } from 'vitest';
import { JobEvent } from '@advocate/contracts';
import { startDeletion } from '@advocate/deletion';
import { defaultTenantSettings } from '@advocate/domain';
import { openEmbeddedEngine } from '@advocate/embedded';
import { startIngestion } from '@advocate/ingestion';
import { startNotification } from '@advocate/notification';
import { startParticipant } from '@advocate/participant';
import type { Engine } from '@advocate/ports';
import { createLogger, defaultFilePolicy, startGrpcServer } from '@advocate/service';
import { holdWrites } from './testing/hold-writes.ts';
import { peek } from './testing/peek.ts';
import { temporaryFolder } from './testing/start-suite.ts';
import type { Import } from './testing/suite-client.ts';
import { SuiteClient, until } from './testing/suite-client.ts';

const logger = createLogger('test', 'silent');
const rows = 60_000;
const usersOf = (count: number): string =>
  `accountId,id\n${Array.from({ length: count }, (_, index) => `account-${index},user`).join('\n')}\n`;

interface Shared {
  readonly dataDir: string;
  readonly engine: Engine;
  /** The public events so far but progress, as `{type} {status}`, and the rows that progress told. */
  readonly events: string[];
  readonly progress: number[];
}

/** One engine, with two instances of every service but ingestion. */
async function share(): Promise<Shared> {
  const dataDir = await temporaryFolder();
  const resources = new AsyncDisposableStack();
  onTestFinished(() => resources.disposeAsync());
  const engine = resources.use(await openEmbeddedEngine({ dataDir, partitions: 4 }));
  const events: string[] = [];
  const progress: number[] = [];
  await engine.log.consume('advocate.job-events', 'test', async ({ value }) => {
    const { type, job } = JobEvent.decode(value);
    if (type === 'PROGRESS') progress.push(job?.stats?.recordsProcessed ?? 0);
    else events.push(`${type} ${job?.status}`);
  });
  for (const start of [startParticipant, startDeletion]) {
    for (let count = 0; count < 2; count += 1) resources.use(await start({ ...engine, logger }));
  }
  for (let count = 0; count < 2; count += 1) {
    resources.use(
      await startNotification({ ...engine, instance: `notification-${count}`, filePolicy: defaultFilePolicy, now: Date.now, logger }),
    );
  }
  return { dataDir, engine, events, progress };
}

interface Instance extends AsyncDisposable {
  readonly client: SuiteClient;
}

async function startInstance({ engine }: Shared, instance: string, now: () => number = Date.now): Promise<Instance> {
  const resources = new AsyncDisposableStack();
  onTestFinished(() => resources.disposeAsync());
  const options = { instance, settings: defaultTenantSettings, maxFileBytes: 100_000_000, filePolicy: defaultFilePolicy, now, logger };
  const ingestion = resources.use(await startIngestion({ ...engine, ...options }));
  const server = resources.use(await startGrpcServer('127.0.0.1', 0, ingestion.grpc));
  const client = resources.use(new SuiteClient(server.port));
  return { client, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Starts ingestion in a process of its own; `kill` is SIGKILL. */
async function spawnInstance({ dataDir }: Shared, instance: string): Promise<{ readonly client: SuiteClient; kill(): Promise<void> }> {
  const fixture = join(import.meta.dirname, 'testing', 'ingestion.fixture.ts');
  const child = spawn(process.execPath, [fixture, dataDir, instance], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exit = once(child, 'exit');
  onTestFinished(() => void child.kill('SIGKILL'));
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string];
  const client = new SuiteClient(Number(port));
  const kill = async (): Promise<void> => {
    client[Symbol.dispose]();
    child.kill('SIGKILL');
    await exit;
  };
  return { client, kill };
}

/** Resolves when the lease of a job was renewed twice: all that an instance does when it renews its leases has been done by then. */
async function twoRenewals({ dataDir }: Shared, jobId: string): Promise<void> {
  const lease = (): unknown => {
    using jobs = new DatabaseSync(join(dataDir, 'jobs.db'), { readOnly: true, timeout: 1000 });
    return jobs.prepare('SELECT lease_until FROM job WHERE id = ?').get(jobId)?.lease_until;
  };
  for (const renewal of ['one renewal of the lease', 'the next one']) {
    const before = lease();
    await until(() => lease() !== before || undefined, renewal);
  }
}

function expectWhole({ job, results, errors }: Import, count = rows): void {
  expect(job).toMatchObject({ status: 'COMPLETED', stats: { recordsTotal: count, recordsProcessed: count, created: count, errors: 0 } });
  expect(errors).toBeUndefined();
  const accounts = results
    ?.trimEnd()
    .split('\n')
    .slice(1)
    .map((line) => line.split(',')[1]);
  expect(accounts).toEqual(Array.from({ length: count }, (_, index) => `account-${index}`));
}

describe('with several instances of every service over one engine', () => {
  test('jobs that both instances accept have each row applied once, one end each, and progress that only grows', async () => {
    const shared = await share();
    const one = await startInstance(shared, 'one');
    const two = await startInstance(shared, 'two');
    const users = await one.client.start(usersOf(rows));
    await until(() => peek(shared.dataDir, users.id).outcomes > 0 || undefined, 'some outcomes');
    const held = holdWrites(shared.dataDir, 'participants.db');
    await until(() => shared.progress.length > 0 || undefined, 'progress that is told');
    held[Symbol.dispose]();
    expectWhole(await two.client.outcome(users.name));
    await until(() => shared.events.length === 3 || undefined, 'the event of its end');
    expect(shared.progress).toEqual(shared.progress.toSorted((some, other) => some - other));
    const deletions = await two.client.start(usersOf(rows), { type: 'USER_DELETIONS' });
    expect(await one.client.ended(deletions.name)).toMatchObject({ status: 'COMPLETED', stats: { deleted: rows, errors: 0 } });
    const once = ['CREATED PENDING', 'STARTED PENDING', 'COMPLETED COMPLETED'];
    await until(() => shared.events.length >= 6 || undefined, 'the last event');
    expect(shared.events).toEqual([...once, ...once]);
  });

  test('a job goes on in another instance at once when its own is stopped', async () => {
    const shared = await share();
    const one = await startInstance(shared, 'one');
    const two = await startInstance(shared, 'two');
    const { name, id } = await one.client.start(usersOf(rows));
    await until(() => peek(shared.dataDir, id).slices > 3 || undefined, 'some slices are dispatched');
    await one[Symbol.asyncDispose]();
    const { slices, phase } = peek(shared.dataDir, id);
    expect(phase).toBe('applying');
    const stopped = performance.now();
    await until(() => peek(shared.dataDir, id).slices > slices || undefined, 'a slice that the other instance dispatched');
    expect(performance.now() - stopped, 'milliseconds').toBeLessThan(6_000);
    expectWhole(await two.client.outcome(name));
  });

  test('a job goes on in another instance when its own is killed', async () => {
    const shared = await share();
    const one = await spawnInstance(shared, 'one');
    const two = await startInstance(shared, 'two');
    const { name, id } = await one.client.start(usersOf(rows));
    await until(() => peek(shared.dataDir, id).slices > 3 || undefined, 'some slices are dispatched');
    await one.kill();
    expect(peek(shared.dataDir, id).phase).toBe('applying');
    expectWhole(await two.client.outcome(name));
    await until(() => shared.events.at(-1) === 'COMPLETED COMPLETED' || undefined, 'the last event');
    expect(shared.events).toEqual(['CREATED PENDING', 'STARTED PENDING', 'COMPLETED COMPLETED']);
  });

  test('a job is right though two instances drive it, as one believes that the other is gone', async () => {
    const shared = await share();
    const one = await startInstance(shared, 'one');
    const held = holdWrites(shared.dataDir, 'participants.db');
    const { name, id } = await one.client.start(usersOf(rows));
    await until(() => peek(shared.dataDir, id).slices === 7 || undefined, 'all slices in flight that may be');
    // By its clock, every lease has run out.
    const two = await startInstance(shared, 'two', () => Date.now() + 60_000);
    // The first finds out when it would renew its own, and lets go.
    await twoRenewals(shared, id);
    held[Symbol.dispose]();
    expectWhole(await two.client.outcome(name));
  });

  test('a cancellation reaches the job in whatever instance it is driven', async () => {
    const shared = await share();
    const one = await startInstance(shared, 'one');
    const two = await startInstance(shared, 'two');
    const held = holdWrites(shared.dataDir, 'participants.db');
    const { name, id } = await one.client.start(usersOf(rows));
    await until(() => peek(shared.dataDir, id).slices === 7 || undefined, 'all slices in flight that may be');
    await two.client.ask('cancelImportJob', { name });
    // The wish is seen when the lease is renewed.
    await twoRenewals(shared, id);
    held[Symbol.dispose]();
    expect(await one.client.ended(name)).toMatchObject({ status: 'CANCELLED', stats: { recordsProcessed: 47_500, created: 47_500 } });
  });
});
