import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { openEmbeddedEngine } from '@advocate/embedded';
import type { FileStore } from '@advocate/ports';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { UploadKey } from './resumable-uploads.ts';
import { partBytes, ResumableUploads } from './resumable-uploads.ts';

const maxFileBytes = 400_000_000;

interface Opened {
  readonly uploads: ResumableUploads;
  readonly files: FileStore;
  /** The names of all files that are stored. */
  stored(): Promise<string[]>;
}

async function open(): Promise<Opened> {
  const dataDir = await mkdtemp(join(tmpdir(), 'uploads-'));
  const engine = await openEmbeddedEngine({ dataDir });
  onTestFinished(async () => {
    await engine[Symbol.asyncDispose]();
    await rm(dataDir, { recursive: true });
  });
  const { files } = engine;
  const root = join(dataDir, 'files');
  const stored = async (): Promise<string[]> =>
    (await readdir(root, { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
      .toSorted();
  return { uploads: new ResumableUploads(files, maxFileBytes), files, stored };
}

const content = Buffer.from(Uint8Array.from({ length: 2 * partBytes + 1_234_567 }, (_, i) => (i * i) >>> 7));

/** A part of the content in blocks of a size that divides nothing. */
async function* blocks(start: number, end = content.length): AsyncGenerator<Uint8Array> {
  for (let at = start; at < end; at += 65_537) yield content.subarray(at, Math.min(at + 65_537, end));
}

async function* brokenOff(start: number, end: number): AsyncGenerator<Uint8Array> {
  yield* blocks(start, end);
  throw new Error('broken off');
}

const notesOf = ({ id }: UploadKey) => [`uploads/acme/${id}/finished`, `uploads/acme/${id}/start`];

const startUpload = ({ uploads }: Opened) => uploads.start('acme', 'users.csv', content.length);

const contentOf = async (files: FileStore, name: string): Promise<Buffer> =>
  Buffer.concat(await Array.fromAsync(files.read(name), (block) => Buffer.from(block)));

const sha256 = createHash('sha256').update(content).digest('hex');

describe('an upload', () => {
  test('that was broken off twice goes on where it stands, and is one file in the end', async () => {
    const opened = await open();
    const { uploads, files, stored } = opened;
    const upload = await startUpload(opened);
    expect(upload).toMatchObject({ tenant: 'acme', filename: 'users.csv', sizeBytes: content.length, storedBytes: 0 });
    await expect(uploads.continue(upload, 0, brokenOff(0, partBytes + 1_000_000))).rejects.toThrow('broken off');
    expect(await uploads.get(upload)).toEqual({ ...upload, storedBytes: partBytes });
    // A client may also end its stream early, without an error.
    expect(await uploads.continue(upload, partBytes, blocks(partBytes, 2 * partBytes + 5))).toMatchObject({ storedBytes: 2 * partBytes });
    expect(await uploads.get(upload)).toMatchObject({ storedBytes: 2 * partBytes });
    expect(await uploads.continue(upload, 2 * partBytes, blocks(2 * partBytes))).toEqual({ ...upload, storedBytes: content.length });
    const finished = await uploads.finish(upload);
    expect(finished).toEqual({ fileRef: `imports/acme/users_${upload.id}.csv`, bytes: content.length, sha256 });
    expect(content.equals(await contentOf(files, finished.fileRef))).toBe(true);
    expect(await stored()).toEqual([finished.fileRef, ...notesOf(upload)]);
    expect(await uploads.get(upload)).toMatchObject({ storedBytes: content.length });
    expect(await uploads.continue(upload, content.length, blocks(content.length))).toMatchObject({ storedBytes: content.length });
    expect(await uploads.finish(upload)).toEqual(finished);
  });

  test('of a whole number of parts ends with the last of them', async () => {
    const { uploads } = await open();
    const upload = await uploads.start('acme', 'users.csv', 2 * partBytes);
    expect(await uploads.continue(upload, 0, blocks(0, 2 * partBytes))).toMatchObject({ storedBytes: 2 * partBytes });
    expect(await uploads.finish(upload)).toMatchObject({ bytes: 2 * partBytes });
  });

  test('is not gone on with from elsewhere, and the refusal names the place', async () => {
    const opened = await open();
    const { uploads } = opened;
    const upload = await startUpload(opened);
    await uploads.continue(upload, 0, blocks(0, partBytes));
    for (const offset of [0, partBytes - 1, partBytes + 1, -1, Number.NaN]) {
      await expect(uploads.continue(upload, offset, blocks(0))).rejects.toMatchObject({
        code: 'OUT_OF_RANGE',
        message: `The upload stands at offset 4194304, not ${offset}; go on from there.`,
      });
    }
    expect(await uploads.get(upload)).toMatchObject({ storedBytes: partBytes });
  });

  test('is not finished while bytes are missing', async () => {
    const opened = await open();
    const { uploads, stored } = opened;
    const upload = await startUpload(opened);
    await uploads.continue(upload, 0, blocks(0, partBytes));
    const before = await stored();
    await expect(uploads.finish(upload)).rejects.toMatchObject({
      code: 'FAILED_PRECONDITION',
      message: `The upload has 4194304 of ${content.length} bytes; go on from offset 4194304, then finish it.`,
    });
    expect(await stored()).toEqual(before);
  });

  test('takes no more bytes than were announced', async () => {
    const { uploads } = await open();
    const upload = await uploads.start('acme', 'users.csv', 1000);
    await expect(uploads.continue(upload, 0, blocks(0, 1001))).rejects.toMatchObject({ reason: 'UPLOAD_TOO_LONG' });
  });

  test.for([
    [0, 'The file is empty (0 bytes).'],
    [-1, 'The file is empty (0 bytes).'],
    [maxFileBytes + 1, 'The file is larger than 400 MB. Split it into smaller files, each with the header.'],
  ] as const)('of %d bytes is refused at its start', async ([sizeBytes, message]) => {
    const { uploads, stored } = await open();
    await expect(uploads.start('acme', 'users.csv', sizeBytes)).rejects.toMatchObject({ code: 'INVALID_ARGUMENT', message });
    expect(await stored()).toEqual([]);
  });

  test('is its tenant’s own', async () => {
    const opened = await open();
    const { uploads } = opened;
    const theirs = { ...(await startUpload(opened)), tenant: 'other' };
    for (const call of [() => uploads.get(theirs), () => uploads.continue(theirs, 0, blocks(0)), () => uploads.finish(theirs)]) {
      await expect(call()).rejects.toMatchObject({ code: 'NOT_FOUND', reason: 'UPLOAD_NOT_FOUND' });
    }
  });

  test('of a large file takes the memory of a part', { timeout: 60_000 }, async () => {
    const { uploads, files } = await open();
    const [blockBytes, count] = [1 << 20, 256];
    const block = Buffer.alloc(blockBytes, 'x');
    let most = 0;
    async function* many(): AsyncGenerator<Uint8Array> {
      for (let sent = 0; sent < count; sent += 1) {
        most = Math.max(most, process.memoryUsage().arrayBuffers);
        yield block;
      }
    }
    const before = process.memoryUsage().arrayBuffers;
    const upload = await uploads.start('acme', 'users.csv', blockBytes * count);
    await uploads.continue(upload, 0, many());
    const { read } = files;
    vi.spyOn(files, 'read').mockImplementation(async function* (...place) {
      for await (const bytes of read.apply(files, place)) {
        most = Math.max(most, process.memoryUsage().arrayBuffers);
        yield bytes;
      }
    });
    await uploads.finish(upload);
    expect(most - before).toBeLessThan(32 << 20);
  });
});

describe('the end of an upload', () => {
  async function uploaded(opened: Opened) {
    const upload = await startUpload(opened);
    await opened.uploads.continue(upload, 0, blocks(0));
    return upload;
  }

  test.for(['write', 'remove'] as const)('that a crash left half done at any %s is done again, with the same file', async (step) => {
    for (let survived = 0; ; survived += 1) {
      const opened = await open();
      const { uploads, files, stored } = opened;
      const upload = await uploaded(opened);
      let calls = 0;
      const perform = files[step].bind(files) as (...call: unknown[]) => Promise<never>;
      const crash = vi.spyOn(files, step).mockImplementation(async (...call: unknown[]) => {
        if ((calls += 1) > survived) throw new Error('crashed');
        return perform(...call);
      });
      const first = await uploads.finish(upload).catch(() => undefined);
      crash.mockRestore();
      const again = await uploads.finish(upload);
      expect(again).toEqual({ fileRef: `imports/acme/users_${upload.id}.csv`, bytes: content.length, sha256 });
      expect(content.equals(await contentOf(files, again.fileRef))).toBe(true);
      expect(await stored()).toEqual([again.fileRef, ...notesOf(upload)]);
      if (first !== undefined) {
        expect(first).toEqual(again);
        expect(survived, 'crashes that were tried').toBe(3);
        return;
      }
    }
  });

  test('stays known when one who goes on with the upload has not heard of it', async () => {
    const opened = await open();
    const { uploads, files, stored } = opened;
    const upload = await startUpload(opened);
    await uploads.continue(upload, 0, blocks(0, 2 * partBytes));
    const { promise: mayGoOn, resolve: goOn } = Promise.withResolvers<void>();
    const { promise: isHeld, resolve: hold } = Promise.withResolvers<void>();
    const write = vi.spyOn(files, 'write').mockImplementationOnce(async (name, bytes) => {
      hold();
      await mayGoOn;
      return files.write(name, bytes);
    });
    const late = uploads.continue(upload, 2 * partBytes, blocks(2 * partBytes));
    await isHeld;
    await uploads.continue(upload, 2 * partBytes, blocks(2 * partBytes));
    const finished = await uploads.finish(upload);
    goOn();
    await late;
    write.mockRestore();
    expect(await uploads.get(upload)).toMatchObject({ storedBytes: content.length, sha256 });
    expect(await uploads.finish(upload)).toEqual(finished);
    expect(content.equals(await contentOf(files, finished.fileRef))).toBe(true);
    expect(await stored()).toEqual([finished.fileRef, ...notesOf(upload)]);
  });

  test('that is asked for several times at once comes out the same', async () => {
    const opened = await open();
    const { uploads, files, stored } = opened;
    const upload = await uploaded(opened);
    const finished = await Promise.all(Array.from({ length: 4 }, () => uploads.finish(upload)));
    const { fileRef } = finished[0]!;
    expect(new Set(finished.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(content.equals(await contentOf(files, fileRef))).toBe(true);
    expect(await stored()).toEqual([fileRef, ...notesOf(upload)]);
  });
});

describe('uploads that were given up', () => {
  const later = () => Date.now() + 60_000;

  test('are removed with their parts, and what was made of finished ones stays', async () => {
    const opened = await open();
    const { uploads, stored } = opened;
    const finished = await uploads.start('acme', 'a.csv', 10);
    await uploads.continue(finished, 0, blocks(0, 10));
    const { fileRef } = await uploads.finish(finished);
    const upload = await startUpload(opened);
    await uploads.continue(upload, 0, blocks(0, partBytes));
    await uploads.removeAbandoned(Date.now() - 60_000);
    expect(await uploads.get(upload)).toMatchObject({ storedBytes: partBytes });
    // The parts of one whose start went at the same time may go with the next look.
    for (let look = 0; look < 2; look += 1) await uploads.removeAbandoned(later());
    expect(await stored()).toEqual([fileRef]);
    await expect(uploads.get(upload)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });

  test('are not those that were continued since, however old their first parts are', async () => {
    const opened = await open();
    const { uploads } = opened;
    const upload = await startUpload(opened);
    await uploads.continue(upload, 0, blocks(0, partBytes));
    // Times of files may be coarse.
    const between = Date.now() + 50;
    await pause(100);
    await uploads.continue(upload, partBytes, blocks(partBytes, 2 * partBytes));
    await uploads.removeAbandoned(between);
    expect(await uploads.get(upload)).toMatchObject({ storedBytes: 2 * partBytes });
    await uploads.continue(upload, 2 * partBytes, blocks(2 * partBytes));
    expect(await uploads.finish(upload)).toMatchObject({ sha256 });
  });
});
