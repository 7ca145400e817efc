import { type Collection, type Filter, MongoBulkWriteError, type OptionalUnlessRequiredId } from 'mongodb';
import { duplicateKey, readLatest } from '../documents.ts';
import { withRetry } from '../retry.ts';
import type { Documents, Replacement, TokenDocument } from './protocol/documents.ts';

/** Documents given to the server at a time, and how many such batches are under way. */
const batchSize = 1000;
const batchesAtOnce = 4;

/** The protocol's documents in a collection, in unordered bulk operations. */
export class MongoDocuments<Document extends TokenDocument> implements Documents<Document> {
  readonly #collection: Collection<Document>;
  readonly #pack: (document: Document) => Document;
  readonly #unpack: (stored: Document) => Document;

  /** Packed, a document's content is one text: for small documents that are many, several times less work for the driver. */
  constructor(collection: Collection<Document>, options: { readonly isPacked?: boolean } = {}) {
    this.#collection = collection;
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
    await inBatches(documents, async (batch) => {
      try {
        await this.#collection.insertMany(batch.map(this.#pack) as OptionalUnlessRequiredId<Document>[], { ordered: false });
      } catch (error) {
        const failed = writeErrorsOf(error);
        const other = failed?.find(({ code }) => code !== duplicateKey);
        if (failed === undefined || other !== undefined) throw error;
        for (const { index } of failed) taken.add(batch[index]!._id);
      }
    });
    return taken;
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

const asItIs = <Document>(document: Document): Document => document;

function packed<Document extends TokenDocument>({ _id, token, ...content }: Document): Document {
  return { _id, token, content: JSON.stringify(content) } as unknown as Document;
}

function unpacked<Document extends TokenDocument>(stored: Document): Document {
  const { _id, token, content } = stored as unknown as TokenDocument & { readonly content: string };
  return { _id, token, ...(JSON.parse(content) as object) } as Document;
}

export const idsIn = <Document>(ids: readonly string[]): Filter<Document> => ({ _id: { $in: ids } }) as unknown as Filter<Document>;

function writeErrorsOf(error: unknown): readonly { readonly code: number; readonly index: number }[] | undefined {
  if (!(error instanceof MongoBulkWriteError)) return undefined;
  return [error.writeErrors].flat();
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
