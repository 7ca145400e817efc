import { buffer } from 'node:stream/consumers';
import { fileStoreContract } from '@advocate/ports/contracts';
import { mongodbUri } from '@advocate/test-servers';
import { GridFSBucket } from 'mongodb';
import { describe, expect, test } from 'vitest';
import { openGridFsFileStore } from './file-store.ts';
import { ownDatabase } from './testing/own-database.ts';

const uri = mongodbUri();
const twoDaysMs = 2 * 24 * 3_600_000;

describe.skipIf(uri === undefined)('MongoDB', () => {
  fileStoreContract('GridFS', async () => {
    const database = await ownDatabase(uri!);
    return { files: openGridFsFileStore(database.db), [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() };
  });

  test('tools of GridFS read the files', async () => {
    await using database = await ownDatabase(uri!);
    const content = Buffer.alloc(2_500_000, 'some text');
    await openGridFsFileStore(database.db).write('a/b.csv', streamOf(content));
    const bucket = new GridFSBucket(database.db);
    expect(content.equals(await buffer(bucket.openDownloadStreamByName('a/b.csv')))).toBe(true);
  });

  test('who reads a file goes on with what it was when it is replaced meanwhile', async () => {
    await using database = await ownDatabase(uri!);
    const files = openGridFsFileStore(database.db);
    const old = Buffer.alloc(5_000_000, 'old');
    await files.write('a', streamOf(old));
    const blocks: Uint8Array[] = [];
    for await (const block of files.read('a')) {
      if (blocks.length === 0) await files.write('a', streamOf(Buffer.from('new')));
      blocks.push(block);
    }
    expect(old.equals(Buffer.concat(blocks))).toBe(true);
    expect(`${await buffer(files.read('a'))}`).toBe('new');
  });

  test('who reads a file that is removed meanwhile is told so', async () => {
    await using database = await ownDatabase(uri!);
    const files = openGridFsFileStore(database.db);
    await files.write('a', streamOf(Buffer.alloc(8_000_000)));
    const reading = files.read('a')[Symbol.asyncIterator]();
    await reading.next();
    await files.remove('a');
    await expect(Array.fromAsync({ [Symbol.asyncIterator]: () => reading })).rejects.toThrow('The file a was removed while it was read');
  });

  test('a day later, what broken-off writes and replaced files left goes with the files that expire, and no write that goes on', async () => {
    await using database = await ownDatabase(uri!);
    const { db } = database;
    const files = openGridFsFileStore(db);
    await files.write('folder/kept', streamOf(Buffer.from('kept')));
    await files.write('folder/replaced', streamOf(Buffer.from('old')));
    await db.collection('fs.files').updateMany({}, { $set: { uploadDate: new Date(Date.now() - twoDaysMs) } });
    await files.write('folder/replaced', streamOf(Buffer.from('new')));
    const breakOff = Promise.withResolvers<never>();
    const brokenOff = files.write('folder/broken-off', brokenOffStream(breakOff.promise)).catch(String);
    await expect.poll(() => db.collection('fs.chunks').countDocuments()).toBe(4);
    await files.write('folder/goes-on', goingOn());

    async function* goingOn() {
      yield Buffer.alloc(1 << 20);
      await expect.poll(() => db.collection('fs.chunks').countDocuments()).toBe(5);
      expect(await files.removeWrittenBefore('folder', Date.now())).toBe(2);
      await db
        .collection('fs.files')
        .updateMany({ filename: 'folder/broken-off' }, { $set: { uploadDate: new Date(Date.now() - twoDaysMs) } });
      expect(await files.removeWrittenBefore('folder', Date.now())).toBe(0);
      yield Buffer.from('rest');
    }

    expect(await db.collection('fs.files').distinct('filename')).toEqual(['folder/goes-on']);
    expect(await db.collection('fs.chunks').countDocuments()).toBe(2);
    breakOff.reject(new Error('broken off'));
    expect(await brokenOff).toBe('Error: broken off');
    expect(await files.stat('folder/goes-on')).toEqual({ bytes: (1 << 20) + 4 });
  });

  test('a write that was given up as abandoned fails', async () => {
    await using database = await ownDatabase(uri!);
    const { db } = database;
    const files = openGridFsFileStore(db);
    await expect(files.write('folder/late', late())).rejects.toThrow('The file folder/late took too long to write, and was given up');
    expect(await files.stat('folder/late')).toBeUndefined();
    for (const collection of ['fs.files', 'fs.chunks']) expect(await db.collection(collection).countDocuments()).toBe(0);

    async function* late() {
      yield Buffer.alloc(3 << 20);
      await db.collection('fs.files').updateMany({}, { $set: { uploadDate: new Date(Date.now() - twoDaysMs) } });
      await files.removeWrittenBefore('folder', Date.now());
      yield Buffer.alloc(3 << 20);
    }
  });
});

async function* streamOf(...blocks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* blocks;
}

async function* brokenOffStream(breakOff: Promise<never>): AsyncGenerator<Uint8Array> {
  yield Buffer.alloc(1 << 20);
  await breakOff;
}
