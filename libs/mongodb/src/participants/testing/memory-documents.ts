import type { BarDocument, DoNotTrackList } from '../protocol/do-not-track.ts';
import type { Documents, Replacement, TokenDocument } from '../protocol/documents.ts';
import { tenantKey } from '../protocol/keys.ts';
import type { Actor, SeededRandom } from './scheduler.ts';

/** A collection of the model's world. */
export class Table<Document extends TokenDocument> {
  readonly documents = new Map<string, Document>();
  /** Told of every write. */
  readonly onWrite: (before: Document | undefined, after: Document | undefined) => void;

  constructor(onWrite: Table<Document>['onWrite'] = () => undefined) {
    this.onWrite = onWrite;
  }

  put(document: Document): void {
    const before = this.documents.get(document._id);
    this.documents.set(document._id, document);
    this.onWrite(before, document);
  }

  delete(id: string): void {
    const before = this.documents.get(id);
    if (this.documents.delete(id)) this.onWrite(before, undefined);
  }
}

/** How often a write is made twice, as after a connection that broke before the answer came. */
const repeatChance = 0.05;

/** What an actor sees of a table: each document is a step of its own, in any order. */
export class MemoryDocuments<Document extends TokenDocument> implements Documents<Document> {
  protected readonly table: Table<Document>;
  readonly #actor: Actor;
  readonly #random: SeededRandom;

  constructor(table: Table<Document>, actor: Actor, random: SeededRandom) {
    this.table = table;
    this.#actor = actor;
    this.#random = random;
  }

  async read(ids: Iterable<string>): Promise<Document[]> {
    const found: Document[] = [];
    await this.#each([...new Set(ids)], (id) => {
      const document = this.table.documents.get(id);
      if (document !== undefined) found.push(document);
    });
    return found;
  }

  async tokens(ids: Iterable<string>): Promise<Map<string, string>> {
    return new Map((await this.read(ids)).map(({ _id, token }) => [_id, token]));
  }

  async insert(documents: readonly Document[]): Promise<ReadonlySet<string>> {
    const taken = new Set<string>();
    await this.#each(this.#repeated(documents), (document) => {
      if (this.table.documents.has(document._id)) taken.add(document._id);
      else this.table.put(document);
    });
    return taken;
  }

  async replace(changes: readonly Replacement<Document>[]): Promise<boolean> {
    let matched = 0;
    const attempts = this.#repeated(changes);
    await this.#each(attempts, ({ token, document }) => {
      if (this.table.documents.get(document._id)?.token !== token) return;
      matched += 1;
      this.table.put(document);
    });
    return matched === attempts.length;
  }

  async remove(documents: readonly TokenDocument[]): Promise<void> {
    await this.#each(documents, ({ _id, token }) => {
      if (this.table.documents.get(_id)?.token === token) this.table.delete(_id);
    });
  }

  #repeated<Item>(items: readonly Item[]): Item[] {
    return items.flatMap((item) => (this.#random.chance(repeatChance) ? [item, item] : [item]));
  }

  async #each<Item>(items: readonly Item[], act: (item: Item) => void): Promise<void> {
    const left = [...items];
    while (left.length > 0) {
      await this.#actor.step();
      act(left.splice(this.#random.below(left.length), 1)[0]!);
    }
  }
}

export class MemoryDoNotTrackList extends MemoryDocuments<BarDocument> implements DoNotTrackList {
  async isEmpty(tenant: string): Promise<boolean> {
    return !this.table.documents.keys().some((id) => id.startsWith(tenantKey(tenant, '')));
  }
}
