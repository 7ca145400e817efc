import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { zstdDecompressSync } from 'node:zlib';
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

  test('tools of GridFS and zstd read the files, which are stored small', async () => {
    await using database = await ownDatabase(uri!);
    const content = Buffer.concat([Buffer.alloc(2_500_000, 'some text'), randomBytes(2_500_000)]);
    await openGridFsFileStore(database.db).write('a/b.csv', streamOf(content));
    const bucket = new GridFSBucket(database.db);
    const [stored] = await bucket.find({ filename: 'a/b.csv' }).toArray();
    expect(stored).toMatchObject({ metadata: { compression: 'zstd' } });
    const compressed = await buffer(bucket.openDownloadStreamByName('a/b.csv'));
    expect(compressed.length).toBeLessThan(2_600_000);
    expect(content.equals(zstdDecompressSync(compressed))).toBe(true);
  });

  test('a range is read from the blocks that hold it', async () => {
    await using database = await ownDatabase(uri!);
    const { db } = database;
    const files = openGridFsFileStore(db);
    const content = randomBytes(5_000_000);
    await files.write('a', streamOf(content));
    await db.collection('fs.chunks').deleteMany({ n: { $in: [0, 1, 4] } });
    const range = { start: (2 << 20) + 100_000, end: (3 << 20) - 200_000 };
    expect(content.subarray(range.start, range.end).equals(await buffer(files.read('a', range)))).toBe(true);
  });

  test('who reads a file goes on with what it was when it is replaced meanwhile', async () => {
    await using database = await ownDatabase(uri!);
    const files = openGridFsFileStore(database.db);
    const old = randomBytes(5_000_000);
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
    await files.write('a', streamOf(randomBytes(8_000_000)));
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
      yield randomBytes(2 << 20);
      await expect.poll(() => db.collection('fs.chunks').countDocuments()).toBe(5);
      expect(await files.removeWrittenBefore('folder', Date.now())).toBe(2);
      await db
        .collection('fs.files')
        .updateMany({ filename: 'folder/broken-off' }, { $set: { uploadDate: new Date(Date.now() - twoDaysMs) } });
      expect(await files.removeWrittenBefore('folder', Date.now())).toBe(0);
      yield Buffer.from('rest');
    }

    expect(await db.collection('fs.files').distinct('filename')).toEqual(['folder/goes-on']);
    expect(await db.collection('fs.chunks').countDocuments()).toBe(3);
    breakOff.reject(new Error('broken off'));
    expect(await brokenOff).toBe('Error: broken off');
    expect(await files.stat('folder/goes-on')).toEqual({ bytes: (2 << 20) + 4 });
  });

  test('a write that was given up as abandoned fails', async () => {
    await using database = await ownDatabase(uri!);
    const { db } = database;
    const files = openGridFsFileStore(db);
    await expect(files.write('folder/late', late())).rejects.toThrow('The file folder/late took too long to write, and was given up');
    expect(await files.stat('folder/late')).toBeUndefined();
    for (const collection of ['fs.files', 'fs.chunks']) expect(await db.collection(collection).countDocuments()).toBe(0);

    async function* late() {
      yield randomBytes(3 << 20);
      await db.collection('fs.files').updateMany({}, { $set: { uploadDate: new Date(Date.now() - twoDaysMs) } });
      await files.removeWrittenBefore('folder', Date.now());
      yield randomBytes(3 << 20);
    }
  });
});

async function* streamOf(...blocks: Uint8Array[]): AsyncGenerator<Uint8Array> {
  yield* blocks;
}

async function* brokenOffStream(breakOff: Promise<never>): AsyncGenerator<Uint8Array> {
  yield randomBytes(2 << 20);
  await breakOff;
}
