import { createHash } from 'node:crypto';
import { FileNotFoundError, requireFileName, type FileStore, type StoredFile } from '@advocate/ports';
import { type Collection, type Db, ObjectId } from 'mongodb';
import { idsUnder, insertUnlessThere } from './documents.ts';
import { withRetry } from './retry.ts';

/**
 * Opens the files of a database. They are stored as GridFS has it, so that its tools read them, but are written and read block by block: GridFS's own
 * streams end with the connection.
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
  /** Bytes of each of the content's blocks but the last. */
  readonly blockBytes: number;
  readonly written: Date;
}

/** A file of GridFS, noted before its first block is written. */
interface ContentDocument {
  readonly _id: ObjectId;
  readonly filename: string;
  readonly chunkSize: number;
  /** When the writing began; then when it was completed. */
  readonly uploadDate: Date;
  /** Set when it is completed. */
  readonly length?: number;
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
    const begun = { _id: id, filename: name, chunkSize: blockBytes, uploadDate: new Date() };
    await withRetry(() => insertUnlessThere(this.#contents, begun));
    try {
      const stored = await this.#writeBlocks(id, content);
      await this.#complete(id, name, stored.bytes);
      return stored;
    } catch (error) {
      // What cannot be removed now is when it expires.
      await this.#removeContent(id).catch(() => {});
      throw error;
    }
  }

  async #writeBlocks(id: ObjectId, content: AsyncIterable<Uint8Array>): Promise<StoredFile> {
    const hash = createHash('sha256');
    let bytes = 0;
    const writing: Promise<unknown>[] = [];
    try {
      for await (const data of inBlocks(content)) {
        hash.update(data);
        const block = { _id: new ObjectId(), files_id: id, n: bytes / blockBytes, data };
        bytes += data.length;
        if (writing.length === concurrency) await writing.shift();
        writing.push(awaitedLater(withRetry(() => insertUnlessThere(this.#blocks, block))));
      }
      await Promise.all(writing);
    } finally {
      // Nothing may be written any more once the content is removed.
      await Promise.allSettled(writing);
    }
    return { bytes, sha256: hash.digest('hex') };
  }

  async #complete(id: ObjectId, name: string, bytes: number): Promise<void> {
    const written = new Date();
    const completion = { $set: { length: bytes, uploadDate: written } };
    const { matchedCount } = await withRetry(() => this.#contents.updateOne({ _id: id, removed: { $exists: false } }, completion));
    if (matchedCount === 0) throw new Error(`The file ${name} took too long to write, and was given up`);
    const target = { content: id, bytes, blockBytes, written };
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
    let next = Math.floor(start / file.blockBytes);
    const reading: Promise<Uint8Array>[] = [];
    for (let offset = next * file.blockBytes; offset < stop; offset += file.blockBytes) {
      for (; reading.length < concurrency && next * file.blockBytes < stop; next += 1) reading.push(awaitedLater(this.#block(file, next)));
      const data = (await reading.shift())!;
      yield data.subarray(Math.max(0, start - offset), stop - offset);
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

/** Cuts a stream into blocks of one size, but for the last. */
async function* inBlocks(content: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let block = Buffer.allocUnsafe(blockBytes);
  let filled = 0;
  for await (const piece of content) {
    for (let at = 0; at < piece.length;) {
      const part = piece.subarray(at, at + blockBytes - filled);
      block.set(part, filled);
      at += part.length;
      filled += part.length;
      if (filled < blockBytes) continue;
      yield block;
      block = Buffer.allocUnsafe(blockBytes);
      filled = 0;
    }
  }
  if (filled > 0) yield block.subarray(0, filled);
}
