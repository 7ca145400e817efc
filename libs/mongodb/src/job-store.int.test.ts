import { randomBytes } from 'node:crypto';
import { noOutcomes } from '@advocate/domain';
import { jobStoreContract } from '@advocate/ports/contracts';
import { mongodbUri } from '@advocate/test-servers';
import { buildJob } from '@advocate/testing';
import { describe, expect, test } from 'vitest';
import { openMongodbJobStore } from './job-store.ts';
import { migrate } from './migrations.ts';
import { ownDatabase } from './testing/own-database.ts';

const uri = mongodbUri();

describe.skipIf(uri === undefined)('MongoDB', () => {
  jobStoreContract('MongoDB', async () => {
    const database = await ownDatabase(uri!);
    const peer = await database.peer();
    return {
      store: openMongodbJobStore(database.db),
      peer: openMongodbJobStore(peer.db),
      [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
    };
  });

  test('an outcome may be larger than a document', async () => {
    await using database = await ownDatabase(uri!);
    const store = openMongodbJobStore(database.db);
    const large = randomBytes(26_000_000);
    const counts = { ...noOutcomes, created: 1 };
    const place = { tenant: 'acme', jobId: 'job-1', slice: 0, sliceChunks: 2 };
    await store.putOutcome({ ...place, partition: 2, counts, storedAt: 0, outcome: large });
    await store.putOutcome({ ...place, partition: 1, counts, storedAt: 0, outcome: Buffer.from('small') });
    const [first, second] = await store.outcomes('job-1', 0);
    expect(Buffer.from(first!).toString()).toBe('small');
    expect(large.equals(second!)).toBe(true);
  });

  test('an outcome that was not stored whole is none, until it is stored again', async () => {
    await using database = await ownDatabase(uri!);
    const store = openMongodbJobStore(database.db);
    const place = { tenant: 'acme', jobId: 'job-1', slice: 0, partition: 2, sliceChunks: 1 };
    const outcome = { ...place, counts: noOutcomes, storedAt: 0, outcome: randomBytes(13 << 20) };
    await store.putOutcome(outcome);
    await database.db.collection<{ _id: string }>('outcomes').deleteOne({ _id: 'job-1/0/2/1' });
    expect(await store.outcomes('job-1', 0)).toHaveLength(0);
    await store.putOutcome(outcome);
    expect(await store.outcomes('job-1', 0)).toHaveLength(1);
  });

  test('a job whose creator crashed after it took the request id is created by whoever asks for it next', async () => {
    await using database = await ownDatabase(uri!);
    const store = openMongodbJobStore(database.db);
    const job = buildJob();
    await store.create(job, 'request');
    await database.db.collection<{ _id: string }>('jobs').deleteOne({ _id: 'acme/job-1' });
    expect(await store.ofRequest('acme', 'request')).toEqual(job);
    expect(await store.unfinished()).toEqual([job]);
  });

  test('the files of jobs that ended under the first version are kept for the time that was promised', async () => {
    await using database = await ownDatabase(uri!);
    const { db } = database;
    const store = openMongodbJobStore(db);
    await store.create(buildJob({ status: 'COMPLETED', dateCompleted: 1000 }), undefined);
    await store.create(buildJob({ id: 'pending' }), undefined);
    await db.collection('jobs').updateMany({}, { $unset: { expiresAt: 1 }, $set: { outcomesSince: 1000 } });
    await db.collection<{ _id: string }>('schema').updateOne({ _id: 'schema' }, { $set: { version: 1 } });
    for (let times = 0; times < 2; times += 1) await migrate(db);
    const expires = 1000 + 30 * 24 * 3600 * 1000;
    expect(await store.expired(expires - 1, 10)).toEqual([]);
    expect(await store.expired(expires, 10)).toMatchObject([{ id: 'job-1', dateExpires: expires }]);
  });

  test('so are those of jobs that the first version ends beside this one, and their mails say until when', async () => {
    await using database = await ownDatabase(uri!);
    const { db } = database;
    const store = openMongodbJobStore(db);
    for (const id of ['job-1', 'job-2']) await store.create(buildJob({ id }), undefined);
    const ended = { 'job.status': 'COMPLETED', 'job.dateCompleted': 1000, 'job.mailOwed': true };
    await db.collection<{ _id: string }>('jobs').updateOne({ _id: 'acme/job-1' }, { $set: ended });
    const dateExpires = 1000 + 30 * 24 * 3600 * 1000;
    expect(await store.get('acme', 'job-1')).toMatchObject({ dateExpires });
    expect(await store.list('acme', 10)).toMatchObject([{ id: 'job-2' }, { id: 'job-1', dateExpires }]);
    expect(await store.expired(dateExpires - 1, 10)).toEqual([]);
    expect(await store.expired(dateExpires, 10)).toMatchObject([{ id: 'job-1', dateExpires }]);
    expect(await store.takeMail('acme', 'job-1', { holder: 'one', until: 10 }, 0)).toMatchObject({ dateExpires });
    expect((await store.expired(dateExpires, 10)).map(({ id }) => id)).toEqual(['job-1']);
    await store.expire('acme', 'job-1');
    expect(await store.expired(dateExpires, 10)).toEqual([]);
  });

  test('a job whose removal was broken off sends no mail, and is removed by the next try', async () => {
    await using database = await ownDatabase(uri!);
    const { db } = database;
    const store = openMongodbJobStore(db);
    await store.create(buildJob({ status: 'COMPLETED', mailtoEmail: 'ann@example.com', mailOwed: true }), undefined);
    const collection = (name: string): unknown =>
      name === 'jobRequests' ? { deleteMany: () => Promise.reject(new Error('killed')) } : db.collection(name);
    const dying = openMongodbJobStore(Object.assign(Object.create(db) as typeof db, { collection }));
    await expect(dying.remove('acme', 'job-1')).rejects.toThrow('killed');
    expect(await store.takeMail('acme', 'job-1', { holder: 'one', until: 10 }, 0)).toBeUndefined();
    expect(await store.unfinished()).toEqual([]);
    expect(await store.remove('acme', 'job-1')).toBe(true);
    expect(await store.wasRemoved('acme', 'job-1')).toBe(true);
  });
});
