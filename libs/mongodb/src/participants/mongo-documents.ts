import { type Collection, type Db, type ErrorDescription, type Filter, MongoServerError, WriteConcern } from 'mongodb';
import { duplicateKey, readLatest } from '../documents.ts';
import { withRetry } from '../retry.ts';
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
export class MongoDocuments<Document extends TokenDocument> implements Documents<Document> {
  readonly #db: Db;
  readonly #collection: Collection<Document>;
  readonly #pack: (document: Document) => Document;
  readonly #unpack: (stored: Document) => Document;

  /** Packed, a document's content is one text: for small documents that are many, several times less work for the driver. */
  constructor(db: Db, name: string, options: { readonly isPacked?: boolean } = {}) {
    this.#db = db;
    this.#collection = db.collection(name);
    this.#pack = options.isPacked ? packed : asItIs;
    this.#unpack = options.isPacked ? unpacked : asItIs;
  }

  async read(ids: Iterable<string>): Promise<Document[]> {
    const found = await inBatches([...ids], (batch) => this.#collection.find(idsIn<Document>(batch), { batchSize }).toArray());
    return (found.flat() as unknown as Document[]).map(this.#unpack);
  }

  async tokens(ids: Iterable<string>): Promise<Map<string, string>> {
    const wanted = [...ids];
    const tokens = new Map<string, string>();
    // A primary that was just replaced may still answer with an older token. Decisions hang on it, and few are asked for.
    await inBatches(
      wanted,
      async (batch) => {
        for (const id of batch) {
          const document = await readLatest(this.#collection, id as Document['_id']);
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
      for (const some of bySize(batch.map(this.#pack))) for (const id of await this.#insert(some)) taken.add(id);
    };
    await inBatches(documents, insert, insertionSize);
    return taken;
  }

  /** Answers the ids that were taken. */
  async #insert(documents: readonly Document[]): Promise<string[]> {
    const reply = await this.#db.command(insertion(this.#collection, documents));
    const errors = (reply.writeErrors ?? []) as readonly WriteError[];
    const other = errors.find(({ code }) => code !== duplicateKey);
    if (other !== undefined) throw new MongoServerError({ message: other.errmsg, code: other.code });
    if (reply.writeConcernError !== undefined) throw new MongoServerError(reply.writeConcernError as ErrorDescription);
    return errors.map(({ index }) => documents[index]!._id);
  }

  async replace(changes: readonly Replacement<Document>[]): Promise<boolean> {
    const matched = await inBatches(changes, async (batch) => {
      const operations = batch.map(({ token, document }) => {
        const { _id, ...replacement } = this.#pack(document);
        return { replaceOne: { filter: { _id, token } as unknown as Filter<Document>, replacement: replacement as never } };
      });
      const result = await this.#collection.bulkWrite(operations, { ordered: false });
      return result.matchedCount;
    });
    return matched.reduce((sum, count) => sum + count, 0) === changes.length;
  }

  async remove(documents: readonly TokenDocument[]): Promise<void> {
    await inBatches(documents, (batch) =>
      this.#collection.bulkWrite(
        batch.map(({ _id, token }) => ({ deleteOne: { filter: { _id, token } as unknown as Filter<Document> } })),
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
  documents: readonly Document[],
): object {
  // The concern as servers know it: the driver's own object has fields that MongoDB refuses.
  return WriteConcern.apply({ insert, documents, ordered: false }, writeConcern);
}

const asItIs = <Document>(document: Document): Document => document;

function packed<Document extends TokenDocument>({ _id, token, ...content }: Document): Document {
  return { _id, token, content: JSON.stringify(content) } as unknown as Document;
}

function unpacked<Document extends TokenDocument>(stored: Document): Document {
  const { _id, token, content } = stored as unknown as TokenDocument & { readonly content: string };
  return { _id, token, ...(JSON.parse(content) as object) } as Document;
}

export const idsIn = <Document>(ids: readonly string[]): Filter<Document> => ({ _id: { $in: ids } }) as unknown as Filter<Document>;

interface WriteError {
  readonly index: number;
  readonly code: number;
  readonly errmsg: string;
}

/** Cuts documents, whose size is mostly that of their texts, into commands' worth. */
function* bySize<Document extends object>(documents: readonly Document[]): Generator<readonly Document[]> {
  // A document has 16 MB.
  if (documents.length <= 2) {
    yield documents;
    return;
  }
  let start = 0;
  let bytes = 0;
  for (let index = 0; index < documents.length; index += 1) {
    const size = mostBytes(documents[index]);
    if (index > start && bytes + size > maxCommandBytes) {
      yield documents.slice(start, index);
      start = index;
      bytes = 0;
    }
    bytes += size;
  }
  if (start < documents.length) yield start === 0 ? documents : documents.slice(start);
}

/** A unit of a text has three bytes at most. */
function mostBytes(value: unknown): number {
  if (typeof value === 'string') return 16 + 3 * value.length;
  if (typeof value !== 'object' || value === null) return 16;
  let bytes = 16;
  for (const part of Object.values(value)) bytes += nameBytes + mostBytes(part);
  return bytes;
}

/** Of a field, more than any has. */
const nameBytes = 32;

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
