import { Binary, type Collection, type Db } from 'mongodb';
import { insertUnlessThere } from '../documents.ts';
import { inParts, joined } from '../parts.ts';
import { withRetry } from '../retry.ts';
import { idsIn } from './mongo-documents.ts';
import type { Blobs } from './protocol/commit-protocol.ts';

interface BlobPart {
  readonly _id: string;
  readonly parts: number;
  readonly bytes: Binary;
}

/** Blobs in documents, large ones in several. */
export class MongoBlobs implements Blobs {
  readonly #parts: Collection<BlobPart>;

  constructor(db: Db) {
    this.#parts = db.collection('recordBlobs');
  }

  async write(id: string, bytes: Uint8Array): Promise<void> {
    const contents = await inParts(bytes);
    for (const [part, content] of contents.entries()) {
      const document = { _id: partId(id, part), parts: contents.length, bytes: new Binary(content) };
      await withRetry(() => insertUnlessThere(this.#parts, document));
    }
  }

  async read(id: string): Promise<Uint8Array | undefined> {
    const contents: Uint8Array[] = [];
    for (let part = 0, parts = 1; part < parts; part += 1) {
      const found = await withRetry(() => this.#parts.findOne({ _id: partId(id, part) }, { promoteBuffers: false }));
      if (found === null) return undefined;
      parts = found.parts;
      contents.push(found.bytes.value());
    }
    return joined(contents);
  }

  async remove(ids: readonly string[]): Promise<void> {
    for (const id of ids) {
      const [first] = await withRetry(() => this.#parts.find({ _id: partId(id, 0) }, { projection: { parts: 1 } }).toArray());
      const parts = Array.from({ length: first?.parts ?? 0 }, (_, part) => partId(id, part));
      // The first part last: it says how many there are.
      if (parts.length > 1) await withRetry(() => this.#parts.deleteMany(idsIn<BlobPart>(parts.slice(1))));
      await withRetry(() => this.#parts.deleteOne({ _id: partId(id, 0) }));
    }
  }
}

const partId = (id: string, part: number): string => `${id}/${part}`;
