import { createHash } from 'node:crypto';
import { FileNotFoundError, requireFileName, type FileStore, type StoredFile } from '@advocate/ports';
import { type Collection, type Db, ObjectId } from 'mongodb';
import { compress, decompress } from './compression.ts';
import { idsUnder, insertUnlessThere } from './documents.ts';
import { withRetry } from './retry.ts';

/**
 * Opens the files of a database. Each is stored compressed as a file of GridFS, so that its tools read it, and `zstd -d` what they read: tables shrink to a
 * fifth or less, and so does what is sent, logged and synced for them. Blocks are written and read one by one: GridFS's own streams end with the connection.
 *
 * A content is written under an id of its own, and then the name is pointed to it. The content that the name had before stays until it expires, for
 * those who are reading it.
 */
export function openGridFsFileStore(db: Db): FileStore {
  return new GridFsFileStore(db);
}

interface NameDocument {
  /** The file's name. */
  readonly _id: string;
  readonly content: ObjectId;
  readonly bytes: number;
  /** Bytes of each frame but the last, before they were compressed. */
  readonly frameBytes: number;
  /** Where each frame ends in the content. */
  readonly frameEnds: readonly number[];
  readonly written: Date;
}

/** A file as it was stored: in frames, each compressed on its own, so that a range is read without what is before it. */
interface StoredContent extends StoredFile {
  readonly frameEnds: readonly number[];
}

/** A file of GridFS, noted before its first block is written. */
interface ContentDocument {
  readonly _id: ObjectId;
  readonly filename: string;
  readonly chunkSize: number;
  /** When the writing began; then when it was completed. */
  readonly uploadDate: Date;
  /** Set when it is completed; of the content as it is stored. */
  readonly length?: number;
  readonly metadata: { readonly compression: 'zstd' };
  /** Set when it is about to be removed. */
  readonly removed?: true;
}

/** A chunk of GridFS; the suite has another meaning for that word. */
interface BlockDocument {
  readonly _id: ObjectId;
  readonly files_id: ObjectId;
  readonly n: number;
  readonly data: Uint8Array;
}

const frameBytes = 1 << 20;
const blockBytes = 1 << 20;

/** Blocks of one file that are on their way at a time. */
const concurrency = 3;

/** How long a write may take, and a read of a content that was replaced. */
const abandonedMs = 24 * 3_600_000;

class GridFsFileStore implements FileStore {
  readonly #names: Collection<NameDocument>;
  readonly #contents: Collection<ContentDocument>;
  readonly #blocks: Collection<BlockDocument>;

  constructor(db: Db) {
    this.#names = db.collection('fileNames');
    this.#contents = db.collection('fs.files');
    this.#blocks = db.collection('fs.chunks');
  }

