/** A document that every write gives a token that no document ever had before. */
export interface TokenDocument {
  readonly _id: string;
  readonly token: string;
}

export interface Replacement<Document extends TokenDocument> {
  /** The token that the document must still have. */
  readonly token: string;
  readonly document: Document;
}

/**
 * All that the commit protocol asks of a database: single documents, read by id and written on a condition. Many may be given at a time, but each is
 * written on its own, in no promised order, and a crash may come between any two. A write resolves when no failover can undo it, and a read sees
 * such writes only. A call may have been made twice when a connection broke: so an id that "was not free", or a token that was "no longer there", may
 * be the caller's own doing, which it sees by reading the document.
 */
export interface Documents<Document extends TokenDocument> {
  /** Those that exist, in any order. */
  read(ids: Iterable<string>): Promise<Document[]>;

  /** The tokens of those that exist, by id. */
  tokens(ids: Iterable<string>): Promise<Map<string, string>>;

  /** Inserts the documents whose ids are free; answers the ids that were not. */
  insert(documents: readonly Document[]): Promise<ReadonlySet<string>>;

  /** Puts documents in place of those that still have the given tokens; answers whether all had. */
  replace(changes: readonly Replacement<Document>[]): Promise<boolean>;

  /** Removes the documents that still have the tokens shown. */
  remove(documents: readonly TokenDocument[]): Promise<void>;
}
