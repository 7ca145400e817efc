import { type Collection, type Db, type ErrorDescription, type Filter, MongoServerError, WriteConcern } from 'mongodb';
import { duplicateKey, readLatest } from '../documents.ts';
import { withRetry } from '../retry.ts';
import { DocumentSequence } from './document-sequence.ts';
import type { Documents, Replacement, TokenDocument } from './protocol/documents.ts';
import { Turns } from './turns.ts';

/** Documents given to the server at a time, and how many such batches are under way. */
const batchSize = 1000;
const batchesAtOnce = 4;

/** Insertions under way in this process; more would mostly wait for each other's locks in the server. */
const insertionsAtOnce = 2;
/** Documents inserted at a time: a server has less to do for fewer insertions. */
const insertionSize = 4000;
const insertionTurns = new Turns(insertionsAtOnce);
/** So many are inserted without waiting. */
const fewDocuments = 10;

/** A command may have 48 MB; the rest is for what comes with the documents. */
const maxCommandBytes = 40 * 1024 * 1024;

/** The protocol's documents in a collection, in unordered bulk operations. */
export class MongoDocuments<Document extends TokenDocument, Stored extends TokenDocument = Document> implements Documents<Document> {
  readonly #db: Db;
  readonly #collection: Collection<Stored>;
  readonly #codec: DocumentCodec<Document, Stored>;

  constructor(db: Db, name: string, codec: DocumentCodec<Document, Stored> = asItIs as unknown as DocumentCodec<Document, Stored>) {
    this.#db = db;
    this.#collection = db.collection(name);
    this.#codec = codec;
  }

  async read(ids: Iterable<string>): Promise<Document[]> {
    const found = await inBatches([...ids], (batch) => this.#collection.find(idsIn<Stored>(batch), { batchSize }).toArray());
    return (found.flat() as unknown as Stored[]).map((stored) => this.#codec.decode(stored));
  }

  async tokens(ids: Iterable<string>): Promise<Map<string, string>> {
    const wanted = [...ids];
    const tokens = new Map<string, string>();
    // A primary that was just replaced may still answer with an older token. Decisions hang on it, and few are asked for.
    await inBatches(
      wanted,
      async (batch) => {
        for (const id of batch) {
          const document = await readLatest(this.#collection, id as Stored['_id']);
          if (document !== null) tokens.set(id, document.token);
        }
      },
      50,
    );
    return tokens;
  }

  async insert(documents: readonly Document[]): Promise<ReadonlySet<string>> {
    const taken = new Set<string>();
    const insert = async (batch: readonly Document[]): Promise<void> => {
      using _ = batch.length > fewDocuments ? await insertionTurns.take() : undefined;
      for (let start = 0; start < batch.length;) {
        const sequence = new DocumentSequence(batch.length - start);
        let end = start;
        while (end < batch.length && sequence.add(this.#codec.encode(batch[end]!), maxCommandBytes)) end += 1;
        for (const index of await this.#insert(sequence)) taken.add(batch[start + index]!._id);
        start = end;
      }
    };
    await inBatches(documents, insert, insertionSize);
    return taken;
  }

  /** Answers where those are whose ids were taken. */
  async #insert(documents: DocumentSequence): Promise<number[]> {
    const reply = await this.#db.command(insertion(this.#collection, documents));
    const errors = (reply.writeErrors ?? []) as readonly WriteError[];
    const other = errors.find(({ code }) => code !== duplicateKey);
    if (other !== undefined) throw new MongoServerError({ message: other.errmsg, code: other.code });
    if (reply.writeConcernError !== undefined) throw new MongoServerError(reply.writeConcernError as ErrorDescription);
    return errors.map(({ index }) => index);
  }

  async replace(changes: readonly Replacement<Document>[]): Promise<boolean> {
    const matched = await inBatches(changes, async (batch) => {
      const operations = batch.map(({ token, document }) => {
        const { _id, ...replacement } = this.#codec.encode(document);
        return { replaceOne: { filter: { _id, token } as unknown as Filter<Stored>, replacement: replacement as never } };
      });
      const result = await this.#collection.bulkWrite(operations, { ordered: false });
      return result.matchedCount;
    });
    return matched.reduce((sum, count) => sum + count, 0) === changes.length;
  }

  async remove(documents: readonly TokenDocument[]): Promise<void> {
    await inBatches(documents, (batch) =>
      this.#collection.bulkWrite(
        batch.map(({ _id, token }) => ({ deleteOne: { filter: { _id, token } as unknown as Filter<Stored> } })),
        { ordered: false },
      ),
    );
  }
}

/**
 * The command that inserts documents whatever becomes of the others. The driver's own bulk insertion would measure each document before it encodes it, at
 * half the cost again.
 */
export function insertion<Document extends TokenDocument>(
  { collectionName: insert, writeConcern = new WriteConcern() }: Collection<Document>,
  documents: DocumentSequence,
): object {
  // The concern as servers know it: the driver's own object has fields that MongoDB refuses.
  return WriteConcern.apply({ insert, ordered: false, documents: documents.under('documents') }, writeConcern);
}

/** How documents are stored. Ids and tokens stay as they are. */
export interface DocumentCodec<Document extends TokenDocument, Stored extends TokenDocument> {
  encode(document: Document): Stored;
  decode(stored: Stored): Document;
}

const asItIs: DocumentCodec<TokenDocument, TokenDocument> = { encode: (document) => document, decode: (stored) => stored };

export const idsIn = <Document>(ids: readonly string[]): Filter<Document> => ({ _id: { $in: ids } }) as unknown as Filter<Document>;

interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
}

/** Runs an operation on some items at a time, repeating what may be repeated; a few are under way at once. */
export async function inBatches<Item, Result>(
  items: readonly Item[],
  run: (batch: readonly Item[]) => Promise<Result>,
  size = batchSize,
): Promise<Result[]> {
  const results: Result[] = [];
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const batch = items.slice(next, (next += size));
      results.push(await withRetry(() => run(batch)));
    }
  };
  await Promise.all(Array.from({ length: Math.min(batchesAtOnce, Math.ceil(items.length / size)) }, worker));
  return results;
}