  async write(name: string, content: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    requireFileName(name);
    const id = new ObjectId();
    const begun = { _id: id, filename: name, chunkSize: blockBytes, uploadDate: new Date(), metadata: { compression: 'zstd' } } as const;
    await withRetry(() => insertUnlessThere(this.#contents, begun));
    try {
      const { frameEnds, ...stored } = await this.#writeContent(id, content);
      await this.#complete(id, name, { bytes: stored.bytes, frameEnds });
      return stored;
    } catch (error) {
      // What cannot be removed now is when it expires.
      await this.#removeContent(id).catch(() => {});
      throw error;
    }
  }

  async #writeContent(id: ObjectId, content: AsyncIterable<Uint8Array>): Promise<StoredContent> {
    const hash = createHash('sha256');
    const frameEnds: number[] = [];
    let bytes = 0;
    async function* frames(): AsyncGenerator<Uint8Array> {
      // One is compressed while the next one comes.
      let compressing: Promise<Uint8Array> | undefined;
      for await (const data of inPieces(content, () => frameBytes)) {
        hash.update(data);
        bytes += data.length;
        const next = awaitedLater(compress(Buffer.from(data)));
        if (compressing !== undefined) yield compressing;
        compressing = next;
      }
      if (compressing !== undefined) yield compressing;
    }
    async function* counted(): AsyncGenerator<Uint8Array> {
      for await (const frame of frames()) {
        frameEnds.push((frameEnds.at(-1) ?? 0) + frame.length);
        yield frame;
      }
    }
    await this.#writeBlocks(id, counted());
    return { bytes, frameEnds, sha256: hash.digest('hex') };
  }

  async #writeBlocks(id: ObjectId, content: AsyncIterable<Uint8Array>): Promise<void> {
    const writing: Promise<unknown>[] = [];
    try {
      let n = 0;
      for await (const data of inPieces(content, () => blockBytes)) {
        const block = { _id: new ObjectId(), files_id: id, n, data: Buffer.from(data) };
        n += 1;
        if (writing.length === concurrency) await writing.shift();
        writing.push(awaitedLater(withRetry(() => insertUnlessThere(this.#blocks, block))));
      }
      await Promise.all(writing);
    } finally {
      // Nothing may be written any more once the content is removed.
      await Promise.allSettled(writing);
    }
  }

  async #complete(id: ObjectId, name: string, stored: Pick<StoredContent, 'bytes' | 'frameEnds'>): Promise<void> {
    const written = new Date();
    const completion = { $set: { length: stored.frameEnds.at(-1) ?? 0, uploadDate: written } };
    const { matchedCount } = await withRetry(() => this.#contents.updateOne({ _id: id, removed: { $exists: false } }, completion));
    if (matchedCount === 0) throw new Error(`The file ${name} took too long to write, and was given up`);
    const target = { ...stored, content: id, frameBytes, written };
    await withRetry(async () => {
      if (await insertUnlessThere(this.#names, { _id: name, ...target })) return;
      await this.#names.updateOne({ _id: name }, { $set: target });
    });
  }

  async *read(
    name: string,
    { start = 0, end = Infinity }: { readonly start?: number; readonly end?: number } = {},
  ): AsyncGenerator<Uint8Array> {
    requireFileName(name);
    const file = await withRetry(() => this.#names.findOne({ _id: name }));
    if (file === null) throw new FileNotFoundError(name);
    const stop = Math.min(end, file.bytes);
    if (start >= stop) return;
    const { frameEnds } = file;
    const first = Math.floor(start / file.frameBytes);
    const endOf = (frame: number): number => frameEnds[frame] ?? 0;
    const place = { start: endOf(first - 1), end: endOf(Math.ceil(stop / file.frameBytes) - 1) };
    let frame = first;
    for await (const compressed of inPieces(this.#readContent(file, place), (index) => endOf(first + index) - endOf(first + index - 1))) {
      const data = await decompress(compressed);
      const offset = frame * file.frameBytes;
      yield data.subarray(Math.max(0, start - offset), stop - offset);
      frame += 1;
    }
  }

  /** The bytes of a content from one place to another. */
  async *#readContent(file: NameDocument, { start, end }: { readonly start: number; readonly end: number }): AsyncGenerator<Uint8Array> {
    let next = Math.floor(start / blockBytes);
    const reading: Promise<Uint8Array>[] = [];
    for (let offset = next * blockBytes; offset < end; offset += blockBytes) {
      for (; reading.length < concurrency && next * blockBytes < end; next += 1) reading.push(awaitedLater(this.#block(file, next)));
      const data = (await reading.shift())!;
      yield data.subarray(Math.max(0, start - offset), end - offset);
    }
  }

  async #block(file: NameDocument, n: number): Promise<Uint8Array> {
    const block = await withRetry(() => this.#blocks.findOne({ files_id: file.content, n }));
    if (block === null) throw new Error(`The file ${file._id} was removed while it was read`);
    return block.data;
  }

  async stat(name: string): Promise<{ readonly bytes: number } | undefined> {
    requireFileName(name);
    const file = await withRetry(() => this.#names.findOne({ _id: name }));
    return file === null ? undefined : { bytes: file.bytes };
  }

  async remove(name: string): Promise<void> {
    requireFileName(name);
    const file = await withRetry(() => this.#names.findOne({ _id: name }));
    if (file !== null) await this.#removeFile(file);
  }

  async removeWrittenBefore(folder: string, time: number, isKept = async (_name: string): Promise<boolean> => false): Promise<number> {
    requireFileName(folder);
    let removed = 0;
    const old = { _id: idsUnder(folder), written: { $lt: new Date(time) } };
    for (const file of await withRetry(() => this.#names.find(old).toArray())) {
      if (!(await isKept(file._id)) && (await this.#removeFile(file))) removed += 1;
    }
    await this.#removeAbandoned(folder, new Date(Math.min(time, Date.now() - abandonedMs)));
    return removed;
  }

  /** Removes a file unless its name has been given another content. */
  async #removeFile({ _id, content }: NameDocument): Promise<boolean> {
    const { deletedCount } = await withRetry(() => this.#names.deleteOne({ _id, content }));
    if (deletedCount === 1) await this.#removeContent(content);
    return deletedCount === 1;
  }

  /** Removes contents that no name has: those of writes that never ended, and those that were replaced. */
  async #removeAbandoned(folder: string, before: Date): Promise<void> {
    const old = { filename: idsUnder(folder), uploadDate: { $lt: before } };
    for (const { _id, filename } of await withRetry(() => this.#contents.find(old).toArray())) {
      const file = await withRetry(() => this.#names.findOne({ _id: filename }));
      if (!file?.content.equals(_id)) await this.#removeContent(_id);
    }
  }

  /** Its note goes last, so that what a crash leaves is found again. */
  async #removeContent(id: ObjectId): Promise<void> {
    await withRetry(() => this.#contents.updateOne({ _id: id }, { $set: { removed: true } }));
    await withRetry(() => this.#blocks.deleteMany({ files_id: id }));
    await withRetry(() => this.#contents.deleteOne({ _id: id }));
  }
}

/** Keeps a rejection that comes before anybody awaits it from ending the process. */
function awaitedLater<Result>(promise: Promise<Result>): Promise<Result> {
  promise.catch(() => {});
  return promise;
}

/** Cuts a stream into pieces of the sizes wanted; the last is what is left. A piece is valid until the next one is asked for. */
async function* inPieces(content: AsyncIterable<Uint8Array>, sizeOf: (index: number) => number): AsyncGenerator<Uint8Array> {
  let index = 0;
  let size = sizeOf(index);
  let piece = Buffer.allocUnsafe(size);
  let filled = 0;
  for await (const block of content) {
    for (let at = 0; at < block.length;) {
      const part = block.subarray(at, at + size - filled);
      piece.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < size) continue;
      yield piece.subarray(0, size);
      index += 1;
      size = sizeOf(index);
      if (size > piece.length) piece = Buffer.allocUnsafe(size);
      filled = 0;
    }
  }
  if (filled > 0) yield piece.subarray(0, filled);
}
