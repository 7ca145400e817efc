import { type Collection, type Filter, MongoError, type OptionalUnlessRequiredId, type WithId } from 'mongodb';

/** The error of an insertion whose id is taken. */
export const duplicateKey = 11000;

interface Identified {
  readonly _id: unknown;
}

/**
 * Inserts a document unless its id is taken; answers whether it was free. It stands in for every upsert: of two upserts of one id at a time FerretDB lets both believe that they
 * inserted.
 */
export async function insertUnlessThere<Document extends Identified>(
  collection: Collection<Document>,
  document: Document,
): Promise<boolean> {
  try {
    await collection.insertOne(document as OptionalUnlessRequiredId<Document>);
    return true;
  } catch (error) {
    if (error instanceof MongoError && error.code === duplicateKey) return false;
    throw error;
  }
}

/**
 * Reads a document as it is now, and not as it was before the last failover, by a write that changes nothing. It comes after a conditional write that
 * did not match, to see why.
 */
export async function readLatest<Document extends Identified>(
  collection: Collection<Document>,
  id: Document['_id'],
): Promise<WithId<Document> | null> {
  return collection.findOneAndUpdate(
    { _id: id } as Filter<Document>,
    { $setOnInsert: { _id: id } as Document },
    { returnDocument: 'after' },
  );
}

/** All ids that begin with a prefix and `/`. */
export const idsUnder = (prefix: string): { readonly $gte: string; readonly $lt: string } => ({ $gte: `${prefix}/`, $lt: `${prefix}0` });
