import { mongodbUri } from '@advocate/test-servers';
import { describe, expect, onTestFinished, test } from 'vitest';
import { connectMongodb } from './connection.ts';
import { withRetry } from './retry.ts';
import { ownDatabase } from './testing/own-database.ts';

const uri = mongodbUri();

describe.skipIf(uri === undefined)('a connection', () => {
  test('takes the database that the URI names, unless another one is given', async () => {
    const named = new URL(uri!);
    named.pathname = '/test-named';
    {
      await using connection = await connectMongodb({ uri: named.href });
      expect(connection.db.databaseName).toBe('test-named');
      await connection.db.dropDatabase();
    }
    await using connection = await connectMongodb({ uri: named.href, database: 'test-given' });
    expect(connection.db.databaseName).toBe('test-given');
    await connection.db.dropDatabase();
  });

  test('is made by several processes at a time to a database that is new', async () => {
    const database = `test-${crypto.randomUUID()}`;
    const connections = await Promise.all(Array.from({ length: 4 }, () => connectMongodb({ uri: uri!, database })));
    onTestFinished(async () => {
      await connections[0]!.db.dropDatabase();
      for (const connection of connections) await connection[Symbol.asyncDispose]();
    });
    const indexes = await connections[0]!.db.collection('jobs').indexes();
    expect(indexes.map(({ name }) => name).toSorted()).toEqual([
      '_id_',
      'expiresAt_1',
      'job.fileRef_1',
      'job.source.name_1',
      'open_1_acceptedAt_1__id_1',
      'tenant_1_acceptedAt_-1__id_-1',
      'tenant_1_job.plan.type_1_acceptedAt_-1__id_-1',
      'tenant_1_job.status_1_acceptedAt_-1__id_-1',
    ]);
    expect(await connections[0]!.db.collection('schema').find().toArray()).toMatchObject([{ _id: 'schema' }]);
  });

  test('is refused to a database of a newer version, with what to do', async () => {
    await using database = await ownDatabase(uri!);
    await database.db.collection<{ _id: string }>('schema').updateOne({ _id: 'schema' }, { $set: { version: 99 } });
    await expect(database.peer()).rejects.toThrow(
      /^The database test-\S+ was written by a newer version of Advocate Bulk \(schema 99, this version knows \d+\)\. Run that version\.$/,
    );
  });

  test('is of no use any more when it was disposed of', async () => {
    await using database = await ownDatabase(uri!);
    const connection = await database.peer();
    await connection[Symbol.asyncDispose]();
    await expect(withRetry(() => connection.db.collection('jobs').findOne())).rejects.toThrow('Client must be connected');
  });
});
